import { expect, test } from 'vitest';
import type { RunStatus } from '../../../../../src/tracking/entities.ts';
import {
  databaseAt,
  newId,
  newRun,
  refusal,
  storeWithRun,
  temporaryPath,
  temporaryStore,
  storeAt,
} from './temporaryStore.ts';

test('a run is read back as it was created, with its name as a tag and its artifacts under the experiment', async () => {
  const path = await temporaryPath();
  const store = storeAt(path, { artifactRoot: 's3://bucket/root?region=x' });
  const experimentId = await store.createExperiment('images');
  const run = newRun({ experimentId, tags: [{ key: 'mlflow.user', value: 'ann' }] });
  const created = await store.createRun(run);
  expect(created).toEqual({
    info: {
      runId: run.runId,
      runName: 'brave-fox-12',
      experimentId,
      userId: 'ann',
      status: 'RUNNING',
      startTime: run.startTime,
      endTime: undefined,
      lifecycleStage: 'active',
      artifactUri: `s3://bucket/root/${experimentId}/${run.runId}/artifacts?region=x`,
    },
    metrics: new Map(),
    params: new Map(),
    tags: new Map([
      ['mlflow.user', 'ann'],
      ['mlflow.runName', 'brave-fox-12'],
    ]),
    datasets: [],
  });
  expect(await store.getRun(run.runId)).toEqual(created);
});

test('what MLflow writes besides, for runs: source type UNKNOWN and empty texts, no NULLs', async () => {
  const { path, runId } = await storeWithRun();
  expect(databaseAt(path).prepare('SELECT * FROM runs').get()).toMatchObject({
    run_uuid: runId,
    source_type: 'UNKNOWN',
    source_name: '',
    entry_point_name: '',
    source_version: '',
    user_id: 'ann',
    deleted_time: null,
    end_time: null,
  });
});

test('the same run id twice is RESOURCE_ALREADY_EXISTS', async () => {
  const { store, runId } = await storeWithRun();
  await expect(store.createRun(newRun({ runId }))).rejects.toEqual(
    refusal('RESOURCE_ALREADY_EXISTS', /exists already/),
  );
});

test('a run is not created in an unknown experiment, nor in a deleted one', async () => {
  const store = await temporaryStore();
  await expect(store.createRun(newRun({ experimentId: '77' }))).rejects.toEqual(
    refusal('RESOURCE_DOES_NOT_EXIST', /77/),
  );
  const experimentId = await store.createExperiment('old');
  await store.deleteExperiment(experimentId);
  await expect(store.createRun(newRun({ experimentId }))).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /must be in the 'active' state/),
  );
});

test('a run name that contradicts the tag mlflow.runName is refused; without a name the tag is the name', async () => {
  const store = await temporaryStore();
  const tags = [{ key: 'mlflow.runName', value: 'tagged' }];
  await expect(store.createRun(newRun({ tags }))).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /tagged/),
  );
  const run = await store.createRun(newRun({ runName: '', tags }));
  expect(run.info.runName).toBe('tagged');
});

test('an unknown run is RESOURCE_DOES_NOT_EXIST, for reads and writes', async () => {
  const store = await temporaryStore();
  const id = newId();
  const unknown = refusal('RESOURCE_DOES_NOT_EXIST', new RegExp(id));
  await store.createExperiment('x');
  await expect(store.getRun(id)).rejects.toEqual(unknown);
  await expect(store.updateRun(id, { status: 'FINISHED' })).rejects.toEqual(unknown);
  await expect(store.deleteRun(id)).rejects.toEqual(unknown);
  await expect(store.restoreRun(id)).rejects.toEqual(unknown);
  await expect(store.logBatch(id, {})).rejects.toEqual(unknown);
  await expect(store.deleteTag(id, 'x')).rejects.toEqual(unknown);
});

test.each<RunStatus>(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'])(
  'the status can be %s',
  async status => {
    const { store, runId } = await storeWithRun();
    const info = await store.updateRun(runId, { status });
    expect(info.status).toBe(status);
    expect((await store.getRun(runId)).info).toEqual(info);
  },
);

