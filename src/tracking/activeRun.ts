import type { Metric, Param, RunInfo, Tag, TerminalStatus } from './entities.ts';
import type { RunOperation, RunRef, RunSink } from './operations.ts';
import type { TrackingStore } from './store/trackingStore.ts';
import { validateMetric, validateParam, validateTag } from './validation.ts';

/** @internal What an `ActiveRun` needs of its owner: to leave the stack of active runs when it ends. */
export interface ActiveRunOwner {
  readonly sink: RunSink;
  end(run: ActiveRun, status: TerminalStatus): Promise<void>;
}

/**
 * A run that has been started or resumed and not ended: MLflow's `ActiveRun(run_info, store)`.
 *
 * It keeps writing to the store it was started in, whatever the current tracking URI is. As MLflow's it is a scope:
 * `await using run = await startRun()` ends it FINISHED when the scope is left, also by an exception (JavaScript does
 * not tell a scope why it is left): use `withRun` for a body whose exception shall end the run FAILED.
 */
export class ActiveRun implements AsyncDisposable {
  readonly info: RunInfo;
  readonly store: TrackingStore;
  /** @internal */
  readonly ref: RunRef;
  readonly #owner: ActiveRunOwner;

  /** @internal */
  constructor(info: RunInfo, store: TrackingStore, owner: ActiveRunOwner) {
    this.info = info;
    this.store = store;
    this.ref = { storeUri: store.uri, runId: info.runId, artifactUri: info.artifactUri };
    this.#owner = owner;
  }

  /** @param step defaults to 0, as in MLflow. @throws TrackingError INVALID_PARAMETER_VALUE for an illegal key or step. */
  async logMetric(key: string, value: number, step: Metric['step'] = 0): Promise<void> {
    const metric = { key, value, step, timestamp: Date.now() };
    validateMetric(metric);
    await this.#submit({ kind: 'log', data: { metrics: [metric] } });
  }

  /** @throws TrackingError INVALID_PARAMETER_VALUE also when the run has another value for `key`. */
  async logParam(key: string, value: Param['value']): Promise<void> {
    validateParam({ key, value });
    await this.#submit({ kind: 'log', data: { params: [{ key, value }] } });
  }

  async setTag(key: string, value: Tag['value']): Promise<void> {
    validateTag({ key, value });
    await this.#submit({ kind: 'log', data: { tags: [{ key, value }] } });
  }

  /** Logs a file, or a directory with its name, under `artifactPath` (default: the artifact root). */
  async logArtifact(localPath: string, artifactPath?: string): Promise<void> {
    await this.#submit({ kind: 'artifact', localPath, artifactPath, contentsOnly: false });
  }

  /** Logs the contents of a directory under `artifactPath` (default: the artifact root). */
  async logArtifacts(localDir: string, artifactPath?: string): Promise<void> {
    await this.#submit({ kind: 'artifact', localPath: localDir, artifactPath, contentsOnly: true });
  }

  /** Where the run's artifacts are, or `artifactPath` among them. */
  artifactUri(artifactPath?: string): string {
    const root = this.info.artifactUri;
    return artifactPath ? `${root.replace(/\/+$/, '')}/${artifactPath.replace(/^\/+/, '')}` : root;
  }

  /** Ends the run once everything logged so far has reached its store. */
  async end(status: TerminalStatus = 'FINISHED'): Promise<void> {
    await this.#owner.end(this, status);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  #submit(operation: RunOperation): Promise<void> {
    return this.#owner.sink.submit(this.ref, operation);
  }
}
