import { describe, expect, it } from 'vitest';
import { FilterSyntaxError } from '../../../../src/tracking/searchFilter/filterSyntaxError.ts';
import type { Clause } from '../../../../src/tracking/searchFilter/searchFilter.ts';
import { parseExperimentFilter, parseRunFilter } from '../../../../src/tracking/searchFilter/searchFilter.ts';

const brief = ({ operand, condition }: Clause) => [
  `${operand.entity}:${operand.key}`,
  condition.comparator,
  ...(condition.kind === 'null' ? [] : condition.kind === 'list' ? condition.values : [condition.value]),
];
const runs = (filter: string) => parseRunFilter(filter).map(brief);
const experiments = (filter: string) => parseExperimentFilter(filter).map(brief);

function refusal(parse: (filter: string) => unknown, filter: string): FilterSyntaxError {
  try {
    parse(filter);
  } catch (error) {
    if (error instanceof FilterSyntaxError) return error;
    throw error;
  }
  throw new Error(`Accepted: ${filter}`);
}

describe('run filters', () => {
  it.each<[string, unknown[]]>([
    ['metrics.loss > 0.5', ['metric:loss', '>', 0.5]],
    ['metric.loss<=-1e-3', ['metric:loss', '<=', -0.001]],
    ['metrics.loss = .5', ['metric:loss', '=', 0.5]],
    ["params.model LIKE 'res%'", ['param:model', 'LIKE', 'res%']],
    ['parameter.model ilike "RES%"', ['param:model', 'ILIKE', 'RES%']],
    ['tags.mlflow.source.name != "train.py"', ['tag:mlflow.source.name', '!=', 'train.py']],
    ['metrics.`val/acc` > 1', ['metric:val/acc', '>', 1]],
    ['metrics."val acc" > 1', ['metric:val acc', '>', 1]],
    ["metrics.'val:acc' > 1", ['metric:val:acc', '>', 1]],
    ['params.`in` = "x"', ['param:in', '=', 'x']],
    ['params.like = "x"', ['param:like', '=', 'x']],
    ['params.学習率 = "x"', ['param:学習率', '=', 'x']],
    ['params.1a = "x"', ['param:1a', '=', 'x']],
    ["status = 'FINISHED'", ['attribute:status', '=', 'FINISHED']],
    ["attributes.`run name` = 'a'", ['attribute:run_name', '=', 'a']],
    ['created >= 1700000000000', ['attribute:start_time', '>=', 1700000000000]],
    ['end_time < 9007199254740993', ['attribute:end_time', '<', 9007199254740993n]],
    ['run_id IN (\'a\', "b")', ['attribute:run_id', 'IN', 'a', 'b']],
    ["run_id not in ('a',)", ['attribute:run_id', 'NOT IN', 'a']],
    ["dataset.name IN ('it\\'s')", ['dataset:name', 'IN', "it's"]],
    ["datasets.context = 'train'", ['dataset:context', '=', 'train']],
    ['params.lr is null', ['param:lr', 'IS NULL']],
    ['tags.t IS  NOT NULL', ['tag:t', 'IS NOT NULL']],
  ])('reads %s', (filter, clause) => {
    expect(runs(filter)).toEqual([clause]);
  });

  it('keeps everything between the quotes, escapes and all', () => {
    expect(runs(`params.a = 'it''s' AND params.b = "C:\\dir" AND params.c = "say 'hi'"`)).toEqual([
      ['param:a', '=', "it''s"],
      ['param:b', '=', 'C:\\dir'],
      ['param:c', '=', "say 'hi'"],
    ]);
  });

  it.each([
    '',
    'AND',
    "AND params.a = 'x' AND and params.b = 'y' AND",
    "params.a = 'x'AND params.b = 'y'",
    "params.a = 'x' params.b = 'y'",
    'params.a IS NULL params.b IS NULL',
  ])('has MLflow’s freedom with AND: %j', filter => {
    expect(runs(filter).map(([key]) => key)).toEqual(
      ['param:a', 'param:b'].slice(0, filter.length > 4 ? 2 : 0),
    );
  });

  it.each<[string, string, string]>([
    ['metrics.acc > 0.9 OR metrics.loss < 1', 'OR', 'Character 19 of the filter: MLflow has no OR'],
    ["NOT params.a = 'x'", 'NOT', 'MLflow has no NOT here'],
    ['(metrics.a > 1)', '(', 'parentheses only after IN'],
    ["metrics.acc > '0.9'", "'0.9'", 'expected a number without quotes'],
    ['params.lr = 0.1', '0.1', "expected a text in quotes, as in params.lr = 'text'"],
    ["params.lr = 'x", "'", 'not closed'],
    ['metrics.acc', '', 'after metrics.acc goes one of =, !=, <'],
    ['metrics.acc == 1', '==', 'goes one of'],
    ['metrics.acc LIKE 1', 'LIKE', 'goes one of'],
    ["params.lr > '1'", '>', 'goes one of =, !=, LIKE, ILIKE, IS NULL, IS NOT NULL'],
    ["params.lr IN ('1')", 'IN', 'goes one of'],
    ['start_time IS NULL', 'IS NULL', 'goes one of'],
    ['lr > 1', 'lr', '"lr" is not an attribute'],
    ['model.lr > 1', 'model.lr', 'before the dot goes metrics, params'],
    ['Metrics.lr > 1', 'Metrics.lr', 'before the dot goes metrics, params'],
    ['metrics.in > 1', '.', 'quote it'],
    ['metrics.12 > 1', '.12', 'quote it'],
    ['params.a-b = "x"', '-', 'goes one of'],
    ['dataset.source = "x"', 'dataset.source', 'a dataset has no "source"'],
    ['run_id IN ()', ')', 'one or more texts'],
    ['run_id IN (1)', '1', 'one or more texts'],
    ["run_id IN 'a'", "'a'", 'expected a list'],
    ['start_time > 99999999999999999999', '99999999999999999999', 'does not fit 64 bits'],
    ["params.a = 'x' params.b IS NULL", 'params.b IS NULL', 'write AND'],
    ["params.a = 'x';", ';', 'expected a condition'],
    [' ', '', 'blank'],
  ])('refuses %s at %j', (filter, place, message) => {
    const error = refusal(parseRunFilter, filter);
    expect(error.errorCode).toBe('INVALID_PARAMETER_VALUE');
    expect(error.message).toContain(message);
    expect(filter.slice(error.range.start, error.range.end).trim()).toBe(place);
  });

  it('says where each clause and key stands', () => {
    const filter = "  metrics.acc > 1 AND tags.`a b` = 'x'";
    expect(
      parseRunFilter(filter).map(({ operand, range }) => [
        filter.slice(range.start, range.end),
        filter.slice(operand.range.start, operand.range.end),
      ]),
    ).toEqual([
      ['metrics.acc > 1', 'metrics.acc'],
      ["tags.`a b` = 'x'", 'tags.`a b`'],
    ]);
  });
});

describe('experiment filters', () => {
  it.each<[string, unknown[]]>([
    ["name LIKE 'image%'", ['attribute:name', 'LIKE', 'image%']],
    ["attribute.name = 'x'", ['attribute:name', '=', 'x']],
    ['creation_time > 5', ['attribute:creation_time', '>', 5]],
    ["experiment_id = '7'", ['attribute:experiment_id', '=', 7]],
    ["experiment_id not in ('1', '2')", ['attribute:experiment_id', 'NOT IN', 1, 2]],
    ["tags.team = 'a'", ['tag:team', '=', 'a']],
    ['tag.team is not null', ['tag:team', 'IS NOT NULL']],
  ])('reads %s', (filter, clause) => {
    expect(experiments(filter)).toEqual([clause]);
  });

  it.each([
    'creation_time > 1.5',
    "name like 'x'",
    "name IN ('x')",
    'name IS NULL',
    "experiment_id = 'x'",
    "experiment_id LIKE '1'",
    "experiment_id in ('1')",
    'metrics.a > 1',
    "attributes.name = 'x'",
    "status = 'x'",
  ])('refuses %s', filter => {
    expect(refusal(parseExperimentFilter, filter).errorCode).toBe('INVALID_PARAMETER_VALUE');
  });
});
