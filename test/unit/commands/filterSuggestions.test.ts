import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  filterRefusal,
  operandsOf,
  operandText,
  suggestionsFor,
} from '../../../src/commands/filterSuggestions.ts';
import type { Run } from '../../../src/tracking/entities.ts';
import { parseRunFilter } from '../../../src/tracking/searchFilter/searchFilter.ts';
import { parseRunOrder } from '../../../src/tracking/searchFilter/searchOrder.ts';

function run(data: {
  metrics?: string[];
  params?: Record<string, string>;
  tags?: Record<string, string>;
}): Run {
  return {
    info: {
      runId: 'a'.repeat(32),
      runName: 'brave-fox-12',
      experimentId: '1',
      userId: 'ann',
      status: 'FINISHED',
      startTime: 1,
      endTime: 2,
      lifecycleStage: 'active',
      artifactUri: '/a',
    },
    metrics: new Map((data.metrics ?? []).map(key => [key, { key, value: 1, step: 0, timestamp: 1 }])),
    params: new Map(Object.entries(data.params ?? {})),
    tags: new Map(Object.entries(data.tags ?? {})),
    datasets: [],
  };
}

const runs = [
  run({
    metrics: ['acc', 'val/acc'],
    params: { lr: '0.01' },
    tags: { 'team': "o'hara", 'mlflow.user': 'ann' },
  }),
  run({ metrics: ['acc'], params: { lr: '0.1', model: 'a "b" \'c\'' } }),
];
const labels = (typed: string) => suggestionsFor(typed, runs).map(({ label }) => label);

describe('suggestionsFor', () => {
  it('begins with the keys of the runs, metrics first, without MLflow’s own tags', () => {
    expect(labels('')).toEqual([
      'metrics.acc',
      'metrics.`val/acc`',
      'params.lr',
      'params.model',
      'tags.team',
      'attributes.status',
      'attributes.run_name',
      'attributes.start_time',
      'attributes.end_time',
      'attributes.user_id',
      'attributes.run_id',
    ]);
  });

  it('keeps to what the last word is a part of', () => {
    expect(labels('acc')).toEqual(['metrics.acc', 'metrics.`val/acc`']);
    expect(labels('metrics.acc > 0.9 AND LR')).toEqual(['params.lr']);
    expect(labels('brave-f')).toEqual([]);
  });

  it('goes on with the comparators of the kind', () => {
    expect(labels('metrics.acc ')).toEqual(['=', '!=', '<', '<=', '>', '>=']);
    expect(labels('params.lr I')).toEqual(['LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL']);
  });

  it('goes on with the values that the runs have, in the quotes that they need', () => {
    expect(labels('params.lr = ')).toEqual(["'0.01'", "'0.1'"]);
    expect(labels('tags.team = ')).toEqual([`"o'hara"`]);
    expect(labels('params.model = ')).toEqual([]);
    expect(labels('attributes.status = ')).toEqual(["'FINISHED'"]);
    expect(labels('metrics.acc = ')).toEqual([]);
  });

  it('joins conditions', () => {
    expect(labels('metrics.acc > 0.9 ')).toEqual(['AND']);
    expect(labels('metrics.acc > 0.9 AND ')).toContain('params.lr');
  });

  it('suggests only what a valid filter can go on from, whatever was chosen before', () => {
    const endings = ['', '= 1', "= 'a'", '1', "'a'", "('a')"];
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 9 }), choices => {
        let text = '';
        for (const choice of choices) {
          const suggestions = suggestionsFor(text, runs);
          text = suggestions[choice % suggestions.length]?.text ?? text;
          expect(
            endings.filter(ending => filterRefusal(text + ending) === undefined),
            text,
          ).not.toEqual([]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('filterRefusal', () => {
  it('takes a part of a name, a filter, and nothing', () => {
    expect(filterRefusal('brave fox')).toBeUndefined();
    expect(filterRefusal("it's")).toBeUndefined();
    expect(filterRefusal("metrics.acc > 0.9 AND params.lr = '0.01'")).toBeUndefined();
    expect(filterRefusal('')).toBeUndefined();
    expect(filterRefusal('  ')).toBeUndefined();
  });

  it('says what is wrong with a filter', () => {
    expect(filterRefusal('metrics.acc > ')).toMatch(/expected a number/);
    expect(filterRefusal('params.lr = 0.01')).toMatch(/expected a text in quotes/);
  });
});

describe('operandText', () => {
  const key = fc.stringMatching(/^[\p{L}\p{N}_][\p{L}\p{N}_.\- :/]{0,20}$/u);

  it('writes any key so that MLflow’s syntax reads it back', () => {
    fc.assert(
      fc.property(key, fc.constantFrom('metrics', 'params', 'tags'), (text, prefix) => {
        const operand = operandText(prefix, text);
        expect(parseRunOrder(operand).operand.key).toBe(text);
        expect(parseRunOrder(`${operand} DESC`).operand.key).toBe(text);
        const condition = prefix === 'metrics' ? '> 0' : "= 'a'";
        expect(parseRunFilter(`${operand} ${condition}`)[0]?.operand.key).toBe(text);
      }),
      { numRuns: 1000 },
    );
  });

  it('offers each key once', () => {
    expect(operandsOf([...runs, ...runs])).toEqual(operandsOf(runs));
  });
});
