import { expect, it } from 'vitest';
import { randomRunName } from '../../../src/tracking/runNames.ts';

it('makes predicate-noun-number names of at most 20 characters', () => {
  const names = Array.from({ length: 2000 }, randomRunName);
  for (const name of names) {
    expect(name).toMatch(/^[a-z]+-[a-z]+-\d{1,4}$/);
    expect(name.length).toBeLessThanOrEqual(20);
  }
  expect(new Set(names).size).toBeGreaterThan(1900);
  expect(names.some(name => name.endsWith('-1001'))).toBe(false);
});
