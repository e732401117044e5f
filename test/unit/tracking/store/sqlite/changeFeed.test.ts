import { rename, rm } from 'node:fs/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { TrackingStore } from '../../../../../src/tracking/store/trackingStore.ts';
import { databaseAt, newRun, storeAt, storeWithRun, temporaryPath } from './temporaryStore.ts';
import { writerProcess } from './writerProcess.ts';

// Other processes have to start, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** Listens; `next()` resolves with the event after the last one that was awaited. */
function changesOf(store: TrackingStore) {
  let count = 0;
  let awaited = 0;
  let wake: (() => void) | undefined;
  const subscription = store.onDidChange(() => {
    count++;
    wake?.();
  });
  onTestFinished(() => {
    subscription.dispose();
  });
  return {
    get count() {
      return count;
    },
    subscription,
    async next(): Promise<void> {
      while (count === awaited) {
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      }
      awaited = count;
    },
  };
}

test("another process's commit is told", async () => {
  const { path, store } = await storeWithRun();
  const writer = await writerProcess(path);
  const changes = changesOf(store);
  await store.access();
  await writer.write(1);
  await changes.next();
  await writer.write(1);
  await changes.next();
});

test('commits through the write-ahead log are told', async () => {
  const { path, store } = await storeWithRun();
  const database = databaseAt(path);
  database.exec('PRAGMA journal_mode = WAL');
  const changes = changesOf(store);
  await store.access();
  database.exec(`UPDATE runs SET name = 'a'`);
  await changes.next();
  database.exec(`UPDATE runs SET name = 'b'`);
  await changes.next();
});

test('own commits are told; a burst of them in few events', async () => {
  const { store, runId } = await storeWithRun();
  const changes = changesOf(store);
  for (let i = 0; i < 50; i++) await store.logBatch(runId, { tags: [{ key: String(i), value: 'x' }] });
  await changes.next();
  expect(changes.count).toBeLessThan(50);
});

test('the appearance of the file is told, its replacement and its disappearance', async () => {
  const path = await temporaryPath();
  const store = storeAt(path);
  const changes = changesOf(store);
  expect((await store.searchExperiments({})).items).toEqual([]);
  const other = storeAt(path);
  await other.createExperiment('x');
  await changes.next();
  expect((await store.searchExperiments({})).items).toHaveLength(2);
  const replacement = storeAt(`${path}.other`);
  await replacement.createRun(newRun());
  await replacement[Symbol.asyncDispose]();
  await rename(`${path}.other`, path);
  await vi.waitUntil(async () => (await store.searchExperiments({})).items.length === 1, { timeout: 60_000 });
  await changes.next();
  await rm(path);
  await vi.waitUntil(async () => (await store.searchExperiments({})).items.length === 0, { timeout: 60_000 });
  await changes.next();
});

test('reading changes nothing, and after dispose nobody is told', async () => {
  const { path, store, runId } = await storeWithRun();
  const changes = changesOf(store);
  const second = changesOf(store);
  const database = databaseAt(path);
  for (let i = 0; i < 10; i++) database.prepare('SELECT * FROM runs').all();
  await store.getRun(runId);
  expect(changes.count).toBe(0);
  changes.subscription.dispose();
  changes.subscription.dispose();
  database.exec(`UPDATE runs SET name = 'a'`);
  await second.next();
  expect(changes.count).toBe(0);
});
