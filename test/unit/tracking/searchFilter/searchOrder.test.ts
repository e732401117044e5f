import { describe, expect, it } from 'vitest';
import { FilterSyntaxError } from '../../../../src/tracking/searchFilter/filterSyntaxError.ts';
import { parseExperimentOrder, parseRunOrder } from '../../../../src/tracking/searchFilter/searchOrder.ts';

describe('orders of runs', () => {
  it.each([
    ['metrics.loss', 'metric:loss', true],
    ['metrics.loss ASC', 'metric:loss', true],
    ['metrics.`val/loss` desc', 'metric:val/loss', false],
    ['params."a b"', 'param:a b', true],
    ['tags.mlflow.user  DESC', 'tag:mlflow.user', false],
    ['"metrics.loss" DESC', 'metric:loss', false],
    ['metrics.1 DESC', 'metric:1', false],
    ['created', 'attribute:start_time', true],
    ['attribute.run_name DESC', 'attribute:run_name', false],
  ])('reads %s', (text, key, ascending) => {
    const order = parseRunOrder(text);
    expect([`${order.operand.entity}:${order.operand.key}`, order.ascending]).toEqual([key, ascending]);
  });

  it.each([
    '',
    ' metrics.loss',
    'metrics.loss ',
    'metrics.loss down',
    'metrics.loss DESC NULLS LAST',
    'metrics.a b',
    'metrics.1',
    'metrics.in DESC',
    '"metrics.loss"',
    'loss',
    'attribute.`run name`',
    'dataset.name',
    'metrics.a-b DESC',
  ])('refuses %j', text => {
    expect(() => parseRunOrder(text)).toThrow(FilterSyntaxError);
  });

  it('says where it goes wrong', () => {
    expect(() => parseRunOrder('metrics.loss down')).toThrow(
      'Character 1 of the order: expected one key, then ASC or DESC or nothing',
    );
  });
});

describe('orders of experiments', () => {
  it('are attributes only', () => {
    expect(parseExperimentOrder('last_update_time DESC')).toMatchObject({
      operand: { key: 'last_update_time' },
      ascending: false,
    });
    expect(() => parseExperimentOrder('tags.a')).toThrow("MLflow can't sort by tags");
    expect(() => parseExperimentOrder('start_time')).toThrow(FilterSyntaxError);
  });
});
