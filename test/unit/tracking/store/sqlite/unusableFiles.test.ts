import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test, vi } from 'vitest';
import {
  databaseAt,
  newRun,
  refusal,
  storeAt,
  storeWithRun,
  temporaryFolder,
  temporaryPath,
} from './temporaryStore.ts';

// Other processes have to start, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** That reads and writes are refused so, and that the file has been left as it was. */
async function expectRefused(path: string, errorCode: string, message: RegExp): Promise<void> {
  const before = await readFile(path);
  const store = storeAt(path);
  const refused = refusal(errorCode, message);
  await expect(store.access()).rejects.toEqual(refused);
  await expect(store.searchExperiments({})).rejects.toEqual(refused);
  await expect(store.createExperiment('x')).rejects.toEqual(refused);
  await store[Symbol.asyncDispose]();
  expect((await readFile(path)).equals(before)).toBe(true);
}

test('a file that is no database', async () => {
  const path = await temporaryPath();
  await writeFile(path, 'key,value\n'.repeat(1000));
  await expectRefused(path, 'INVALID_STATE', /mlflow\.db" is not an SQLite database/);
});

test('a database that was cut short', async () => {
  const { path, store } = await storeWithRun();
  await store[Symbol.asyncDispose]();
  await truncate(path, 8 * 4096);
  await expectRefused(path, 'INVALID_STATE', /damaged or cut short/);
});

test('a database of something else', async () => {
  const path = await temporaryPath();
  databaseAt(path).exec('CREATE TABLE notes (text)');
  await expectRefused(path, 'INVALID_STATE', /not a tracking store of MLflow/);
});

test('a folder', async () => {
  const path = join(await temporaryFolder(), 'mlflow.db');
  await mkdir(path);
  const store = storeAt(path);
  await expect(store.access()).rejects.toEqual(refusal('INVALID_PARAMETER_VALUE', /is a folder/));
  await expect(store.createRun(newRun())).rejects.toEqual(refusal('INVALID_PARAMETER_VALUE', /is a folder/));
});

test('a link that leads nowhere', async () => {
  const path = await temporaryPath();
  await symlink(`${path}.absent`, path);
  const store = storeAt(path);
  expect((await store.searchExperiments({})).items).toEqual([]);
  await expect(store.createExperiment('x')).rejects.toEqual(
    refusal('INVALID_PARAMETER_VALUE', /link that leads nowhere/),
  );
});

test('a database that another program has replaced is read anew', async () => {
  const { path, store, runId } = await storeWithRun();
  const other = `${path}.other`;
  const another = storeAt(other);
  const { info } = await another.createRun(newRun());
  await another[Symbol.asyncDispose]();
  await rename(other, path);
  await expect(store.getRun(runId)).rejects.toEqual(refusal('RESOURCE_DOES_NOT_EXIST'));
  expect((await store.getRun(info.runId)).info.runId).toBe(info.runId);
});

test('a database that was deleted reads as empty, and is made again by the next write', async () => {
  const { path, store, runId } = await storeWithRun();
  await rm(path);
  await expect(store.getRun(runId)).rejects.toEqual(refusal('RESOURCE_DOES_NOT_EXIST'));
  expect(await store.createExperiment('again')).toBe('1');
});

/** Runs a program of ours as a user who may not override permissions, where this one may. */
async function asOrdinaryUser(path: string): Promise<unknown> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'accessProbe.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}),
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await once(child, 'close');
  return JSON.parse(output);
}

test('a database without permission to read', async () => {
  const { path, store } = await storeWithRun();
  await store[Symbol.asyncDispose]();
  await chmod(dirname(path), 0o777);
  await chmod(path, 0);
  const denied = {
    errorCode: 'PERMISSION_DENIED',
    message: expect.stringMatching(/can't be opened/) as string,
  };
  expect(await asOrdinaryUser(path)).toEqual({ access: denied, read: denied, write: denied });
});

test('a database without permission to write is read, and says why it is not written', async () => {
  const { path, store } = await storeWithRun();
  await store[Symbol.asyncDispose]();
  await chmod(dirname(path), 0o777);
  await chmod(path, 0o444);
  const reason = expect.stringMatching(/can be read, but not written: permission is denied/) as string;
  expect(await asOrdinaryUser(path)).toEqual({
    access: { writable: false, reason },
    read: 1,
    write: { errorCode: 'PERMISSION_DENIED', message: reason },
  });
});

test('a database in a folder that is not writable, where SQLite can make no journal', async () => {
  const { path, store } = await storeWithRun();
  await store[Symbol.asyncDispose]();
  await chmod(path, 0o666);
  await chmod(dirname(path), 0o555);
  const reason = expect.stringMatching(/can be read, but not written/) as string;
  expect(await asOrdinaryUser(path)).toMatchObject({ access: { writable: false, reason }, read: 1 });
  await chmod(dirname(path), 0o777);
});

test('no store, in a folder that is not writable', async () => {
  const path = await temporaryPath();
  await chmod(dirname(path), 0o555);
  expect(await asOrdinaryUser(path)).toEqual({
    access: { writable: false, reason: expect.stringMatching(/permission is denied/) as string },
    read: 0,
    write: {
      errorCode: 'PERMISSION_DENIED',
      message: expect.stringMatching(/permission is denied/) as string,
    },
  });
  await chmod(dirname(path), 0o777);
});
