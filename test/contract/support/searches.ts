/** Stores and searches of generated shape, made from few keys and values so that conditions often meet. */
import fc from 'fast-check';
import type { Metric, RunStatus, ViewType } from '../../../src/tracking/entities.ts';
import { runStatuses } from '../../../src/tracking/entities.ts';

const some = <T>(...values: T[]) => fc.constantFrom(...values);
/** Some of these keys, each with a value. */
const someOf = <K, V>(keys: readonly K[], value: fc.Arbitrary<V>) =>
  fc.uniqueArray(fc.tuple(some(...keys), value), { selector: ([key]) => key, minLength: 4 });

const metricKeys = ['acc', 'loss', 'val/acc', 'a b', 'mlflow.x', '1a', '12', 'in', 'as', '学'] as const;
const textKeys = ['lr', 'model', 'a/b', 'a b', 'x.y', 'select', 'values', '1', 'mlflow.user'] as const;
const texts = ['', 'a', 'A', 'ab', 'aB', 'é', 'É', '1', '10', "it''s", 'it\\', 'a%', 'x_y', '0.5'] as const;

export interface SearchedRun {
  readonly runName: string;
  readonly startTime: number;
  readonly status: RunStatus;
  readonly endTime: number | undefined;
  readonly deleted: boolean;
  readonly metrics: readonly Metric[];
  readonly params: readonly (readonly [string, string])[];
  readonly tags: readonly (readonly [string, string])[];
  readonly datasets: readonly (readonly [name: string, context: string | undefined])[];
}

export const searchedRun: fc.Arbitrary<SearchedRun> = fc.record({
  runName: some('a', 'A', 'fox-1', 'Fox-2', 'É', 'é'),
  startTime: fc.integer({ min: 1, max: 5 }),
  status: some(...runStatuses),
  endTime: fc.option(fc.integer({ min: 1, max: 5 }), { nil: undefined }),
  deleted: fc.integer({ min: 0, max: 5 }).map(dice => dice === 0),
  metrics: someOf(metricKeys, some(0, 1, -1, 0.5, NaN, Infinity, -Infinity, 1e-7)).map(pairs =>
    pairs.map(([key, value]) => ({ key, value, timestamp: 1, step: 0 })),
  ),
  params: someOf(textKeys.slice(0, -1), some(...texts)),
  tags: someOf(textKeys.slice(0, -1), some(...texts)),
  datasets: fc.array(fc.tuple(some('d', 'D', 'data'), some('train', 'eval', undefined)), { maxLength: 2 }),
});

export interface RunSearch {
  readonly experiments: readonly number[];
  readonly viewType: ViewType;
  readonly filter: string;
  readonly orderBy: readonly string[];
}

const space = fc.oneof(
  { weight: 9, arbitrary: some(' ') },
  { weight: 1, arbitrary: some('  ', '\n', '\t', '\u00a0') },
);
const gap = fc.oneof({ weight: 4, arbitrary: space }, { weight: 1, arbitrary: some('') });
const join = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map(each => each.join(''));

const rareKeys = ['missing', 'a-b', '0x1', '1e5', '12a', '_x', 'Order', 'in', 'as', '12', 'values', '1'];
/** Quoted always, or plain where that can't be a name over a space: what sqlparse makes of those is its secret. */
function writtenKey(keys: readonly string[]): fc.Arbitrary<string> {
  const written = (each: readonly string[]) =>
    fc.oneof(
      some(...each).chain(key => some(`\`${key}\``, `"${key}"`, `'${key}'`)),
      some(...each.filter(key => !/[ /]/.test(key))),
    );
  return fc.oneof({ weight: 6, arbitrary: written(keys) }, { weight: 1, arbitrary: written(rareKeys) });
}

