import { describe, expect, test } from 'vitest';
import type { Metric } from '../../../../../src/tracking/entities.ts';
import {
  databaseAt,
  newId,
  newRun,
  refusal,
  storeAt,
  storeWithRun,
  temporaryPath,
} from './temporaryStore.ts';

const points = (count: number, of: (i: number) => Partial<Metric>): Metric[] =>
  Array.from({ length: count }, (_, i) => ({ key: 'loss', value: i, timestamp: i, step: i, ...of(i) }));

test('a history is ordered by timestamp, step, value, and its pages join up while points are added', async () => {
  const { store, runId } = await storeWithRun();
  const metrics = points(9, i => ({ timestamp: Math.floor((8 - i) / 3), step: i % 2, value: 9 - i }));
  await store.logBatch(runId, { metrics });
  const expected = metrics.toSorted(
    (a, b) =>
      Number(a.timestamp) - Number(b.timestamp) || Number(a.step) - Number(b.step) || a.value - b.value,
  );
  const read: Metric[] = [];
  let pageToken: string | undefined;
  do {
    const page = await store.getMetricHistory(runId, 'loss', { maxResults: 2, pageToken });
    read.push(...page.items);
    pageToken = page.nextPageToken;
    // Before what was read: with a page token that counts, the next page would repeat a point.
    await store.logBatch(runId, { metrics: [{ key: 'loss', value: read.length, timestamp: 0, step: -1 }] });
  } while (pageToken !== undefined);
  expect(read).toEqual(expected);
});

test('an unknown run or key has no history; a token that is none is refused', async () => {
  const { store, runId } = await storeWithRun();
  expect(await store.getMetricHistory(newId(), 'loss')).toEqual({ items: [], nextPageToken: undefined });
  expect(await store.getMetricHistory(runId, 'nothing')).toEqual({ items: [], nextPageToken: undefined });
  for (const pageToken of ['nonsense', btoa('{"after": [1, 2, 3]}'), btoa('{"after": ["1", "x", 3, 0]}')]) {
    await expect(store.getMetricHistory(runId, 'loss', { pageToken })).rejects.toEqual(
      refusal('INVALID_PARAMETER_VALUE', /page token/),
    );
  }
});

test('extreme integers in a page token are exact', async () => {
  const { store, runId } = await storeWithRun();
  const metrics = points(4, i => ({ timestamp: 2n ** 63n - 4n + BigInt(i), step: -(2n ** 63n) + BigInt(i) }));
  await store.logBatch(runId, { metrics });
  const first = await store.getMetricHistory(runId, 'loss', { maxResults: 2 });
  const second = await store.getMetricHistory(runId, 'loss', { pageToken: first.nextPageToken });
  expect([...first.items, ...second.items]).toEqual(metrics);
});

