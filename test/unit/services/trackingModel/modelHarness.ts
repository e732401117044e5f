import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConnectionState } from '../../../../src/services/connection.ts';
import { TrackingModel } from '../../../../src/services/trackingModel.ts';
import type { Memento } from '../../../../src/services/trackingModel/viewOptions.ts';
import { openArtifacts } from '../../../../src/tracking/artifacts/openArtifacts.ts';
import { MlflowTag } from '../../../../src/tracking/entities.ts';
import { silentLogger } from '../../../../src/tracking/logger.ts';
import { ObservableValue } from '../../../../src/tracking/observable.ts';
import { openStore } from '../../../../src/tracking/store/openStore.ts';
import type { TrackingStore } from '../../../../src/tracking/store/trackingStore.ts';

/** A tracking model with pages of three on a real SQLite store in a folder of its own. */
export class ModelHarness implements AsyncDisposable {
  readonly directory: string;
  readonly store: TrackingStore;
  readonly connection: ObservableValue<ConnectionState>;
  readonly #memento = new MapMemento();
  readonly #opened: TrackingStore[] = [];
  model: TrackingModel;
  #runs = 0;

  private constructor(directory: string, store: TrackingStore) {
    this.directory = directory;
    this.store = store;
    this.#opened.push(store);
    this.connection = new ObservableValue<ConnectionState>(ready(store));
    this.model = this.#newModel();
  }

  static async create(): Promise<ModelHarness> {
    const directory = await mkdtemp(join(tmpdir(), 'runlight-model-'));
    return new ModelHarness(directory, openIn(directory, 'mlflow.db'));
  }

  /** Another connection to the store, or another store. */
  open(name = 'mlflow.db'): TrackingStore {
    const store = openIn(this.directory, name);
    this.#opened.push(store);
    return store;
  }

  /** As in the next window of the same workspace. */
  replaceModel(): void {
    this.model.dispose();
    this.model = this.#newModel();
  }

  /** Each run starts a second after the one before it. */
  async createRun(experimentId: string, runName: string, parent?: string): Promise<string> {
    this.#runs += 1;
    const runId = this.#runs.toString(16).padStart(32, '0');
    await this.store.createRun({
      runId,
      experimentId,
      runName,
      userId: 'ann',
      startTime: this.#runs * 1000,
      tags: parent === undefined ? [] : [{ key: MlflowTag.parentRunId, value: parent }],
    });
    return runId;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.model.dispose();
    for (const store of this.#opened) await store[Symbol.asyncDispose]();
    await rm(this.directory, { recursive: true });
  }

  #newModel(): TrackingModel {
    const { connection } = this;
    return new TrackingModel({
      connection,
      openArtifacts,
      memento: this.#memento,
      logger: silentLogger,
      pageSize: 3,
    });
  }
}

export const ready = (store: TrackingStore): ConnectionState => ({
  kind: 'ready',
  uri: store.uri,
  source: 'workspace',
  store,
  access: { writable: true },
});

const openIn = (directory: string, name: string) =>
  openStore(`sqlite:///${join(directory, name)}`, {
    workerFile: new URL('../../../../src/tracking/store/sqlite/worker.ts', import.meta.url),
    logger: silentLogger,
  });

class MapMemento implements Memento {
  readonly #values = new Map<string, unknown>();

  get(key: string): unknown {
    return this.#values.get(key);
  }

  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }
}