const prefix = (...entities: string[]) => some(...entities.map(entity => `${entity}.`));
const metricName = join(prefix('metrics', 'metric'), writtenKey(metricKeys.slice(0, 6)));
const textName = join(
  prefix('params', 'param', 'parameter', 'parameters', 'tags', 'tag'),
  writtenKey(textKeys.slice(0, 5)),
);
const attribute = some(
  ...[
    'run_id',
    'run_name',
    'run_name',
    'status',
    'status',
    'user_id',
    'artifact_uri',
    '`run name`',
    '"status"',
  ],
);
const attributeName = join(some('', '', 'attributes.', 'attribute.', 'attr.', 'run.'), attribute);
const timeName = join(
  some('', '', 'attributes.', 'run.'),
  some('start_time', 'created', 'Created', 'end_time'),
);
const datasetName = join(
  prefix('dataset', 'datasets'),
  some('name', 'name', 'digest', 'context', 'context', 'source'),
);
const nonsense = some(
  'Metrics.acc',
  'metrics',
  'foo.bar',
  'metrics.',
  'params..a',
  '(',
  "'status'",
  '1',
  'NOT status',
);

const number = some('0', '1', '-1', '.5', '0.5', '1.', '1e-7', '-1e0', '3', '1.5', '99999999999999999999');
const value = some(...texts, '%a%', 'a_', 'FINISHED', 'RUNNING', 'fox%', 'train', 'd', 'me').chain(each => {
  const quotes = ["'", '"'].filter(quote => !each.includes(quote));
  return some(...quotes.map(quote => quote + each + quote));
});
const list = fc
  .array(some("'a'", '"d"', "'train'", "'D'", "'it\\'s'"), { minLength: 1, maxLength: 3 })
  .chain(each => some(`(${each.join(', ')})`, `(${each.join(',')},)`));
const badValue = some(
  'x',
  '`a`',
  '1',
  "'a",
  'NULL',
  "('a')",
  '1_000',
  '0x1',
  '+1',
  '1e+5',
  '()',
  '(1)',
  '"a".b',
);

const numeric = some('=', '!=', '<', '<=', '>', '>=');
const textual = some('=', '!=', 'LIKE', 'ILIKE', 'like', 'ilike');
const anyComparator = some(
  '=',
  '>',
  'LIKE',
  'IN',
  '==',
  '<>',
  'IS',
  'NOT LIKE',
  'RLIKE',
  'BETWEEN',
  'is not null',
);
const nothing = some('IS NULL', 'IS NOT NULL', 'is null', 'Is Not Null', 'IS  NOT NULL', 'IS NOT  NULL');
const within = some('IN', 'in', 'NOT IN', 'not in', 'NOT  IN');

const clause = fc.oneof(
  { weight: 5, arbitrary: join(metricName, gap, numeric, gap, number) },
  { weight: 5, arbitrary: join(textName, space, textual, gap, value) },
  { weight: 3, arbitrary: join(attributeName, space, textual, gap, value) },
  { weight: 2, arbitrary: join(timeName, gap, numeric, gap, number) },
  { weight: 3, arbitrary: join(datasetName, space, textual, gap, value) },
  { weight: 2, arbitrary: join(datasetName, space, within, gap, list) },
  { weight: 2, arbitrary: join(textName, space, nothing) },
  { weight: 1, arbitrary: join(some('run_id', 'attributes.run_id', 'status'), space, within, gap, list) },
  {
    weight: 1,
    arbitrary: join(
      fc.oneof(metricName, textName, attributeName, timeName, datasetName, nonsense),
      space,
      anyComparator,
      space,
      fc.oneof(number, value, list, badValue),
    ),
  },
);
const and = fc.oneof(
  { weight: 12, arbitrary: some(' AND ', ' and ', '\nAND ') },
  { weight: 1, arbitrary: some(' OR ', ', ', ' AND AND ', ' And', ';', ') AND (') },
);
const filter = fc.oneof(
  { weight: 3, arbitrary: some('', '', '', '', ' ', 'AND', '-- all', '/* all */') },
  {
    weight: 12,
    arbitrary: fc
      .tuple(
        clause,
        fc.oneof(fc.constant([]), fc.array(join(and, clause), { maxLength: 2 })),
        some('', '', '', '', '', '', '', ' ', ' AND', ';', ' -- x'),
      )
      .map(([first, more, end]) => first + more.join('') + end),
  },
);