describe.each([
  [
    'with the index of MLflow 3',
    'CREATE INDEX index_metrics_run_uuid_key_step ON metrics (run_uuid, key, step)',
  ],
  ["with MLflow 1.30's indexes", ''],
])('sampling, %s', (_name, sql) => {
  async function sampled(
    metrics: readonly Metric[],
    options: { maxPoints?: number; startStep?: number; endStep?: number },
  ) {
    const path = await temporaryPath();
    const store = storeAt(path);
    const { info } = await store.createRun(newRun());
    databaseAt(path).exec(sql);
    await store.logBatch(info.runId, { metrics });
    // Points of another run with the same key must not come in between.
    const { info: other } = await store.createRun(newRun());
    await store.logBatch(other.runId, { metrics: points(50, i => ({ value: -1, step: i * 3 })) });
    return (await store.sampleMetricHistory([info.runId], 'loss', options)).get(info.runId) ?? [];
  }

  test('keeps all points of a short history, ordered by step and timestamp', async () => {
    const metrics = points(20, i => ({ step: (19 - i) % 5, timestamp: i }));
    expect(await sampled(metrics, { maxPoints: 20 })).toEqual(
      metrics.toSorted(
        (a, b) => Number(a.step) - Number(b.step) || Number(a.timestamp) - Number(b.timestamp),
      ),
    );
  });

  test('spreads points evenly over the steps, the first and the last among them', async () => {
    const sample = await sampled(
      points(1001, () => ({})),
      { maxPoints: 11 },
    );
    expect(sample.map(({ step }) => step)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
  });

  test('spreads points that share one step by their rank', async () => {
    const sample = await sampled(
      points(1001, () => ({ step: 0 })),
      { maxPoints: 11 },
    );
    expect(sample.map(({ timestamp }) => timestamp)).toEqual([
      0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000,
    ]);
  });

  test('shows crowded steps, not only the lonely ones', async () => {
    const sample = await sampled(
      points(500, i => ({ step: i === 499 ? 1_000_000 : i })),
      { maxPoints: 50 },
    );
    expect(sample).toHaveLength(50);
    expect(sample.at(0)?.step).toBe(0);
    expect(sample.at(-1)?.step).toBe(1_000_000);
    expect(sample.filter(({ step }) => step > 100 && step < 400).length).toBeGreaterThan(20);
  });

  test.each([2, 3, 7, 10, 99])(
    'never gives more than %d points, each once, of random histories',
    async maxPoints => {
      const random = (i: number, salt: number) =>
        Math.floor(Math.abs(Math.sin(i * 12.9898 + salt) * 43758.5453) % 200);
      const sample = await sampled(
        points(300, i => ({ step: random(i, 1) - 100, timestamp: random(i, 2) })),
        { maxPoints },
      );
      expect(sample.length).toBeLessThanOrEqual(maxPoints);
      expect(sample.length).toBeGreaterThanOrEqual(Math.ceil(maxPoints / 2));
      expect(new Set(sample.map(({ value }) => value)).size).toBe(sample.length);
      expect(sample).toEqual(
        sample.toSorted(
          (a, b) => Number(a.step) - Number(b.step) || Number(a.timestamp) - Number(b.timestamp),
        ),
      );
    },
  );

  test('one point is the last one; a range of steps is one of its own', async () => {
    const metrics = points(100, () => ({}));
    expect((await sampled(metrics, { maxPoints: 1 })).map(({ step }) => step)).toEqual([99]);
    expect(
      (await sampled(metrics, { maxPoints: 3, startStep: 10, endStep: 20 })).map(({ step }) => step),
    ).toEqual([10, 15, 20]);
    expect(await sampled(metrics, { startStep: 200 })).toEqual([]);
  });

  test('NaN and steps at the ends of 64 bits are sampled like others', async () => {
    const sample = await sampled(
      points(64, i => ({
        step: i === 63 ? 2n ** 63n - 1n : -(2n ** 63n) + 2n ** 58n * BigInt(i),
        value: i % 2 ? NaN : i,
      })),
      { maxPoints: 8 },
    );
    expect(sample.length).toBeLessThanOrEqual(8);
    expect(sample.at(0)?.step).toBe(-(2n ** 63n));
    expect(sample.at(-1)).toMatchObject({ step: 2n ** 63n - 1n, value: NaN });
  });
});

test('several runs are sampled at once; one without the metric has an empty list', async () => {
  const { store, runId } = await storeWithRun();
  await store.logBatch(runId, { metrics: points(3, () => ({})) });
  const { info } = await store.createRun(newRun());
  const samples = await store.sampleMetricHistory([info.runId, runId, 'unknown'], 'loss');
  expect([...samples].map(([id, list]) => [id, list.length])).toEqual([
    [info.runId, 0],
    [runId, 3],
    ['unknown', 0],
  ]);
});

test('summaries count every point, and leave NaN out of the least and the greatest', async () => {
  const { store, runId } = await storeWithRun();
  await store.logBatch(runId, {
    metrics: [
      ...points(5, i => ({ value: [3, NaN, -2, 7, NaN][i] ?? 0 })),
      ...points(2, i => ({ key: 'broken', value: NaN, step: i })),
    ],
  });
  expect(await store.summarizeMetrics(runId)).toEqual([
    { key: 'broken', count: 2, min: undefined, max: undefined },
    { key: 'loss', count: 5, min: -2, max: 7 },
  ]);
});

test('summaries of a history longer than one transaction reads add up', async () => {
  const { path, store, runId } = await storeWithRun();
  const database = databaseAt(path);
  database
    .prepare(
      `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
       WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)
       SELECT CASE i % 2 WHEN 0 THEN 'even' ELSE 'odd' END, i, i, ?, i, 0 FROM n`,
    )
    .run(runId);
  expect(await store.summarizeMetrics(runId)).toEqual([
    { key: 'even', count: 60_001, min: 0, max: 120_000 },
    { key: 'odd', count: 60_000, min: 1, max: 119_999 },
  ]);
});
