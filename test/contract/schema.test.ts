/** The file itself: who makes it, who upgrades it, who can still open it. */
import { join } from 'node:path';
import { v4 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrackingStore } from '../../src/tracking/store/trackingStore.ts';
import { makeTemporaryFolder, type TemporaryFolder } from '../host/temporaryFolder.ts';
import { type BridgeCall, MlflowBridge } from '../support/mlflow/mlflowBridge.ts';
import { type MlflowVersion, mlflowVersions } from '../support/mlflow/python.ts';
import { openSqlite } from './support/describeStore.ts';
import { plainRun, type PlainRun, sortedRun } from './support/plain.ts';

let folder: TemporaryFolder;
/** One process of each MLflow for all tests. */
const bridges = new Map<MlflowVersion, MlflowBridge>();
beforeAll(async () => {
  folder = await makeTemporaryFolder('runlight-schema-');
  for (const version of mlflowVersions) bridges.set(version, await MlflowBridge.start(version, folder.path));
});
afterAll(async () => {
  for (const bridge of bridges.values()) await bridge[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

function mlflowOf(version: MlflowVersion): MlflowBridge {
  const bridge = bridges.get(version);
  if (bridge === undefined) throw new Error(`MLflow ${version} has not been started.`);
  return bridge;
}

let stores = 0;
const newPath = () => join(folder.path, `${++stores}.db`);

const uriOf = (path: string) => `sqlite:///${path}`;
const newRunId = () => uuid().replaceAll('-', '');

/** An experiment and a run with one of everything. */
async function fill(store: TrackingStore): Promise<string> {
  const experimentId = await store.createExperiment('made here', { tags: [{ key: 'team', value: 'a' }] });
  const runId = newRunId();
  await store.createRun({ runId, experimentId, runName: 'fox', userId: 'ann', startTime: 5, tags: [] });
  await store.logBatch(runId, {
    metrics: [{ key: 'acc', value: 0.5, timestamp: 6, step: 1 }],
    params: [{ key: 'lr', value: '0.1' }],
    tags: [{ key: 'note', value: 'x' }],
  });
  return runId;
}

/** All that a program does to a run, and what the run is then. */
const use = (runId: string, experimentId: string): BridgeCall[] => [
  [
    'log_batch',
    { run_id: runId, metrics: [['acc', 0.75, 7, 2]], params: [['depth', '3']], tags: [['by', 'mlflow']] },
  ],
  [
    'search_run_ids',
    { experiment_ids: [experimentId], filter_string: "metrics.acc > 0.7 AND params.lr = '0.1'" },
  ],
  ['create_run', { experiment_id: experimentId, run_name: 'by mlflow' }],
  ['get_run', { run_id: runId }],
];

/** MLflow opens the store and uses the run. */
async function useByMlflow(version: MlflowVersion, path: string, runId: string): Promise<PlainRun> {
  const mlflow = mlflowOf(version);
  const { info } = await mlflow.call<PlainRun>(uriOf(path), 'get_run', { run_id: runId });
  const answers = await mlflow.batch(uriOf(path), use(runId, info.experimentId));
  expect(answers.filter(answer => answer instanceof Error)).toEqual([]);
  expect(answers[1]).toEqual({ items: [runId], nextPageToken: null });
  return sortedRun(answers[3] as PlainRun);
}

describe('a store that was made here', () => {
  it.each(mlflowVersions)('is opened by MLflow %s without a word, and then again here', async version => {
    const path = newPath();
    let runId: string;
    {
      await using store = openSqlite(path);
      runId = await fill(store);
    }
    const theirs = await useByMlflow(version, path, runId);
    await using store = openSqlite(path);
    expect(await store.access()).toEqual({ writable: true });
    expect(plainRun(await store.getRun(runId))).toEqual(theirs);
    await store.logBatch(runId, { tags: [{ key: 'again', value: 'here' }] });
    expect((await store.getRun(runId)).tags.get('again')).toBe('here');
  });

  it('is upgraded by 2.22, by 3.4 and by 3.17 while it is open here', async () => {
    const path = newPath();
    await using store = openSqlite(path);
    const runId = await fill(store);
    for (const version of mlflowVersions) {
      const theirs = await useByMlflow(version, path, runId);
      expect(plainRun(await store.getRun(runId))).toEqual(theirs);
      await store.logBatch(runId, { metrics: [{ key: version, value: 1, timestamp: 8, step: 0 }] });
    }
    expect([...(await store.getRun(runId)).metrics.keys()].sort()).toEqual(['2.22', '3.17', '3.4', 'acc']);
    const found = await store.searchExperiments({ filter: "tags.team = 'a'" });
    expect(found.items.map(({ name }) => name)).toEqual(['made here']);
  });
});

describe('a store that was made by MLflow', () => {
  it.each(mlflowVersions)('%s is read and written here', async version => {
    const path = newPath();
    const mlflow = mlflowOf(version);
    const experimentId = await mlflow.call<string>(uriOf(path), 'create_experiment', { name: 'theirs' });
    const { info } = await mlflow.call<PlainRun>(uriOf(path), 'create_run', {
      experiment_id: experimentId,
      run_name: 'r',
      tags: [['mlflow.user', 'bob']],
    });
    const { runId } = info;
    await mlflow.call(uriOf(path), 'log_dataset', {
      run_id: runId,
      name: 'd',
      digest: '1',
      tags: [['a', 'b']],
    });

    await using store = openSqlite(path);
    expect(await store.access()).toEqual({ writable: true });
    await store.logBatch(runId, { metrics: [{ key: 'acc', value: NaN, timestamp: 1, step: 0 }] });
    const mine = newRunId();
    await store.createRun({
      runId: mine,
      experimentId,
      runName: 'mine',
      userId: 'ann',
      startTime: 1,
      tags: [],
    });
    for (const id of [runId, mine]) {
      const theirs = await mlflow.call<PlainRun>(uriOf(path), 'get_run', { run_id: id });
      expect(plainRun(await store.getRun(id))).toEqual(sortedRun(theirs));
    }
    const found = await store.searchRuns({ experimentIds: [experimentId], filter: "dataset.name = 'd'" });
    expect(found.items.map(run => run.info.runId)).toEqual([runId]);
  });
});

it('has made no MLflow say a word of worry', async () => {
  for (const version of mlflowVersions) {
    const mlflow = mlflowOf(version);
    await mlflow[Symbol.asyncDispose]();
    expect(mlflow.stderr).toContain('Updating database tables');
    expect(mlflow.stderr).not.toMatch(/warn|error|traceback|out.of.date|fail/i);
  }
});
