import { stat } from 'node:fs/promises';
import { basename, posix } from 'node:path';
import type { ArtifactRepository, TransferOptions } from '../tracking/artifacts/artifactRepository.ts';
import { Emitter, type Event } from '../tracking/events.ts';
import type { RunOperation, RunRef, RunSink } from '../tracking/operations.ts';
import type { TrackingStore } from '../tracking/store/trackingStore.ts';

export interface OutboxTargets {
  store(uri: string): TrackingStore;
  artifacts(artifactUri: string): ArtifactRepository;
}

interface Lane {
  /** Everything submitted and not settled yet. */
  readonly pending: Set<Promise<void>>;
  /** Settles when the last `update` has: what comes after an update waits for it. */
  barrier: Promise<void>;
}

/**
 * The one seam through which all writes of active runs pass. It writes through at once and acknowledges what the store
 * has acknowledged; the operations are plain data, so that a durable queue can stand here without its callers noticing.
 */
export class Outbox implements RunSink {
  readonly #targets: OutboxTargets;
  readonly #lanes = new Map<string, Lane>();
  readonly #didLogArtifact = new Emitter<RunRef>();

  /** Fires when files have arrived in a run, which no store tells: its database knows nothing of them. */
  readonly onDidLogArtifact: Event<RunRef> = listener => this.#didLogArtifact.event(listener);

  constructor(targets: OutboxTargets) {
    this.#targets = targets;
  }

  submit(run: RunRef, operation: RunOperation, transfer?: TransferOptions): Promise<void> {
    const lane = this.#lane(run);
    const before = operation.kind === 'update' ? settled([lane.barrier, ...lane.pending]) : lane.barrier;
    const done = before.then(() => this.#apply(run, operation, transfer));
    const quiet = settled([done]);
    if (operation.kind === 'update') lane.barrier = quiet;
    lane.pending.add(done);
    void quiet.then(() => {
      lane.pending.delete(done);
      if (lane.pending.size === 0) this.#lanes.delete(run.runId);
    });
    return done;
  }

  async flush(run: RunRef): Promise<void> {
    await settled([...(this.#lanes.get(run.runId)?.pending ?? [])]);
  }

  #lane(run: RunRef): Lane {
    let lane = this.#lanes.get(run.runId);
    if (!lane) this.#lanes.set(run.runId, (lane = { pending: new Set(), barrier: Promise.resolve() }));
    return lane;
  }

  async #apply(run: RunRef, operation: RunOperation, transfer: TransferOptions | undefined): Promise<void> {
    switch (operation.kind) {
      case 'artifact': {
        const artifacts = this.#targets.artifacts(run.artifactUri);
        const { localPath, artifactPath } = operation;
        if (operation.contentsOnly) {
          await artifacts.logArtifacts(localPath, artifactPath, transfer);
        } else if ((await stat(localPath)).isDirectory()) {
          await artifacts.logArtifacts(
            localPath,
            posix.join(artifactPath ?? '', basename(localPath)),
            transfer,
          );
        } else await artifacts.logArtifact(localPath, artifactPath, transfer);
        this.#didLogArtifact.fire(run);
        return;
      }
      case 'log':
        return this.#targets.store(run.storeUri).logBatch(run.runId, operation.data);
      case 'deleteTag':
        return this.#targets.store(run.storeUri).deleteTag(run.runId, operation.key);
      case 'update':
        await this.#targets.store(run.storeUri).updateRun(run.runId, operation.update);
    }
  }
}

async function settled(promises: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(promises);
}
