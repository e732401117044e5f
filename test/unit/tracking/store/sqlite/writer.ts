/** A program of its own that writes runs into a store: `node writer.ts PATH`, then a count a line on stdin. */
import { createInterface } from 'node:readline';
import { silentLogger } from '../../../../../src/tracking/logger.ts';
import { openStore } from '../../../../../src/tracking/store/openStore.ts';

const workerFile = new URL('../../../../../src/tracking/store/sqlite/worker.ts', import.meta.url);
await using store = openStore(`sqlite:///${process.argv[2] ?? ''}`, {
  workerFile,
  logger: silentLogger,
});
console.log('ready');
for await (const line of createInterface({ input: process.stdin })) {
  const ids: string[] = [];
  for (let i = 0; i < Number(line); i++) {
    const runId = crypto.randomUUID().replaceAll('-', '');
    await store.createRun({ runId, experimentId: '0', runName: 'r', userId: 'u', startTime: i, tags: [] });
    await store.logBatch(runId, { metrics: [{ key: 'm', value: i, timestamp: i, step: i }] });
    ids.push(runId);
  }
  console.log(JSON.stringify(ids));
}
