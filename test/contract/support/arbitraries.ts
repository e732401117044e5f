import fc from 'fast-check';
import type { Int64, Metric, Param, RunStatus, Tag } from '../../../src/tracking/entities.ts';
import { runStatuses } from '../../../src/tracking/entities.ts';
import { int64Max, int64Min, messageOf, validateMetricKey } from '../../../src/tracking/validation.ts';

/** `FUZZ_SEED` tries other cases than the suite's own; fast-check prints the seed of what it finds. */
export const seed = Number(process.env['FUZZ_SEED'] ?? 20261124);

const oneOf = (characters: string) => fc.constantFrom(...Array.from(characters));

/** Any key that MLflow takes. */
export const key: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 8,
      arbitrary: fc.string({ unit: oneOf('abZ09_-. :/'), minLength: 1, maxLength: 12 }),
    },
    {
      weight: 3,
      arbitrary: fc.string({ unit: oneOf('aéЖ学²½Ⅷ𠮷٣/'), minLength: 1, maxLength: 8 }),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom('a'.repeat(250), '𠮷'.repeat(250), ' ', 'select'),
    },
  )
  .filter(
    candidate =>
      messageOf(() => {
        validateMetricKey(candidate);
      }) === undefined,
  );

/** Any text that can be stored: all of Unicode but surrogates, empty, long. */
export const text = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
    { weight: 3, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('', ' ', '\0', 'a\0b', '\r\n', "it's", '\\', '%', '\ufeffx', 'null'),
    },
    { weight: 1, arbitrary: fc.constantFrom('x'.repeat(maxLength), '🦊'.repeat(maxLength)) },
  );

const narrow = (value: bigint): Int64 => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

export const step: fc.Arbitrary<Int64> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -3, max: 1000 }) },
  { weight: 2, arbitrary: fc.bigInt(int64Min, int64Max).map(narrow) },
  { weight: 1, arbitrary: fc.constantFrom(int64Min, int64Max, 2n ** 53n, -(2n ** 53n) - 1n, 2 ** 53 - 1) },
);

export const timestamp: fc.Arbitrary<Int64> = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 2_000_000_000_000 }) },
  { weight: 1, arbitrary: fc.bigInt(0n, int64Max).map(narrow) },
  { weight: 1, arbitrary: fc.constantFrom<Int64>(0, int64Max) },
);

export const metric: fc.Arbitrary<Metric> = fc.record({ key, value: fc.double(), timestamp, step });

/** At most one value for each key. */
const unique = <T extends { readonly key: string }>(arbitrary: fc.Arbitrary<T>, maxLength: number) =>
  fc.uniqueArray(arbitrary, { selector: ({ key: each }) => each, maxLength });

export const params: fc.Arbitrary<Param[]> = unique(fc.record({ key, value: text(6000) }), 5);
export const tags: fc.Arbitrary<Tag[]> = unique(fc.record({ key, value: text(8000) }), 5);
/** MLflow 2.22 takes 5,000 characters, later ones 20,000. */
export const experimentTags: fc.Arbitrary<Tag[]> = unique(fc.record({ key, value: text(5000) }), 5);

export interface RunCase {
  readonly runName: string;
  readonly userId: string;
  readonly startTime: number;
  readonly tags: readonly Tag[];
  readonly metrics: readonly (readonly Metric[])[];
  readonly params: readonly Param[];
  readonly laterTags: readonly Tag[];
  readonly end: { readonly status: RunStatus; readonly endTime: number } | undefined;
  readonly renamed: string | undefined;
  readonly deleted: boolean;
}

const runName = text(250).filter(name => name !== '');
const time = fc.integer({ min: 1, max: 2_000_000_000_000 });

/** A run's whole life. */
export const runCase: fc.Arbitrary<RunCase> = fc.record({
  runName,
  userId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  startTime: time,
  tags,
  metrics: fc.array(fc.array(metric, { maxLength: 5 }), { maxLength: 3 }),
  params,
  laterTags: tags,
  end: fc.option(fc.record({ status: fc.constantFrom(...runStatuses), endTime: time }), { nil: undefined }),
  renamed: fc.option(runName, { nil: undefined, freq: 4 }),
  deleted: fc.boolean(),
});