test('the end time is set, kept, and unset with null', async () => {
  const { store, runId } = await storeWithRun();
  expect((await store.updateRun(runId, { status: 'FINISHED', endTime: 5 })).endTime).toBe(5);
  expect((await store.updateRun(runId, { status: 'RUNNING' })).endTime).toBe(5);
  expect((await store.updateRun(runId, { endTime: null })).endTime).toBeUndefined();
});

test('the run name and the tag mlflow.runName change together, whichever is set; an empty name changes nothing', async () => {
  const { store, runId } = await storeWithRun();
  const names = async () => {
    const { info, tags } = await store.getRun(runId);
    return [info.runName, tags.get('mlflow.runName')];
  };
  await store.updateRun(runId, { runName: 'second' });
  expect(await names()).toEqual(['second', 'second']);
  await store.logBatch(runId, { tags: [{ key: 'mlflow.runName', value: 'third' }] });
  expect(await names()).toEqual(['third', 'third']);
  await store.updateRun(runId, { runName: '' });
  await store.logBatch(runId, { tags: [{ key: 'mlflow.runName', value: '' }] });
  expect(await names()).toEqual(['third', 'third']);
});

test('a run without a name is called after its tag; columns that are NULL read as empty', async () => {
  const { path, store, runId } = await storeWithRun();
  databaseAt(path).exec(
    `UPDATE runs SET name = NULL, user_id = NULL, artifact_uri = NULL, start_time = NULL`,
  );
  expect((await store.getRun(runId)).info).toMatchObject({
    runName: 'brave-fox-12',
    userId: '',
    artifactUri: '',
    startTime: undefined,
  });
});

test('a deleted run is read, and refuses every write; restored it takes them again', async () => {
  const { path, store, runId } = await storeWithRun();
  await store.deleteRun(runId);
  await store.deleteRun(runId);
  expect((await store.getRun(runId)).info.lifecycleStage).toBe('deleted');
  expect(databaseAt(path).prepare('SELECT deleted_time FROM runs').get()).toEqual({
    deleted_time: expect.any(Number) as number,
  });
  const deleted = refusal('INVALID_PARAMETER_VALUE', /must be in the 'active' state/);
  await expect(store.logBatch(runId, {})).rejects.toEqual(deleted);
  await expect(store.updateRun(runId, { status: 'FAILED' })).rejects.toEqual(deleted);
  await expect(store.deleteTag(runId, 'mlflow.runName')).rejects.toEqual(deleted);
  await store.restoreRun(runId);
  await store.restoreRun(runId);
  await store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] });
  expect(databaseAt(path).prepare('SELECT deleted_time FROM runs').get()).toEqual({ deleted_time: null });
});

test('tags: the last of a batch wins, a later one replaces, a missing one cannot be deleted', async () => {
  const { store, runId } = await storeWithRun();
  await store.logBatch(runId, {
    tags: [
      { key: 'stage', value: 'a' },
      { key: 'stage', value: 'b' },
    ],
  });
  expect((await store.getRun(runId)).tags.get('stage')).toBe('b');
  await store.logBatch(runId, { tags: [{ key: 'stage', value: '' }] });
  expect((await store.getRun(runId)).tags.get('stage')).toBe('');
  await store.deleteTag(runId, 'stage');
  expect((await store.getRun(runId)).tags.has('stage')).toBe(false);
  await expect(store.deleteTag(runId, 'stage')).rejects.toEqual(refusal('RESOURCE_DOES_NOT_EXIST', /stage/));
});

