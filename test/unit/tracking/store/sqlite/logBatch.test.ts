import { expect, test } from 'vitest';
import type { Metric } from '../../../../../src/tracking/entities.ts';
import { databaseAt, refusal, storeWithRun } from './temporaryStore.ts';

const metric = (values: Partial<Metric> = {}): Metric => ({
  key: 'loss',
  value: 1,
  timestamp: 10,
  step: 0,
  ...values,
});

/** Logs one after the other; what MLflow's `latest_metrics` holds then. */
async function latestOf(...metrics: Partial<Metric>[]): Promise<Metric | undefined> {
  const { store, runId } = await storeWithRun();
  for (const values of metrics) await store.logBatch(runId, { metrics: [metric(values)] });
  const latest = (await store.getRun(runId)).metrics.get('loss');

  const { store: another, runId: anotherRun } = await storeWithRun();
  await another.logBatch(anotherRun, { metrics: metrics.map(metric) });
  expect((await another.getRun(anotherRun)).metrics.get('loss'), 'the same in one batch').toEqual(latest);
  return latest;
}

test('the last metric is the one with the greatest step, whenever it was logged', async () => {
  expect(await latestOf({ step: 5, value: 1 }, { step: 4, timestamp: 99, value: 9 })).toMatchObject({
    step: 5,
    value: 1,
  });
});

test('of equal steps, the last metric is the one with the greatest timestamp', async () => {
  expect(await latestOf({ timestamp: 20, value: 1 }, { timestamp: 10, value: 9 })).toMatchObject({
    value: 1,
  });
});

test('of equal steps and timestamps, the last metric is the one with the greatest value', async () => {
  expect(await latestOf({ value: 3 }, { value: 2 }, { value: 4 }, { value: 1 })).toMatchObject({ value: 4 });
});

test('NaN is compared as 0: it replaces -1 but not 5', async () => {
  expect((await latestOf({ value: -1 }, { value: NaN }))?.value).toBeNaN();
  expect(await latestOf({ value: 5 }, { value: NaN })).toMatchObject({ value: 5 });
});

test('of equals the earlier stays: NaN and 0', async () => {
  expect((await latestOf({ value: NaN }, { value: 0 }))?.value).toBeNaN();
  expect(await latestOf({ value: 0 }, { value: NaN })).toMatchObject({ value: 0 });
});

test('NaN is kept as 0 and a flag, the infinities as the greatest doubles', async () => {
  const { path, store, runId } = await storeWithRun();
  await store.logBatch(runId, {
    metrics: [
      metric({ value: NaN }),
      metric({ value: Infinity, step: 1 }),
      metric({ value: -Infinity, step: 2 }),
    ],
  });
  const rows = databaseAt(path).prepare('SELECT value, is_nan FROM metrics ORDER BY step').all();
  expect(rows.map(row => [row['value'], row['is_nan']])).toEqual([
    [0, 1],
    [1.7976931348623157e308, 0],
    [-1.7976931348623157e308, 0],
  ]);
  const history = await store.getMetricHistory(runId, 'loss');
  expect(history.items.map(({ value }) => value)).toEqual([NaN, Number.MAX_VALUE, -Number.MAX_VALUE]);
});

test('an identical metric is not written twice, in one batch or later', async () => {
  const { store, runId } = await storeWithRun();
  const same = [metric(), metric(), metric({ value: NaN }), metric({ value: NaN })];
  await store.logBatch(runId, { metrics: same });
  await store.logBatch(runId, { metrics: same });
  expect((await store.getMetricHistory(runId, 'loss')).items).toHaveLength(2);
});

test('steps and timestamps of 64 bits come back exactly', async () => {
  const { store, runId } = await storeWithRun();
  const extremes = [
    metric({ step: 2n ** 63n - 1n, timestamp: 2n ** 63n - 1n }),
    metric({ step: -(2n ** 63n), timestamp: 9_007_199_254_740_993n }),
    metric({ step: Number.MAX_SAFE_INTEGER, timestamp: 0 }),
  ];
  await store.logBatch(runId, { metrics: extremes });
  const { items } = await store.getMetricHistory(runId, 'loss');
  expect(new Set(items)).toEqual(new Set(extremes));
  expect((await store.getRun(runId)).metrics.get('loss')).toEqual(extremes[0]);
});

test('a parameter takes the same value again, and never another', async () => {
  const { store, runId } = await storeWithRun();
  await store.logBatch(runId, { params: [{ key: 'lr', value: '0.01' }] });
  await store.logBatch(runId, { params: [{ key: 'lr', value: '0.01' }] });
  await expect(store.logBatch(runId, { params: [{ key: 'lr', value: '0.010' }] })).rejects.toEqual(
    refusal(
      'INVALID_PARAMETER_VALUE',
      /^Parameter "lr" already has the value 0\.01 in this run\. MLflow parameters can't change: log it under another name, or start a new run\.$/,
    ),
  );
  expect((await store.getRun(runId)).params).toEqual(new Map([['lr', '0.01']]));
});

test('a parameter twice in one batch is refused, equal or not', async () => {
  const { store, runId } = await storeWithRun();
  const params = [
    { key: 'lr', value: '1' },
    { key: 'lr', value: '1' },
  ];
  await expect(store.logBatch(runId, { params })).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /"lr".*twice/),
  );
});

test('nothing of a refused batch is written', async () => {
  const { store, runId } = await storeWithRun();
  await store.logBatch(runId, { params: [{ key: 'lr', value: '1' }] });
  const before = await store.getRun(runId);
  const others = { metrics: [metric()], tags: [{ key: 'a', value: 'b' }] };
  await expect(
    store.logBatch(runId, {
      ...others,
      params: [
        { key: 'new', value: '1' },
        { key: 'lr', value: '2' },
      ],
    }),
  ).rejects.toEqual(refusal('INVALID_PARAMETER_VALUE'));
  await expect(store.logBatch(runId, { ...others, params: [{ key: '../x', value: '1' }] })).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE'),
  );
  expect(await store.getRun(runId)).toEqual(before);
});

test('any text comes back as it was: empty, 6,000 characters, Unicode, line ends, quotes', async () => {
  const { store, runId } = await storeWithRun();
  const values = ['', 'x'.repeat(6000), '😀 ünï "\'\\ \0 \r\n', '%_\u2028'];
  const params = values.map((value, i) => ({ key: `ключ/${i} a.b-c:d`, value }));
  await store.logBatch(runId, { params, tags: params });
  const run = await store.getRun(runId);
  expect([...run.params.values()]).toEqual(values);
  expect(params.map(({ key }) => run.tags.get(key))).toEqual(values);
});
