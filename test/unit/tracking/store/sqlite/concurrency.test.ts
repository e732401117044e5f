import { expect, test, vi } from 'vitest';
import {
  databaseAt,
  newId,
  newRun,
  refusal,
  storeAt,
  storeWithRun,
  temporaryPath,
  temporaryStore,
} from './temporaryStore.ts';
import { writerProcess } from './writerProcess.ts';

// Other processes have to start, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

test('writes that are not awaited are applied in the order of the calls, and all are in the store at the end', async () => {
  const { store, runId } = await storeWithRun();
  const values = Array.from({ length: 1000 }, (_, i) => String(i));
  await Promise.all(
    values.map(value =>
      store.logBatch(runId, {
        tags: [
          { key: 'last', value },
          { key: value, value },
        ],
      }),
    ),
  );
  const { tags } = await store.getRun(runId);
  expect(tags.get('last')).toBe('999');
  expect(values.filter(value => tags.get(value) !== value)).toEqual([]);
});

test('a refused write among others refuses only itself', async () => {
  const { store, runId } = await storeWithRun();
  const outcomes = await Promise.allSettled([
    store.logBatch(runId, { params: [{ key: 'a', value: '1' }] }),
    store.logBatch(runId, {
      params: [
        { key: 'b', value: '1' },
        { key: 'a', value: '2' },
      ],
    }),
    store.createExperiment('Default'),
    store.logBatch(newId(), { tags: [{ key: 'x', value: 'y' }] }),
    store.logBatch(runId, { params: [{ key: 'c', value: '1' }] }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  expect([...(await store.getRun(runId)).params.keys()]).toEqual(['a', 'c']);
});

test('a write resolves when it is committed: another connection sees it at once', async () => {
  const { path, store, runId } = await storeWithRun();
  const other = databaseAt(path).prepare('SELECT count(*) AS n FROM metrics');
  for (let step = 0; step < 20; step++) {
    await store.logBatch(runId, { metrics: [{ key: 'm', value: 1, timestamp: step, step }] });
    expect(other.get()).toEqual({ n: step + 1 });
  }
});

test('two processes and this one write at the same time, and nothing is refused or missing', async () => {
  const { path, store, runId } = await storeWithRun();
  const writers = await Promise.all([writerProcess(path), writerProcess(path)]);
  const theirs = Promise.all(writers.map(writer => writer.write(20)));
  const ours: string[] = [];
  for (let i = 0; i < 20; i++) {
    const { info } = await store.createRun(newRun());
    await Promise.all(
      Array.from({ length: 20 }, (_, step) =>
        store.logBatch(info.runId, { metrics: [{ key: 'm', value: step, timestamp: i, step }] }),
      ),
    );
    ours.push(info.runId);
  }
  const written = [runId, ...ours, ...(await theirs).flat()];
  const { items } = await store.searchRuns({ experimentIds: ['0'] });
  expect(items.map(run => run.info.runId).toSorted()).toEqual(written.toSorted());
  expect(databaseAt(path).prepare('SELECT count(*) AS n FROM metrics').get()).toEqual({
    n: 20 * 20 + 2 * 20,
  });
});

test('a write waits for the lock of another connection, and reads are answered meanwhile', async () => {
  const { path, store, runId } = await storeWithRun();
  const other = databaseAt(path);
  other.exec('BEGIN IMMEDIATE');
  let committed = false;
  const write = store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] }).then(() => (committed = true));
  for (let i = 0; i < 5; i++) expect((await store.getRun(runId)).tags.has('a')).toBe(false);
  expect(committed).toBe(false);
  other.exec('COMMIT');
  await write;
  expect((await store.getRun(runId)).tags.get('a')).toBe('b');
});

test('a lock that is not released is TEMPORARILY_UNAVAILABLE after the time that was given, for writes and reads', async () => {
  const { path, runId } = await storeWithRun();
  const store = storeAt(path, { lockTimeout: 100 });
  const other = databaseAt(path);
  other.exec('BEGIN IMMEDIATE');
  const locked = refusal('TEMPORARILY_UNAVAILABLE', /stayed locked by another program/);
  await expect(store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] })).rejects.toEqual(locked);
  other.exec('COMMIT; BEGIN EXCLUSIVE');
  await expect(store.getRun(runId)).rejects.toEqual(locked);
  other.exec('COMMIT');
  await store.logBatch(runId, { tags: [{ key: 'a', value: 'c' }] });
  expect((await store.getRun(runId)).tags.get('a')).toBe('c');
});

test('an aborted read rejects at once with the reason, and the store goes on', async () => {
  const { store, runId } = await storeWithRun();
  const reason = new Error('no longer wanted');
  await expect(store.summarizeMetrics(runId, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const search = store.searchRuns({ experimentIds: ['0'] }, controller.signal);
  controller.abort(reason);
  await expect(search).rejects.toBe(reason);
  expect((await store.getRun(runId)).info.runId).toBe(runId);
});

test('a long read is left off when it is aborted, and does not hold up other calls', async () => {
  const { path, store, runId } = await storeWithRun();
  const database = databaseAt(path);
  database
    .prepare(
      `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan)
       WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 400000)
       SELECT 'm', i, i, ?, i, 0 FROM n`,
    )
    .run(runId);
  const order: string[] = [];
  const controller = new AbortController();
  const summaries = [undefined, controller.signal].map(async signal => {
    const summary = await store.summarizeMetrics(runId, signal).catch(() => []);
    order.push(`summary of ${summary.length}`);
  });
  const run = store.getRun(runId).then(() => order.push('run'));
  const write = store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] }).then(() => order.push('write'));
  await run;
  controller.abort();
  await Promise.all([...summaries, run, write]);
  expect(order).toHaveLength(4);
  expect(order).toContain('summary of 0');
  expect(order.at(-1)).toBe('summary of 1');
});

test('closing waits for the writes that were accepted, rejects the reads, and refuses calls from then on', async () => {
  const { path, store, runId } = await storeWithRun();
  const writes = Array.from({ length: 100 }, (_, i) =>
    store.logBatch(runId, { tags: [{ key: String(i), value: 'x' }] }),
  );
  const closed = refusal('INVALID_STATE', /has been closed/);
  const read = expect(store.getRun(runId)).rejects.toEqual(closed);
  await store[Symbol.asyncDispose]();
  await store[Symbol.asyncDispose]();
  await Promise.all([...writes, read]);
  await expect(store.getRun(runId)).rejects.toEqual(closed);
  await expect(store.createExperiment('x')).rejects.toEqual(closed);
  expect(databaseAt(path).prepare('SELECT count(*) AS n FROM tags').get()).toEqual({ n: 101 });
});

test('reads that have not been sent yet when the store is closed are rejected, and start no thread', async () => {
  const store = await temporaryStore();
  const read = expect(store.getExperiment('0')).rejects.toEqual(refusal('INVALID_STATE', /has been closed/));
  await store[Symbol.asyncDispose]();
  await read;
});

test('a thread that fails rejects the calls that wait for it, each time', async () => {
  const store = storeAt(await temporaryPath(), { workerFile: new URL('missing.ts', import.meta.url) });
  const failed = refusal('INTERNAL_ERROR', /thread .* has failed/);
  await expect(store.createExperiment('x')).rejects.toEqual(failed);
  await expect(store.createExperiment('x')).rejects.toEqual(failed);
});

test('closing a store that was never used starts no thread', async () => {
  const store = await temporaryStore();
  await store[Symbol.asyncDispose]();
});
