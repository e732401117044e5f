import fc from 'fast-check';
import { expect, it } from 'vitest';
import { v4 as uuid } from 'uuid';
import type { Metric } from '../../src/tracking/entities.ts';
import type { TrackingStore } from '../../src/tracking/store/trackingStore.ts';
import type { BridgeCall } from '../support/mlflow/mlflowBridge.ts';
import { type RunCase, runCase, seed } from './support/arbitraries.ts';
import { describeStore, type StoreContext } from './support/describeStore.ts';
import {
  plainMetric,
  plainRun,
  type PlainMetric,
  type PlainRun,
  sorted,
  sortedRun,
} from './support/plain.ts';

const newRunId = () => uuid().replaceAll('-', '');

describeStore('runs', ['3.17', '2.22'], context => {
  it('written here are read by MLflow identically', async () => {
    const { store, mlflow, uri } = context();
    const experimentId = await store.createExperiment('written here');
    await fc.assert(
      fc.asyncProperty(runCase, async run => {
        const runId = await write(store, experimentId, run);
        const ours = plainRun(await store.getRun(runId));
        expect(ours).toMatchObject(expected(run));
        expect(sortedRun(await mlflow.call<PlainRun>(uri, 'get_run', { run_id: runId }))).toEqual(ours);
        await compareHistories(context(), runId, run.metrics.flat());
      }),
      { numRuns: 200, seed },
    );
  });

  it('written by MLflow are read here identically', async () => {
    const { store, mlflow, uri } = context();
    const experimentId = await store.createExperiment('written by MLflow');
    await fc.assert(
      fc.asyncProperty(runCase, async run => {
        const created = await mlflow.call<PlainRun>(uri, 'create_run', creation(experimentId, run));
        const { runId } = created.info;
        const answers = await mlflow.batch(uri, [...laterWrites(runId, run), ['get_run', { run_id: runId }]]);
        const theirs = answers.at(-1) as PlainRun;
        expect(answers.filter(answer => answer instanceof Error)).toEqual([]);
        expect(plainRun(await store.getRun(runId))).toEqual(sortedRun(theirs));
        await compareHistories(context(), runId, run.metrics.flat());
      }),
      { numRuns: 200, seed },
    );
  });

  it('have the latest metric that MLflow would have, in whatever batches the points come', async () => {
    const { store, mlflow, uri } = context();
    const experimentId = await store.createExperiment('latest');
    const few = <T>(...values: T[]) => fc.constantFrom(...values);
    const point: fc.Arbitrary<Metric> = fc.record({
      key: few('a', 'b'),
      value: few(0, -1, 1, 5, NaN, Infinity, -Infinity, Number.MAX_VALUE),
      timestamp: few(0, 1, 2),
      step: few(-1, 0, 1),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(point, { maxLength: 4 }), { maxLength: 4 }), async batches => {
        const [mine, other] = [newRunId(), newRunId()];
        for (const runId of [mine, other]) {
          await store.createRun({ runId, experimentId, runName: 'n', userId: 'u', startTime: 1, tags: [] });
        }
        for (const metrics of batches) await store.logBatch(mine, { metrics });
        const answers = await mlflow.batch(
          uri,
          batches.map(batch => ['log_batch', { run_id: other, metrics: batch.map(plainMetric) }]),
        );
        // MLflow 2.22 fails when the same NaN comes twice in a batch.
        fc.pre(!answers.some(answer => answer instanceof Error));
        const theirs = await mlflow.call<PlainRun>(uri, 'get_run', { run_id: other });
        expect(plainRun(await store.getRun(mine)).metrics).toEqual(sorted(theirs.metrics));
      }),
      { numRuns: 200, seed },
    );
  });
});

async function write(store: TrackingStore, experimentId: string, run: RunCase): Promise<string> {
  const runId = newRunId();
  const { runName, userId, startTime, tags } = run;
  await store.createRun({ runId, experimentId, runName, userId, startTime, tags });
  const writes: Promise<unknown>[] = run.metrics.map(metrics => store.logBatch(runId, { metrics }));
  writes.push(store.logBatch(runId, { params: run.params, tags: run.laterTags }));
  if (run.end) writes.push(store.updateRun(runId, run.end));
  if (run.renamed !== undefined) writes.push(store.updateRun(runId, { runName: run.renamed }));
  if (run.deleted) writes.push(store.deleteRun(runId));
  await Promise.all(writes);
  return runId;
}

/** What was written, as it has to come back; SQL has no infinities and no negative zero. */
function expected(run: RunCase): Pick<PlainRun, 'params' | 'tags'> & { info: Partial<PlainRun['info']> } {
  const runName = run.renamed ?? run.runName;
  const tags = new Map([...run.tags, ...run.laterTags].map(({ key, value }) => [key, value]));
  return {
    info: {
      runName,
      userId: run.userId,
      startTime: run.startTime,
      status: run.end?.status ?? 'RUNNING',
      endTime: run.end?.endTime ?? null,
      lifecycleStage: run.deleted ? 'deleted' : 'active',
    },
    params: sorted(run.params.map(({ key, value }) => [key, value] as const)),
    tags: sorted([...tags.set('mlflow.runName', runName)]),
  };
}

const creation = (experimentId: string, run: RunCase) => ({
  experiment_id: experimentId,
  start_time: run.startTime,
  run_name: run.runName,
  tags: [['mlflow.user', run.userId], ...run.tags.map(({ key, value }) => [key, value])],
});

/** All after the creation, as operations of MLflow's client. */
function laterWrites(runId: string, run: RunCase): BridgeCall[] {
  const id = { run_id: runId };
  const pairs = (items: RunCase['tags']) => items.map(({ key, value }) => [key, value]);
  return [
    ...run.metrics.map(
      metrics => ['log_batch', { ...id, metrics: metrics.map(plainMetric) }] satisfies BridgeCall,
    ),
    ['log_batch', { ...id, params: pairs(run.params), tags: pairs(run.laterTags) }],
    ...(run.end
      ? [['update_run', { ...id, status: run.end.status, end_time: run.end.endTime }] as const]
      : []),
    ...(run.renamed === undefined ? [] : [['update_run', { ...id, name: run.renamed }] as const]),
    ...(run.deleted ? [['delete_run', id] as const] : []),
  ];
}

/** Every point of every metric, from both. MLflow 2.22 promises no order. */
async function compareHistories(
  { store, mlflow, uri }: StoreContext,
  runId: string,
  metrics: readonly Metric[],
) {
  const keys = [...new Set(metrics.map(({ key }) => key))];
  const theirs = await mlflow.batch<PlainMetric[]>(
    uri,
    keys.map(key => ['get_metric_history', { run_id: runId, key }]),
  );
  for (const [index, key] of keys.entries()) {
    const { items } = await store.getMetricHistory(runId, key);
    const ours = items.map(plainMetric);
    expect(inOrder(ours)).toEqual(inOrder(theirs[index] as PlainMetric[]));
    const distinct = new Set(metrics.filter(each => each.key === key).map(each => String(stored(each))));
    expect(ours).toHaveLength(distinct.size);
    for (const point of ours) expect(distinct).toContain(String(point));
  }
}

const stored = (metric: Metric): PlainMetric => {
  const { value } = metric;
  return plainMetric({
    ...metric,
    value: Number.isFinite(value) || Number.isNaN(value) ? value + 0 : Math.sign(value) * Number.MAX_VALUE,
  });
};

const inOrder = (points: readonly PlainMetric[]) => points.map(point => point.join('\0')).sort();
