import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { databaseAt, refusal, storeAt, storeWithRun, temporaryPath } from './temporaryStore.ts';

const fixture = join(import.meta.dirname, '../../../../fixtures/mlflow-1.30.1/schema.sql');

test('a table that wants values this extension does not know is read, not written', async () => {
  const { path, store, runId } = await storeWithRun();
  databaseAt(path).exec(`
    DROP TABLE params;
    CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL,
                         origin VARCHAR(20) NOT NULL, CONSTRAINT param_pk PRIMARY KEY (key, run_uuid));
    INSERT INTO params VALUES ('lr', '0.1', '${runId}', 'somewhere');
  `);
  const reason = expect.stringMatching(/newer MLflow.*params\.origin.*can be read, not written/) as string;
  expect(await store.access()).toEqual({ writable: false, reason });
  expect((await store.getRun(runId)).params).toEqual(new Map([['lr', '0.1']]));
  await expect(store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] })).rejects.toEqual(
    refusal('INVALID_STATE', /params\.origin/),
  );
});

test('columns with a default, that may be NULL, or that are computed do not matter', async () => {
  const { path, store, runId } = await storeWithRun();
  databaseAt(path).exec(`
    ALTER TABLE runs ADD COLUMN project VARCHAR(20) NOT NULL DEFAULT 'none';
    ALTER TABLE runs ADD COLUMN note VARCHAR(20);
    ALTER TABLE runs ADD COLUMN duration BIGINT GENERATED ALWAYS AS (end_time - start_time);
    UPDATE alembic_version SET version_num = 'ffffffffffff';
  `);
  expect(await store.access()).toEqual({ writable: true });
  await store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] });
});

test('a store of an MLflow older than 1.30 says so', async () => {
  const path = await temporaryPath();
  const sql = await readFile(fixture, 'utf8');
  databaseAt(path).exec(`${sql.replace(', creation_time BIGINT, last_update_time BIGINT', '')}
    INSERT INTO alembic_version VALUES ('cc1f77228345');`);
  await utimes(path, 1, 1);
  const old = refusal('INVALID_STATE', /older schema.*experiments\.creation_time.*mlflow db upgrade/);
  const store = storeAt(path);
  await expect(store.searchExperiments({})).rejects.toEqual(old);
  await expect(store.createExperiment('x')).rejects.toEqual(old);
});

test('a store that was made in part says so, once nobody seems to be at it any more', async () => {
  const path = await temporaryPath();
  databaseAt(path).exec(await readFile(fixture, 'utf8'));
  await utimes(path, 1, 1);
  const partial = refusal('INVALID_STATE', /made only in part/);
  const store = storeAt(path);
  await expect(store.access()).rejects.toEqual(partial);
  await expect(store.createExperiment('x')).rejects.toEqual(partial);
});

test('calls wait for a store that is being made right now', async () => {
  const path = await temporaryPath();
  const database = databaseAt(path);
  database.exec(await readFile(fixture, 'utf8'));
  const store = storeAt(path);
  const read = store.searchExperiments({});
  const written = store.createExperiment('x');
  database.exec(`INSERT INTO alembic_version VALUES ('97727af70f4d')`);
  expect((await read).items.length).toBeLessThan(2);
  expect(await written).toBe('1');
});

test('a migration while the store is open is noticed: tables, columns and indexes are used as they are', async () => {
  const { path, store, runId } = await storeWithRun();
  expect((await store.getRun(runId)).datasets).toEqual([]);
  databaseAt(path).exec(`
    PRAGMA foreign_keys = OFF;
    BEGIN;
    CREATE TABLE _alembic_tmp_runs AS SELECT * FROM runs;
    DROP TABLE runs;
    ALTER TABLE _alembic_tmp_runs RENAME TO runs;
    CREATE UNIQUE INDEX runs_pk ON runs (run_uuid);
    CREATE TABLE datasets (dataset_uuid, experiment_id, name, digest, dataset_source_type, dataset_source,
                           dataset_schema, dataset_profile);
    CREATE TABLE inputs (input_uuid, source_type, source_id, destination_type, destination_id);
    CREATE TABLE input_tags (input_uuid, name, value);
    INSERT INTO datasets VALUES ('d', 0, 'iris', 'abc', 'local', 'x', NULL, NULL);
    INSERT INTO inputs VALUES ('i', 'DATASET', 'd', 'RUN', '${runId}');
    ALTER TABLE experiments ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default';
    COMMIT;
  `);
  expect((await store.getRun(runId)).datasets.map(({ dataset }) => dataset.name)).toEqual(['iris']);
  await store.logBatch(runId, { params: [{ key: 'a', value: 'b' }] });
  const { items } = await store.searchRuns({ experimentIds: ['0'], filter: `dataset.name = 'iris'` });
  expect(items.map(run => run.params.get('a'))).toEqual(['b']);
});

test('a filter by dataset finds nothing in a store without datasets', async () => {
  const { store } = await storeWithRun();
  const { items } = await store.searchRuns({ experimentIds: ['0'], filter: `dataset.name = 'iris'` });
  expect(items).toEqual([]);
});

test('a write-ahead log that somebody has set is kept, and works', async () => {
  const { path, store, runId } = await storeWithRun();
  const database = databaseAt(path);
  database.exec('PRAGMA journal_mode = WAL');
  await store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] });
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(database.prepare(`SELECT value FROM tags WHERE key = 'a'`).get()).toEqual({ value: 'b' });
});
