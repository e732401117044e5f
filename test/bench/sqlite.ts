import { copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Metric } from '../../src/tracking/entities.ts';
import { silentLogger } from '../../src/tracking/logger.ts';
import { openStore } from '../../src/tracking/store/openStore.ts';
import type { RunQuery, TrackingStore } from '../../src/tracking/store/trackingStore.ts';
import { pythonOf } from '../support/mlflow/python.ts';
import { type Bench, compare, milliseconds } from './area.ts';
import { storeOfManyRuns } from './manyRuns.ts';
import { Theirs } from './theirs.ts';

const cache = join(import.meta.dirname, '../../.cache/bench');
const workerFile = new URL('../../src/tracking/store/sqlite/worker.ts', import.meta.url);

/** The store against MLflow's client, both on one file of 100,000 runs, in one process each that stays. */
export const sqlite: Bench = async function* () {
  const original = join(cache, 'manyRuns.db');
  const path = join(cache, 'sqlite.db');
  const python = await pythonOf('3.17');
  await storeOfManyRuns(python, original);
  // A copy: what is written here must not slow the next bench.
  await copyFile(original, path);
  try {
    const uri = `sqlite:///${path}`;
    await using store = openStore(uri, { workerFile, logger: silentLogger });
    await using theirs = new Theirs(python, uri);
    yield await compareSearch('first page of 1,000 of 100,000 runs', 5, store, theirs, {
      experimentIds: ['1'],
      maxResults: 1000,
    });
    yield await compareSearch('filtered and ordered search among 100,000 runs', 3, store, theirs, {
      experimentIds: ['1'],
      maxResults: 1000,
      filter: `metrics.acc > 0.9 AND params.model = 'resnet3' AND attributes.status = 'FINISHED'`,
      orderBy: ['metrics.loss ASC'],
    });
    yield await compareHistory(store, theirs);
    yield await compareSingleMetrics(store, theirs);
    yield await compareBatches(store, theirs, path);
  } finally {
    await rm(path, { force: true });
  }
};

function compareSearch(name: string, target: number, store: TrackingStore, theirs: Theirs, query: RunQuery) {
  const { experimentIds, filter = '', orderBy = [], maxResults } = query;
  let expected: number | undefined;
  const same = (count: unknown) => {
    expected ??= count as number;
    if (count !== expected || count === 0)
      throw new Error(`${name}: found ${String(count)}, then ${expected}.`);
  };
  return compare({
    name,
    unit: 'ms',
    target: { timesTheirs: target },
    ours: () =>
      milliseconds(async () => {
        same((await store.searchRuns(query)).items.length);
      }),
    theirs: async () => {
      const answer = await theirs.call('search_runs', experimentIds[0], filter, orderBy, maxResults);
      same(answer.result);
      return answer.milliseconds;
    },
  });
}

async function compareHistory(store: TrackingStore, theirs: Theirs) {
  const found = await store.searchRuns({ experimentIds: ['1'], filter: `run_name = 'run-0'` });
  const runId = found.items[0]?.info.runId ?? '';
  return compare({
    name: '1,000,000 points of history, sampled to 2,000',
    unit: 'ms',
    target: { timesTheirs: 30 },
    ours: () =>
      milliseconds(async () => {
        const points = await store.sampleMetricHistory([runId], 'long', { maxPoints: 2000 });
        if (points.get(runId)?.length !== 2000) throw new Error('Not all points were sampled.');
      }),
    theirs: async () => {
      const { result, milliseconds: time } = await theirs.call('get_metric_history', runId, 'long');
      if (result !== 1_000_000) throw new Error(`MLflow read ${String(result)} points.`);
      return time;
    },
  });
}

function compareSingleMetrics(store: TrackingStore, theirs: Theirs) {
  return compare({
    name: '1,000 metrics in calls of one, issued without waiting',
    unit: 'ms',
    target: { timesTheirs: 20 },
    ours: async () => {
      const runId = await newRun(store);
      const time = await milliseconds(() =>
        Promise.all(
          Array.from({ length: 1000 }, (_, step) =>
            store.logBatch(runId, { metrics: [{ key: 'loss', value: step / 1000, timestamp: step, step }] }),
          ),
        ),
      );
      await expectPoints(store, runId, 1000);
      return time;
    },
    theirs: async () => {
      const { result } = await theirs.call('create_run', '0');
      const answer = await theirs.call('log_metrics', result, 'loss', 1000);
      await expectPoints(store, String(result), 1000);
      return answer.milliseconds;
    },
  });
}

/** 50 batches of 1,000 metrics: 100 keys with 10 points each. */
const batches: readonly (readonly Metric[])[] = Array.from({ length: 50 }, (_, batch) =>
  Array.from({ length: 1000 }, (_, i) => {
    const step = batch * 10 + Math.floor(i / 100);
    return {
      key: `layer/${i % 100}/gradient`,
      value: Math.sin(i + batch),
      timestamp: 1_700_000_000_000 + step,
      step,
    };
  }),
);

function compareBatches(store: TrackingStore, theirs: Theirs, path: string) {
  return compare({
    name: '50 batches of 1,000 metrics, one after the other',
    unit: 'ms',
    target: { timesTheirs: 4, shareOfLimit: 0.8 },
    ours: async () => {
      const runId = await newRun(store);
      const time = await milliseconds(async () => {
        for (const metrics of batches) await store.logBatch(runId, { metrics });
      });
      await expectPoints(store, runId, 50_000);
      return time;
    },
    theirs: async () => {
      const { result } = await theirs.call('create_run', '0');
      const plain = batches.map(batch =>
        batch.map(({ key, value, timestamp, step }) => [key, value, timestamp, step]),
      );
      const answer = await theirs.call('log_batches', result, plain);
      await expectPoints(store, String(result), 50_000);
      return answer.milliseconds;
    },
    limit: async () => {
      const runId = await newRun(store);
      const time = await milliseconds(() => {
        insertWithBareSqlite(path, runId);
      });
      await expectPoints(store, runId, 50_000);
      return time;
    },
  });
}

/** The same rows in as many transactions, with nothing around them. */
function insertWithBareSqlite(path: string, runId: string): void {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA foreign_keys = ON');
  const metric = database.prepare(
    'INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)',
  );
  const latest = database.prepare(
    'INSERT OR REPLACE INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)',
  );
  for (const batch of batches) {
    database.exec('BEGIN IMMEDIATE');
    for (const { key, value, timestamp, step } of batch) metric.run(key, value, timestamp, step, runId);
    for (const { key, value, timestamp, step } of batch.slice(-100))
      latest.run(key, value, timestamp, step, runId);
    database.exec('COMMIT');
  }
  database.close();
}

async function newRun(store: TrackingStore): Promise<string> {
  const runId = crypto.randomUUID().replaceAll('-', '');
  await store.createRun({
    runId,
    experimentId: '0',
    runName: 'bench',
    userId: 'bench',
    startTime: Date.now(),
    tags: [],
  });
  return runId;
}

async function expectPoints(store: TrackingStore, runId: string, count: number): Promise<void> {
  const summaries = await store.summarizeMetrics(runId);
  const points = summaries.reduce((sum, summary) => sum + summary.count, 0);
  if (points !== count) throw new Error(`The store holds ${points} points, not ${count}.`);
}
