import { expect, test } from 'vitest';
import { databaseAt, newRun, refusal, storeAt, temporaryPath, temporaryStore } from './temporaryStore.ts';

test('a created experiment gets the next id, a location under the artifact root, and two equal times', async () => {
  const store = await temporaryStore();
  const before = Date.now();
  const experimentId = await store.createExperiment('images', { tags: [{ key: 'team', value: 'vision' }] });
  const experiment = await store.getExperiment(experimentId);
  expect(experiment).toMatchObject({
    experimentId: '1',
    name: 'images',
    lifecycleStage: 'active',
    tags: new Map([['team', 'vision']]),
  });
  expect(experiment.artifactLocation).toMatch(/\/mlruns\/1$/);
  expect(experiment.creationTime).toBeGreaterThanOrEqual(before);
  expect(experiment.lastUpdateTime).toBe(experiment.creationTime);
  expect(await store.getExperimentByName('images')).toEqual(experiment);
  expect(await store.getExperimentByName('nobody')).toBeUndefined();
});

test('an artifact location is kept: a URI as it is, a relative path as an absolute one', async () => {
  const path = await temporaryPath();
  const store = storeAt(path, { baseDirectory: '/work space' });
  const location = async (name: string, artifactLocation: string) =>
    (await store.getExperiment(await store.createExperiment(name, { artifactLocation }))).artifactLocation;
  expect(await location('a', 's3://bucket/x?y=z')).toBe('s3://bucket/x?y=z');
  expect(await location('b', 'artifacts/b')).toBe('/work space/artifacts/b');
  expect(await location('c', '/elsewhere/c')).toBe('/elsewhere/c');
});

test('a name in use is RESOURCE_ALREADY_EXISTS, also when its experiment is deleted', async () => {
  const store = await temporaryStore();
  const experimentId = await store.createExperiment('images');
  await expect(store.createExperiment('images')).rejects.toEqual(
    refusal('RESOURCE_ALREADY_EXISTS', /named "images"/),
  );
  await store.deleteExperiment(experimentId);
  await expect(store.createExperiment('images')).rejects.toEqual(
    refusal('RESOURCE_ALREADY_EXISTS', /deleted experiment has the name "images"/),
  );
});

test('ids that are no whole numbers are INVALID_PARAMETER_VALUE, unknown ones RESOURCE_DOES_NOT_EXIST', async () => {
  const store = await temporaryStore();
  await store.createExperiment('x');
  await expect(store.getExperiment('abc')).rejects.toEqual(refusal('INVALID_PARAMETER_VALUE', /"abc"/));
  await expect(store.getExperiment('77')).rejects.toEqual(refusal('RESOURCE_DOES_NOT_EXIST', /77/));
  await expect(store.searchRuns({ experimentIds: ['abc'] })).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /"abc"/),
  );
});

test('renaming changes name and update time; a name in use is BAD_REQUEST, a deleted experiment INVALID_STATE', async () => {
  const path = await temporaryPath();
  const store = storeAt(path);
  const experimentId = await store.createExperiment('first');
  databaseAt(path).exec('UPDATE experiments SET last_update_time = 5');
  await store.renameExperiment(experimentId, 'second');
  const renamed = await store.getExperiment(experimentId);
  expect(renamed.name).toBe('second');
  expect(renamed.lastUpdateTime).toBeGreaterThan(5);
  await expect(store.renameExperiment(experimentId, 'Default')).rejects.toEqual(
    refusal('BAD_REQUEST', /"Default"/),
  );
  await store.deleteExperiment(experimentId);
  await expect(store.renameExperiment(experimentId, 'third')).rejects.toEqual(
    refusal('INVALID_STATE', /restore it first/),
  );
});

