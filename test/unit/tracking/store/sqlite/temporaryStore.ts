import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished } from 'vitest';
import { silentLogger } from '../../../../../src/tracking/logger.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../../../../src/tracking/store/sqlite/store.ts';
import type { NewRun, TrackingStore } from '../../../../../src/tracking/store/trackingStore.ts';

const workerFile = new URL('../../../../../src/tracking/store/sqlite/worker.ts', import.meta.url);

/** A folder of its own for the test, with a name that has to be encoded in URIs. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'runlight #%20 '));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The path of a database that does not exist yet. */
export const temporaryPath = async () => join(await temporaryFolder(), 'mlflow.db');

/** A store on the file at `path`, closed when the test ends. */
export function storeAt(path: string, options: Partial<SqliteStoreOptions> = {}): TrackingStore {
  const store = openSqliteStore({
    path,
    uri: `sqlite:///${path}`,
    artifactRoot: join(dirname(path), 'mlruns'),
    baseDirectory: dirname(path),
    workerFile,
    logger: silentLogger,
    ...options,
  });
  onTestFinished(() => store[Symbol.asyncDispose]());
  return store;
}

export const temporaryStore = async () => storeAt(await temporaryPath());

/** Another connection to the file, as another program has it, closed when the test ends. */
export function databaseAt(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  onTestFinished(() => {
    if (database.isOpen) database.close();
  });
  return database;
}

export const newId = () => crypto.randomUUID().replaceAll('-', '');

export const newRun = (values: Partial<NewRun> = {}): NewRun => ({
  runId: newId(),
  experimentId: '0',
  runName: 'brave-fox-12',
  userId: 'ann',
  startTime: 1_700_000_000_000,
  tags: [],
  ...values,
});

/** A store with one run in it, and that run's id. */
export async function storeWithRun() {
  const path = await temporaryPath();
  const store = storeAt(path);
  const { info } = await store.createRun(newRun());
  return { path, store, runId: info.runId };
}

/** What a test expects of a refusal: MLflow's code, and words of the message. */
export const refusal = (errorCode: string, message = /./) =>
  expect.objectContaining({ errorCode, message: expect.stringMatching(message) as string }) as Error;
