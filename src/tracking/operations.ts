import type { RunData, RunUpdate } from './store/trackingStore.ts';

/** Which run, in which store: all that is needed to find it again after a restart. Plain data. */
export interface RunRef {
  /** The tracking URI of the store that the run lives in, whatever the current tracking URI is. */
  readonly storeUri: string;
  readonly runId: string;
  readonly artifactUri: string;
}

/** One write to a run, as data: it can be queued, kept on disk, and replayed. */
export type RunOperation =
  | { readonly kind: 'log'; readonly data: RunData }
  | { readonly kind: 'deleteTag'; readonly key: string }
  | {
      readonly kind: 'artifact';
      /** An absolute path to a file or a directory. */
      readonly localPath: string;
      /** The directory in the run that receives it; undefined for the root. */
      readonly artifactPath: string | undefined;
      /** Of a directory: its contents without its own name (MLflow's log_artifacts). */
      readonly contentsOnly: boolean;
    }
  | { readonly kind: 'update'; readonly update: RunUpdate };

/**
 * The one way in which writes of a run reach a store.
 *
 * Operations of one run are applied in the order of `submit`; artifacts may overtake each other, but none overtakes an
 * `update`, nor is overtaken by one. `submit` resolves once the store has the operation and rejects with the store's
 * refusal; a refused operation does not hold up the next ones.
 */
export interface RunSink {
  submit(run: RunRef, operation: RunOperation): Promise<void>;
  /** Resolves when everything submitted for this run so far has been applied or refused. */
  flush(run: RunRef): Promise<void>;
}
