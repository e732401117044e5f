import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasOptions, parseDouble, parseInteger, readOptions } from '../../../src/commands/options.ts';

describe('hasOptions', () => {
  class Uri {
    readonly path = '/a';
  }

  it.each([
    ['an object of options', [{ key: 'a' }], true],
    ['an empty object', [{}], true],
    ['nothing, as from the palette', [], false],
    ['undefined, as from a view without a selection', [undefined, undefined], false],
    ['a row of a tree', [{ kind: 'run', id: '1' }], false],
    ['a Uri, as from the Explorer', [new Uri(), [new Uri()]], false],
    ['a text', ['a'], false],
    ['a list', [[]], false],
    ['null', [null], false],
  ])('takes %s for %#', (_, args, expected) => {
    expect(hasOptions(args)).toBe(expected);
  });
});

describe('readOptions', () => {
  const shape = {
    key: 'string',
    value: 'double?',
    step: 'integer?',
    nested: 'boolean?',
    tags: 'strings?',
    paths: 'list?',
  } as const;

  it('returns what was given, typed, and undefined for the rest', () => {
    const given = { key: 'a', value: 1.5, step: 3, nested: false, tags: { a: '1' }, paths: ['b'] };
    expect(readOptions([given], shape)).toEqual(given);
    expect(readOptions([{ key: '' }], shape)).toEqual({ key: '' });
  });

  it('returns undefined where a person is to be asked', () => {
    expect(readOptions([], shape)).toBeUndefined();
  });

  it('takes the names of numbers that JSON does not have, and steps that a number would round', () => {
    expect(readOptions([{ key: 'a', value: 'NaN', step: '9007199254740993' }], shape)).toEqual({
      key: 'a',
      value: NaN,
      step: 9007199254740993n,
    });
    expect(readOptions([{ key: 'a', value: '-Infinity', step: 5n }], shape)).toMatchObject({
      value: -Infinity,
      step: 5n,
    });
  });

  it.each([
    [{}, 'The argument "key" is missing: it is a text.'],
    [{ key: 1 }, 'The argument "key" must be a text, and is 1.'],
    [{ key: null }, 'The argument "key" must be a text, and is null.'],
    [
      { key: 'a', value: 'high' },
      `The argument "value" must be a number, "NaN", "Infinity" or "-Infinity", and is 'high'.`,
    ],
    [{ key: 'a', step: 1.5 }, 'The argument "step" must be a whole number, and is 1.5.'],
    [{ key: 'a', nested: 'yes' }, `The argument "nested" must be true or false, and is 'yes'.`],
    [{ key: 'a', tags: { a: 1 } }, 'The argument "tags" must be an object of texts, and is { a: 1 }.'],
    [{ key: 'a', paths: [1] }, 'The argument "paths" must be a list of texts, and is [ 1 ].'],
    [
      { key: 'a', vlaue: 1 },
      '"vlaue" is not an argument of this command: it takes key, value, step, nested, tags, paths.',
    ],
    // What every object has is no option.
    [
      { key: 'a', toString: 1 },
      '"toString" is not an argument of this command: it takes key, value, step, nested, tags, paths.',
    ],
  ])('refuses %j', (given, message) => {
    expect(() => readOptions([given], shape)).toThrow(
      expect.objectContaining({ errorCode: 'INVALID_PARAMETER_VALUE', message }),
    );
  });
});

describe('parseDouble', () => {
  it('reads every double as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double(), value => {
        expect(parseDouble(Object.is(value, -0) ? '-0' : String(value))).toBe(value);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['1e-3', 0.001],
    [' 2.5 ', 2.5],
    ['+.5', 0.5],
    ['5.', 5],
    ['-inf', -Infinity],
    ['Infinity', Infinity],
    ['+Inf', Infinity],
    ['nan', NaN],
    ['1e400', Infinity],
  ])('reads %j', (text, value) => {
    expect(parseDouble(text)).toBe(value);
  });

  it.each(['', ' ', '0x10', '1,5', '1 2', 'one', '1e', '--1', '.', 'infinite', '1_000', '1n'])(
    'does not take %j for a number',
    text => {
      expect(parseDouble(text)).toBeUndefined();
    },
  );
});

describe('parseInteger', () => {
  it('is exact for every 64-bit integer: a number while that is, else a bigint', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), value => {
        const parsed = parseInteger(String(value));
        expect(BigInt(parsed ?? NaN)).toBe(value);
        expect(typeof parsed).toBe(Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['', '1.0', '1e3', 'NaN', '0x1', '1 2'])('does not take %j for a whole number', text => {
    expect(parseInteger(text)).toBeUndefined();
  });
});
