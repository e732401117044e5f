/** The thread in which a store's SQLite works: SQLite blocks whoever calls it, and a person types on the other thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { ToWorker, WorkerOptions } from './protocol.ts';
import { Scheduler } from './scheduler.ts';
import { StoreFile } from './storeFile.ts';

const { path, artifactRoot, lockTimeout } = workerData as WorkerOptions;
const scheduler = new Scheduler(new StoreFile(path, artifactRoot, lockTimeout), lockTimeout, responses => {
  parentPort?.postMessage(responses);
});
parentPort?.on('message', ({ requests, cancelled }: ToWorker) => {
  scheduler.add(requests);
  scheduler.cancel(cancelled);
});