const direction = fc.oneof(
  { weight: 8, arbitrary: some('', ' ASC', ' DESC', ' desc', '  ASC', '\nDESC') },
  { weight: 1, arbitrary: some(' down', ' DESC NULLS LAST', ' ') },
);
const orderName = fc.oneof(
  { weight: 4, arbitrary: metricName },
  { weight: 4, arbitrary: textName },
  { weight: 3, arbitrary: fc.oneof(attributeName, timeName) },
  {
    weight: 1,
    arbitrary: fc.oneof(datasetName, some('"metrics.acc"', '`params.lr`', 'acc', "'status'", '')),
  },
);

export const runSearch: fc.Arbitrary<RunSearch> = fc.record({
  experiments: fc.oneof(
    { weight: 9, arbitrary: fc.constant([0, 1, 2]) },
    { weight: 1, arbitrary: fc.subarray([0, 1, 2]) },
  ),
  viewType: fc.oneof(
    { weight: 3, arbitrary: some<ViewType>('ACTIVE_ONLY') },
    { weight: 2, arbitrary: some<ViewType>('DELETED_ONLY', 'ALL') },
  ),
  filter,
  orderBy: fc.oneof(fc.constant([]), fc.array(join(orderName, direction), { maxLength: 2 })),
});

export interface ExperimentSearch {
  readonly viewType: ViewType;
  readonly filter: string;
  readonly orderBy: readonly string[];
}

const experimentValue = some("'a'", '"A"', "'image%'", "'Im%'", "'é'", "'É'", '"it\'s"', "'1'", "'2'", "'x'");
const experimentClause = fc.oneof(
  {
    weight: 4,
    arbitrary: join(
      some('name', 'attribute.name', '`name`'),
      space,
      some('=', '!=', 'LIKE', 'ILIKE'),
      gap,
      experimentValue,
    ),
  },
  {
    weight: 4,
    arbitrary: join(
      some('tags.team', 'tag.`team`', 'tags."a b"', 'tags.missing'),
      space,
      some('=', '!=', 'LIKE', 'ILIKE'),
      gap,
      experimentValue,
    ),
  },
  { weight: 2, arbitrary: join(some('tags.`a b`', 'tag.team', 'tags.missing', 'name'), space, nothing) },
  {
    weight: 2,
    arbitrary: join(
      some('creation_time', 'last_update_time'),
      gap,
      numeric,
      gap,
      some('0', '1', '-1', '9999999999999', '1.5', '1e3', "'1'"),
    ),
  },
  {
    weight: 2,
    arbitrary: join(
      some('experiment_id', 'attribute.experiment_id'),
      space,
      some('=', '!=', '>', 'LIKE'),
      space,
      some("'1'", "'3'", "'x'", '1', "' 2 '"),
    ),
  },
  {
    weight: 2,
    arbitrary: join(
      some('experiment_id', 'name'),
      space,
      some('IN', 'in', 'NOT IN', 'not in'),
      space,
      some("('1', '2', '3')", "('4')", "('x')", '()', '(1)'),
    ),
  },
  {
    weight: 1,
    arbitrary: join(
      some('attributes.name', 'metrics.a', 'status', 'Name', 'name'),
      space,
      some('=', 'like', 'ilike', '=='),
      space,
      experimentValue,
    ),
  },
);
const experimentOrder = join(
  some(
    'name',
    'creation_time',
    'last_update_time',
    'experiment_id',
    'attribute.name',
    '`name`',
    'tags.team',
    'status',
  ),
  direction,
);

export const experimentSearch: fc.Arbitrary<ExperimentSearch> = fc.record({
  viewType: some<ViewType>('ACTIVE_ONLY', 'DELETED_ONLY', 'ALL', 'ALL'),
  filter: fc.oneof(
    { weight: 1, arbitrary: some('', ' ', 'AND') },
    { weight: 5, arbitrary: experimentClause },
    { weight: 2, arbitrary: join(experimentClause, and, experimentClause) },
  ),
  orderBy: fc.oneof(fc.constant([]), fc.array(experimentOrder, { maxLength: 2 })),
});
