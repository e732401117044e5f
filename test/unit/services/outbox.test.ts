import { beforeEach, expect, test } from 'vitest';
import { Outbox } from '../../../src/services/outbox.ts';
import type { ArtifactRepository } from '../../../src/tracking/artifacts/artifactRepository.ts';
import type { RunOperation, RunRef } from '../../../src/tracking/operations.ts';
import type { TrackingStore } from '../../../src/tracking/store/trackingStore.ts';

/**
 * The order in which operations reach a store. Only here a store is played: what is asked is what happens while one of
 * its calls is under way, and that takes a call whose end the test decides. Real stores: fluent.test.ts.
 */

const run: RunRef = { storeUri: 'sqlite:////x', runId: 'r', artifactUri: '/x' };
const metric = (step: number): RunOperation => ({
  kind: 'log',
  data: { metrics: [{ key: 'm', value: 0, step, timestamp: 0 }] },
});
const end: RunOperation = { kind: 'update', update: { status: 'FINISHED' } };
const folder: RunOperation = {
  kind: 'artifact',
  localPath: '/in',
  artifactPath: undefined,
  contentsOnly: true,
};

let journal: string[];
let artifact: PromiseWithResolvers<void>;
let outbox: Outbox;

beforeEach(() => {
  journal = [];
  artifact = Promise.withResolvers();
  const store = {
    logBatch: (_run: string, { metrics }: { metrics: { step: number }[] }) => {
      journal.push(`metric ${String(metrics[0]?.step)}`);
      return metrics[0]?.step === 13 ? Promise.reject(new Error('refused')) : Promise.resolve();
    },
    updateRun: () => {
      journal.push('end');
      return Promise.resolve();
    },
  };
  outbox = new Outbox({
    store: () => store as unknown as TrackingStore,
    artifacts: () =>
      ({
        logArtifacts: async () => {
          journal.push('artifact begins');
          await artifact.promise;
          journal.push('artifact ends');
        },
      }) as unknown as ArtifactRepository,
  });
});

test('logs overtake a long artifact, but the end of the run waits for it', async () => {
  const all = [folder, metric(1), end, metric(2)].map(operation => outbox.submit(run, operation));
  await all[1];
  expect(journal).toEqual(['artifact begins', 'metric 1']);
  artifact.resolve();
  await Promise.all(all);
  expect(journal).toEqual(['artifact begins', 'metric 1', 'artifact ends', 'end', 'metric 2']);
});

test('a refusal rejects its own operation only, and the next ones go on', async () => {
  artifact.resolve();
  const all = [metric(12), metric(13), metric(14), end].map(operation => outbox.submit(run, operation));
  const results = await Promise.allSettled(all);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  expect(journal).toEqual(['metric 12', 'metric 13', 'metric 14', 'end']);
});

test('tells of files once they have arrived', async () => {
  const told: RunRef[] = [];
  outbox.onDidLogArtifact(ref => told.push(ref));
  const sending = outbox.submit(run, folder);
  await outbox.submit(run, metric(1));
  expect(told).toEqual([]);
  artifact.resolve();
  await sending;
  expect(told).toEqual([run]);
});

test('flush resolves when all that was submitted has been applied or refused', async () => {
  const refused = expect(outbox.submit(run, metric(13))).rejects.toThrow('refused');
  const sending = outbox.submit(run, folder);
  let flushed = false;
  const flush = outbox.flush(run).then(() => (flushed = true));
  await refused;
  expect(flushed).toBe(false);
  artifact.resolve();
  await flush;
  await sending;
  await outbox.flush({ ...run, runId: 'another' });
});
