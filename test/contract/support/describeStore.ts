import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { silentLogger } from '../../../src/tracking/logger.ts';
import { openStore } from '../../../src/tracking/store/openStore.ts';
import type { TrackingStore } from '../../../src/tracking/store/trackingStore.ts';
import { makeTemporaryFolder } from '../../host/temporaryFolder.ts';
import { MlflowBridge } from '../../support/mlflow/mlflowBridge.ts';
import type { MlflowVersion } from '../../support/mlflow/python.ts';

/** One store, seen by us and by MLflow's own client at the same time. */
export interface StoreContext {
  readonly store: TrackingStore;
  readonly mlflow: MlflowBridge;
  /** The tracking URI that MLflow is given for the store. */
  readonly uri: string;
}

/** A kind of store that the contract holds for. */
interface StoreKind {
  readonly name: string;
  /** Opens a store that does not exist yet, in an empty folder. */
  open(folder: string): Promise<{ readonly store: TrackingStore; readonly uri: string }>;
}

const storeKinds: readonly StoreKind[] = [
  {
    name: 'SQLite',
    open: folder => {
      const store = openSqlite(join(folder, 'mlflow.db'));
      return Promise.resolve({ store, uri: store.uri });
    },
  },
];

/** A store on a database file, with its worker thread run from the sources. */
export function openSqlite(path: string): TrackingStore {
  return openStore(`sqlite:///${path}`, {
    workerFile: new URL('../../../src/tracking/store/sqlite/worker.ts', import.meta.url),
    logger: silentLogger,
  });
}

/**
 * Runs the same tests for each kind of store and each MLflow. The store is made by us, then MLflow opens it: what one
 * writes, the other reads in the next moment.
 */
export function describeStore(
  title: string,
  versions: readonly MlflowVersion[],
  body: (context: () => StoreContext) => void,
): void {
  for (const kind of storeKinds) {
    describe.each(versions)(`${title}: ${kind.name}, MLflow %s`, version => {
      const resources = new AsyncDisposableStack();
      let context: StoreContext | undefined;

      beforeAll(async () => {
        const folder = resources.use(await makeTemporaryFolder('runlight-contract-')).path;
        const work = join(folder, 'work');
        await mkdir(work);
        const { store, uri } = await kind.open(folder);
        resources.use(store);
        const mlflow = resources.use(await MlflowBridge.start(version, work));
        await store.createExperiment('first');
        await mlflow.call(uri, 'search_experiments');
        context = { store, mlflow, uri };
      });
      afterAll(() => resources.disposeAsync());

      body(() => {
        if (context === undefined) throw new Error('The store is not open.');
        return context;
      });
    });
  }
}
