import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  excerptOf,
  formatCount,
  formatDuration,
  formatExactMetric,
  formatMetric,
  formatRoughSpan,
  formatSize,
} from '../../../src/views/format.ts';

const thin = '\u2009';

describe('a metric', () => {
  test.each([
    [0, '0'],
    [-0, '0'],
    [1, '1'],
    [0.9312, '0.9312'],
    [0.93123456, '0.93123'],
    [-0.031249, '-0.031249'],
    [1e-5, '1e-5'],
    [1.23456789e-7, '1.2346e-7'],
    [0.00012, '0.00012'],
    [9999, '9999'],
    [9999.96, `10${thin}000`],
    [10_000, `10${thin}000`],
    [12_345.678, `12${thin}346`],
    [99_999.7, `100${thin}000`],
    [1_234_567.9, `1${thin}234${thin}568`],
    [-1_234_567, `-1${thin}234${thin}567`],
    [3e20, '3e20'],
    [1.23456789e20, '1.2346e20'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NEGATIVE_INFINITY, '-∞'],
    [Number.MAX_VALUE, '∞'],
    [-Number.MAX_VALUE, '-∞'],
    [Number.MIN_VALUE, '4.9407e-324'],
  ])('%d reads %s', (value, text) => expect(formatMetric(value)).toBe(text));

  test('keeps five significant digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        // Rounded, the largest doubles are beyond them.
        fc.pre(Math.abs(value) < 1.7976e308);
        const read = Number(formatMetric(value).replaceAll(thin, ''));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(Math.abs(value) * 5.0001e-5 + Number.MIN_VALUE);
      }),
      { numRuns: 1000 },
    );
  });

  test('exactly, it is read back as it is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
        fc.pre(Math.abs(value) < Number.MAX_VALUE && !Object.is(value, -0));
        expect(Number(formatExactMetric(value))).toBe(value);
      }),
    );
    expect(formatExactMetric(-Number.MAX_VALUE)).toBe('-∞');
    expect(formatExactMetric(Number.NaN)).toBe('NaN');
  });
});

test.each([
  [0, '0'],
  [9999, '9999'],
  [-9999, '-9999'],
  [50_000, `50${thin}000`],
  [-50_000, `-50${thin}000`],
  [9_223_372_036_854_775_807n, [9, 223, 372, '036', 854, 775, 807].join(thin)],
])('the count %d reads %s', (count, text) => expect(formatCount(count)).toBe(text));

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [1536, '1.5 KiB'],
  [10 * 1024 + 512, '11 KiB'],
  [1024 * 1024 - 1, '1 MiB'],
  [48 * 2 ** 20, '48 MiB'],
  [500 * 2 ** 20, '500 MiB'],
  [1.25 * 2 ** 30, '1.3 GiB'],
  [2 ** 60, '1024 PiB'],
])('%d bytes read %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

const s = 1000;
const min = 60 * s;
const h = 60 * min;
const d = 24 * h;

test.each([
  [-5, '0:00'],
  [7 * s, '0:07'],
  [12 * min + 34 * s + 999, '12:34'],
  [h - 1, '59:59'],
  [2 * h + 5 * min, '2 h 05 m'],
  [d - 1, '23 h 59 m'],
  [3 * d + 4 * h + min, '3 d 4 h'],
])('%d ms last %s', (span, text) => expect(formatDuration(span)).toBe(text));

test.each([
  [40 * s, '40 s'],
  [5 * min, '5 min'],
  [2 * h + 59 * min, '2 h'],
  [12_000 * d, `12${thin}000 d`],
])('%d ms are roughly %s', (span, text) => expect(formatRoughSpan(span)).toBe(text));

test('an excerpt is one line and says that there is more', () => {
  expect(excerptOf('0.001')).toBe('0.001');
  expect(excerptOf('first\nsecond')).toBe('first…');
  expect(excerptOf('abcdef', 3)).toBe('abc…');
  expect(excerptOf('')).toBe('');
});
