import { expect, onTestFinished, test } from 'vitest';
import { GroupCommit } from '../../../../../src/tracking/store/sqlite/groupCommit.ts';
import type { Job } from '../../../../../src/tracking/store/sqlite/job.ts';
import { StoreFile } from '../../../../../src/tracking/store/sqlite/storeFile.ts';
import { databaseAt, storeWithRun } from './temporaryStore.ts';

/** The part of a worker that commits, in this thread. */
async function commits() {
  const { path, store, runId } = await storeWithRun();
  await store[Symbol.asyncDispose]();
  const file = new StoreFile(path, '/artifacts', 100);
  onTestFinished(() => {
    file.close();
  });
  return { path, runId, file, group: new GroupCommit(file, 100) };
}

const tagging = (id: number, runId: string, value = 'x'): Job => ({
  id,
  name: 'logBatch',
  args: [runId, [], [], [{ key: `tag ${id}`, value }]],
});

test('one transaction takes all that waits, and answers after the commit', async () => {
  const { path, runId, group } = await commits();
  const other = databaseAt(path);
  const version = () => other.prepare('PRAGMA data_version').get()?.['data_version'] as number;
  const before = version();
  const queue = [1, 2, 3].map(id => tagging(id, runId));
  expect(group.run(queue).responses).toEqual([1, 2, 3].map(id => ({ id, result: undefined })));
  expect(queue).toEqual([]);
  expect(version() - before).toBe(1);
});

test('a long queue takes several transactions, with a pause for others in between', async () => {
  const { runId, group } = await commits();
  const queue = Array.from({ length: 30_000 }, (_, id) => tagging(id, runId));
  const answered: number[] = [];
  const rests: number[] = [];
  while (queue.length > 0) {
    const { responses, rest } = group.run(queue);
    answered.push(...responses.map(({ id }) => id));
    rests.push(rest);
  }
  expect(rests.length).toBeGreaterThan(1);
  expect(Math.max(...rests)).toBeGreaterThan(0);
  expect(answered).toEqual(Array.from({ length: 30_000 }, (_, id) => id));
});

test('when the disk is full, all of the transaction is refused and nothing is written; with space, it goes on', async () => {
  const { path, runId, file, group } = await commits();
  const limit = (pages: number) => {
    file.read(({ db }) => db.row(`PRAGMA max_page_count = ${pages}`));
  };
  limit(file.read(({ db }) => Number(db.row('PRAGMA page_count')?.[0])));
  const big = Array.from({ length: 100 }, (_, id) => tagging(id, runId, 'x'.repeat(5000)));
  const { responses } = group.run([...big]);
  expect(responses.length).toBeGreaterThan(0);
  for (const response of responses) {
    expect(response).toMatchObject({
      error: { errorCode: 'RESOURCE_EXHAUSTED', message: expect.stringMatching(/is full/) as string },
    });
  }
  expect(databaseAt(path).prepare('SELECT count(*) AS n FROM tags').get()).toEqual({ n: 1 });
  limit(1_000_000);
  expect(group.run([...big]).responses.filter(response => 'error' in response)).toEqual([]);
});

test('while another connection holds the lock, the queue is left as it is, and asked again after a growing while', async () => {
  const { path, runId, group } = await commits();
  const other = databaseAt(path);
  other.exec('BEGIN IMMEDIATE');
  const queue = [tagging(1, runId)];
  const rests = Array.from({ length: 4 }, () => {
    const { responses, rest } = group.run(queue);
    expect(responses).toEqual([]);
    return rest;
  });
  expect(queue).toHaveLength(1);
  expect(rests.every(rest => rest > 0 && rest <= 75)).toBe(true);
  other.exec('ROLLBACK');
  expect(group.run(queue).responses).toEqual([{ id: 1, result: undefined }]);
});
