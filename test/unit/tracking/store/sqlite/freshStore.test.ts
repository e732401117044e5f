import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test, vi } from 'vitest';
import { newRun, refusal, storeAt, databaseAt, temporaryFolder, temporaryPath } from './temporaryStore.ts';
import { writerProcess } from './writerProcess.ts';

// Other processes have to start, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

test('a store that does not exist reads as empty, and reading does not make it', async () => {
  const path = await temporaryPath();
  const store = storeAt(path);
  expect(await store.access()).toEqual({ writable: true });
  expect(await store.searchExperiments({ viewType: 'ALL' })).toEqual({ items: [], nextPageToken: undefined });
  expect(await store.searchRuns({ experimentIds: ['0'] })).toEqual({ items: [], nextPageToken: undefined });
  expect(await store.getExperimentByName('Default')).toBeUndefined();
  await expect(store.getExperiment('0')).rejects.toEqual(refusal('RESOURCE_DOES_NOT_EXIST'));
  expect(existsSync(path)).toBe(false);
});

test('the first write makes what MLflow 1.30.1 makes: the same tables, indexes, revision and experiment', async () => {
  const path = await temporaryPath();
  const store = storeAt(path, { artifactRoot: "/it's here/mlruns" });
  await store.createRun(newRun());

  const fixture = join(import.meta.dirname, '../../../../fixtures/mlflow-1.30.1/schema.sql');
  const expected = databaseAt(':memory:');
  expected.exec(await readFile(fixture, 'utf8'));
  const schema = (database: DatabaseSync) =>
    new Map(
      database
        .prepare('SELECT name, sql FROM sqlite_master')
        .all()
        // MLflow's texts have blanks at the ends of lines, which mean nothing.
        .map(({ name, sql }) => [name, typeof sql === 'string' ? sql.replace(/ +$/gm, '') : sql]),
    );
  const database = databaseAt(path);
  expect(schema(database)).toEqual(schema(expected));
  expect(database.prepare('SELECT * FROM alembic_version').all()).toEqual([{ version_num: '97727af70f4d' }]);
  expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'delete' });
  expect(await store.getExperiment('0')).toMatchObject({
    name: 'Default',
    artifactLocation: "/it's here/mlruns/0",
    lifecycleStage: 'active',
  });
  expect(await readdir(dirname(path))).toEqual(['mlflow.db']);
});

test('parent folders are made, as MLflow makes them', async () => {
  const path = join(await temporaryFolder(), 'a', 'b', 'mlflow.db');
  const store = storeAt(path);
  await store.createExperiment('x');
  expect(existsSync(path)).toBe(true);
});

test('processes that make the store at the same moment all find one, and all of their runs in it', async () => {
  const path = await temporaryPath();
  const writers = await Promise.all(Array.from({ length: 4 }, () => writerProcess(path)));
  const written = await Promise.all(writers.map(writer => writer.write(5)));
  expect(written.flat()).toHaveLength(20);
  const database = databaseAt(path);
  expect(
    database
      .prepare('SELECT run_uuid FROM runs')
      .all()
      .map(row => row['run_uuid'])
      .toSorted(),
  ).toEqual(written.flat().toSorted());
  expect(database.prepare('SELECT count(*) AS n FROM experiments').get()).toEqual({ n: 1 });
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  expect(await readdir(dirname(path))).toEqual(['mlflow.db']);
});

test('an empty file that nobody is filling becomes a store', async () => {
  const path = await temporaryPath();
  await writeFile(path, '');
  await utimes(path, 1, 1);
  const store = storeAt(path);
  expect((await store.searchExperiments({})).items).toEqual([]);
  await store.createExperiment('x');
  expect((await store.searchExperiments({ orderBy: ['name ASC'] })).items.map(({ name }) => name)).toEqual([
    'Default',
    'x',
  ]);
});

test('an empty file that another program is filling is left to it', async () => {
  const path = await temporaryPath();
  const other = new DatabaseSync(path);
  other.exec('BEGIN EXCLUSIVE');
  const store = storeAt(path);
  const written = store.createExperiment('x');
  other.exec(
    await readFile(join(import.meta.dirname, '../../../../fixtures/mlflow-1.30.1/schema.sql'), 'utf8'),
  );
  other.exec(`INSERT INTO alembic_version VALUES ('97727af70f4d')`);
  other.exec('COMMIT');
  other.close();
  expect(await written).toBe('1');
  expect((await store.searchExperiments({})).items.map(({ name }) => name)).toEqual(['x']);
});

test('where no folder can be made, the refusal says so and nothing is left behind', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'sub'));
  await writeFile(join(folder, 'sub', 'file'), '');
  const store = storeAt(join(folder, 'sub', 'file', 'mlflow.db'));
  await expect(store.createExperiment('x')).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /sub.file.*is a file/),
  );
  expect(await readdir(join(folder, 'sub'))).toEqual(['file']);
});