test('deleting an experiment deletes all of its runs, restoring it revives all, also those deleted one by one', async () => {
  const path = await temporaryPath();
  const store = storeAt(path);
  const database = databaseAt(path);
  const experimentId = await store.createExperiment('x');
  const kept = await store.createRun(newRun({ experimentId }));
  const removed = await store.createRun(newRun({ experimentId }));
  const elsewhere = await store.createRun(newRun());
  await store.deleteRun(removed.info.runId);
  database.exec('UPDATE experiments SET last_update_time = 5');
  database.exec('UPDATE runs SET deleted_time = 5 WHERE deleted_time IS NOT NULL');

  await store.deleteExperiment(experimentId);
  const deleted = await store.getExperiment(experimentId);
  expect(deleted.lifecycleStage).toBe('deleted');
  expect(deleted.lastUpdateTime).toBeGreaterThan(5);
  const stages = () =>
    Promise.all(
      [kept, removed, elsewhere].map(async run => (await store.getRun(run.info.runId)).info.lifecycleStage),
    );
  expect(await stages()).toEqual(['deleted', 'deleted', 'active']);
  const times = database.prepare('SELECT deleted_time FROM runs WHERE experiment_id = ?').all(experimentId);
  for (const row of times) expect(row['deleted_time']).toBe(deleted.lastUpdateTime);

  await store.restoreExperiment(experimentId);
  expect(await stages()).toEqual(['active', 'active', 'active']);
  expect(database.prepare('SELECT count(*) AS n FROM runs WHERE deleted_time IS NOT NULL').get()).toEqual({
    n: 0,
  });
});

test('only an active experiment is deleted, only a deleted one restored', async () => {
  const store = await temporaryStore();
  const experimentId = await store.createExperiment('x');
  const absent = refusal('RESOURCE_DOES_NOT_EXIST', /no (active|deleted) experiment/);
  await expect(store.restoreExperiment(experimentId)).rejects.toEqual(absent);
  await store.deleteExperiment(experimentId);
  await expect(store.deleteExperiment(experimentId)).rejects.toEqual(absent);
});

test('experiment tags are replaced, and refused by a deleted experiment', async () => {
  const store = await temporaryStore();
  const experimentId = await store.createExperiment('x');
  await store.setExperimentTag(experimentId, { key: 'mlflow.note.content', value: 'first' });
  await store.setExperimentTag(experimentId, { key: 'mlflow.note.content', value: 'x'.repeat(20_000) });
  const { tags } = await store.getExperiment(experimentId);
  expect(tags.get('mlflow.note.content')).toHaveLength(20_000);
  await store.deleteExperiment(experimentId);
  await expect(store.setExperimentTag(experimentId, { key: 'a', value: 'b' })).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /must be in the 'active' state/),
  );
});

test('experiments come in pages that join up, with their tags', async () => {
  const store = await temporaryStore();
  for (const name of ['a', 'b', 'c'])
    await store.createExperiment(name, { tags: [{ key: 'name', value: name }] });
  const first = await store.searchExperiments({ maxResults: 2, orderBy: ['name ASC'] });
  expect(first.items.map(({ name }) => name)).toEqual(['Default', 'a']);
  const { items, nextPageToken } = await store.searchExperiments({
    maxResults: 2,
    orderBy: ['name ASC'],
    pageToken: first.nextPageToken,
  });
  expect(items.map(({ tags }) => tags.get('name'))).toEqual(['b', 'c']);
  expect(nextPageToken).toBeUndefined();
});

test('of a store with workspaces, only the experiments and runs of the workspace "default" are seen', async () => {
  const path = await temporaryPath();
  const store = storeAt(path);
  const run = await store.createRun(newRun());
  const other = await store.createExperiment('other team');
  const hidden = await store.createRun(newRun({ experimentId: other }));
  databaseAt(path).exec(`
    ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default';
    UPDATE experiments SET workspace = 'team' WHERE experiment_id = ${other};
  `);
  const { items } = await store.searchExperiments({ viewType: 'ALL' });
  expect(items.map(({ name }) => name)).toEqual(['Default']);
  expect((await store.getRun(run.info.runId)).info.runId).toBe(run.info.runId);
  const unseen = refusal('RESOURCE_DOES_NOT_EXIST');
  await expect(store.getExperiment(other)).rejects.toEqual(unseen);
  await expect(store.renameExperiment(other, 'mine')).rejects.toEqual(unseen);
  await expect(store.deleteExperiment(other)).rejects.toEqual(unseen);
  await expect(store.getRun(hidden.info.runId)).rejects.toEqual(unseen);
  await expect(store.logBatch(hidden.info.runId, {})).rejects.toEqual(unseen);
  await expect(store.deleteRun(hidden.info.runId)).rejects.toEqual(unseen);
  await store.renameExperiment('0', 'renamed');
  expect((await store.getExperiment('0')).name).toBe('renamed');
});
