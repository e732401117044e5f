import { expect, test } from 'vitest';
import { runFilterOf } from '../../../../src/services/trackingModel/runFilter.ts';
import { parseRunFilter } from '../../../../src/tracking/searchFilter/searchFilter.ts';

test.each(['', '   '])('%j filters nothing', typed => expect(runFilterOf(typed)).toBeUndefined());

test.each([
  'metrics.acc > 0.9',
  ' metrics.`val/acc` >= 0.9 ',
  'params.lr = "0.01" AND tags.team IS NOT NULL',
  "run_name LIKE 'brave%'",
  "status = 'FINISHED'",
  "run_id IN ('a', 'b')",
  'start_time > 1',
  "attributes.run_name ILIKE '%x%'",
  "dataset.name = 'mnist'",
])('%j is a filter of MLflow', typed => {
  expect(runFilterOf(typed)).toBe(typed.trim());
  expect(parseRunFilter(typed.trim())).not.toHaveLength(0);
});

test.each(['metrics.', 'metrics.acc', 'params.lr =', 'tags.a IS'])('%j is on its way to one', typed => {
  expect(runFilterOf(typed)).toBe(typed);
  expect(() => parseRunFilter(typed)).toThrow();
});

test.each([
  ['brave-fox', `run_name ILIKE '%brave-fox%'`],
  ['this is one', `run_name ILIKE '%this is one%'`],
  ['trained in May', `run_name ILIKE '%trained in May%'`],
  [`ann's`, `run_name ILIKE "%ann's%"`],
  [`ann's "best"`, `run_name ILIKE "%ann's _best_%"`],
])('%j is looked for in names', (typed, filter) => {
  expect(runFilterOf(typed)).toBe(filter);
  expect(parseRunFilter(filter)).toHaveLength(1);
});
