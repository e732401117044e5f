/** Prints what a store on the file of the first argument says to a question, a read and a write. */
import { TrackingError } from '../../../../../src/tracking/errors.ts';
import { silentLogger } from '../../../../../src/tracking/logger.ts';
import { openStore } from '../../../../../src/tracking/store/openStore.ts';

const workerFile = new URL('../../../../../src/tracking/store/sqlite/worker.ts', import.meta.url);
await using store = openStore(`sqlite:///${process.argv[2] ?? ''}`, {
  workerFile,
  logger: silentLogger,
});

const outcome = (promise: Promise<unknown>) =>
  promise.catch((error: unknown) => {
    if (error instanceof TrackingError) return { errorCode: error.errorCode, message: error.message };
    throw error;
  });
console.log(
  JSON.stringify({
    access: await outcome(store.access()),
    read: await outcome(store.searchRuns({ experimentIds: ['0'] }).then(({ items }) => items.length)),
    write: await outcome(store.createExperiment('x')),
  }),
);