test('datasets of a run come with the tags of their use', async () => {
  const { path, store, runId } = await storeWithRun();
  databaseAt(path).exec(`
    CREATE TABLE datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source,
                           dataset_schema, dataset_profile);
    CREATE TABLE inputs (input_uuid, source_type, source_id, destination_type, destination_id);
    CREATE TABLE input_tags (input_uuid, name, value);
    INSERT INTO datasets VALUES ('d1', 0, 'iris', 'abc', 'local', '{"uri": "iris.csv"}', NULL, '{}'),
                                ('d2', 0, 'mnist', 'def', 'http', 'x', '{}', NULL);
    INSERT INTO inputs VALUES ('i1', 'DATASET', 'd1', 'RUN', '${runId}'), ('i2', 'DATASET', 'd2', 'RUN', '${runId}'),
                              ('i3', 'DATASET', 'd1', 'RUN', 'another');
    INSERT INTO input_tags VALUES ('i1', 'mlflow.data.context', 'training'), ('i1', 'b', 'c'), ('i3', 'x', 'y');
  `);
  const { datasets } = await store.getRun(runId);
  expect(datasets).toEqual([
    {
      dataset: {
        name: 'iris',
        digest: 'abc',
        sourceType: 'local',
        source: '{"uri": "iris.csv"}',
        schema: undefined,
        profile: '{}',
      },
      tags: new Map([
        ['mlflow.data.context', 'training'],
        ['b', 'c'],
      ]),
    },
    {
      dataset: {
        name: 'mnist',
        digest: 'def',
        sourceType: 'http',
        source: 'x',
        schema: '{}',
        profile: undefined,
      },
      tags: new Map(),
    },
  ]);
});

test('runs come in pages that join up, newest first, with all that belongs to them', async () => {
  const store = await temporaryStore();
  const ids = await Promise.all(
    Array.from({ length: 7 }, async (_, i) => {
      const { info } = await store.createRun(newRun({ startTime: i }));
      await store.logBatch(info.runId, {
        params: [{ key: 'i', value: String(i) }],
        metrics: [{ key: 'm', value: i, timestamp: 1, step: 2 }],
      });
      return info.runId;
    }),
  );
  const pages = [];
  let pageToken: string | undefined;
  do {
    const page = await store.searchRuns({ experimentIds: ['0'], maxResults: 3, pageToken });
    pages.push(page.items);
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  expect(pages.map(page => page.length)).toEqual([3, 3, 1]);
  expect(pages.flat().map(run => run.info.runId)).toEqual(ids.toReversed());
  expect(pages[0]?.[0]?.params).toEqual(new Map([['i', '6']]));
  expect(pages[0]?.[0]?.metrics).toEqual(new Map([['m', { key: 'm', value: 6, timestamp: 1, step: 2 }]]));
});

test("page tokens are MLflow's, and anything else is refused", async () => {
  const store = await temporaryStore();
  await store.createRun(newRun());
  await store.createRun(newRun());
  const { nextPageToken } = await store.searchRuns({ experimentIds: ['0'], maxResults: 1 });
  expect(JSON.parse(atob(nextPageToken ?? ''))).toEqual({ offset: 1 });
  for (const pageToken of ['nonsense', btoa('{}'), btoa('{"offset": -1}'), btoa('null')]) {
    await expect(store.searchRuns({ experimentIds: ['0'], pageToken })).rejects.toEqual(
      refusal('INVALID_PARAMETER_VALUE', /page token/),
    );
  }
  for (const maxResults of [0, -1, 1.5, 50_001]) {
    await expect(store.searchRuns({ experimentIds: ['0'], maxResults })).rejects.toEqual(
      refusal('INVALID_PARAMETER_VALUE', /1 to 50,000/),
    );
  }
});

test('runs are counted by experiment and stage', async () => {
  const store = await temporaryStore();
  const other = await store.createExperiment('other');
  const run = await store.createRun(newRun());
  await store.createRun(newRun());
  await store.createRun(newRun({ experimentId: other }));
  await store.deleteRun(run.info.runId);
  expect(await store.countRuns(['0', other, '99'])).toEqual(
    new Map([
      ['0', 1],
      [other, 1],
      ['99', 0],
    ]),
  );
  expect(await store.countRuns(['0'], 'DELETED_ONLY')).toEqual(new Map([['0', 1]]));
  expect(await store.countRuns(['0'], 'ALL')).toEqual(new Map([['0', 2]]));
});
