import type {
  Experiment,
  Metric,
  Param,
  Run,
  RunInfo,
  RunStatus,
  Tag,
  Timestamp,
  ViewType,
} from '../entities.ts';
import type { Event } from '../events.ts';

/** One page of a search. Without `nextPageToken` it is the last one. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextPageToken: string | undefined;
}

export interface PageQuery {
  /** 1 to 50,000. Runs default to 1,000 and experiments too. */
  readonly maxResults?: number | undefined;
  readonly pageToken?: string | undefined;
}

export interface ExperimentQuery extends PageQuery {
  readonly viewType?: ViewType | undefined;
  /** MLflow's experiment filter: `name`, `creation_time`, `last_update_time`, `tags.<key>`. */
  readonly filter?: string | undefined;
  /** As MLflow's: `name ASC`, `creation_time DESC`, … Default: newest first. */
  readonly orderBy?: readonly string[] | undefined;
}

export interface RunQuery extends PageQuery {
  readonly experimentIds: readonly string[];
  readonly viewType?: ViewType | undefined;
  /** MLflow's run filter (mlflow-contract §5). */
  readonly filter?: string | undefined;
  readonly orderBy?: readonly string[] | undefined;
}

export interface NewRun {
  /** 32 hexadecimal digits. Creating the same id twice is refused with RESOURCE_ALREADY_EXISTS. */
  readonly runId: string;
  readonly experimentId: string;
  readonly runName: string;
  /** MLflow's client cannot read a run without one. */
  readonly userId: string;
  readonly startTime: Timestamp;
  /** `mlflow.runName` is added by the store. */
  readonly tags: readonly Tag[];
}

export interface RunUpdate {
  readonly status?: RunStatus | undefined;
  /** `null` unsets it. */
  readonly endTime?: Timestamp | null | undefined;
  /** Changes `info.runName` and the tag `mlflow.runName` together. */
  readonly runName?: string | undefined;
}

export interface RunData {
  readonly metrics?: readonly Metric[] | undefined;
  readonly params?: readonly Param[] | undefined;
  readonly tags?: readonly Tag[] | undefined;
}

/** What a metric's whole history comes to; NaN counts in `count` only. */
export interface MetricSummary {
  readonly key: string;
  readonly count: number;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Whether a store takes writes; if not, `reason` is a sentence that says why and what to do. */
export type StoreAccess = { readonly writable: true } | { readonly writable: false; readonly reason: string };

/**
 * One MLflow backend store. Everything here has the meaning of `mlflow.tracking.MlflowClient` of MLflow 3:
 * what that refuses is refused with the same `errorCode` (a rejected promise with a `TrackingError`).
 *
 * Guarantees:
 * - A call that resolves has been committed; one that rejects has changed nothing.
 * - Writes of one caller are applied in the order of the calls, also without waiting for each.
 * - A store that does not exist yet reads as empty and is created by the first write.
 * - An aborted `signal` rejects with its reason; a write is never cancelled half-way.
 */
export interface TrackingStore extends AsyncDisposable {
  /** The tracking URI that MLflow's client would be given for this store. */
  readonly uri: string;

  /**
   * Fires after any commit to the store: ours or another process's, within a second while someone listens.
   * It does not say what changed: look again.
   */
  readonly onDidChange: Event<void>;

  /** Opens the store as far as it exists; rejects if what is there cannot be read. */
  access(): Promise<StoreAccess>;

  /** @returns the new experiment's id. A name in use, also by a deleted experiment, is RESOURCE_ALREADY_EXISTS. */
  createExperiment(
    name: string,
    options?: { artifactLocation?: string | undefined; tags?: readonly Tag[] },
  ): Promise<string>;
  /** Deleted ones too. An unknown id is RESOURCE_DOES_NOT_EXIST. */
  getExperiment(experimentId: string): Promise<Experiment>;
  /** Deleted ones too. */
  getExperimentByName(name: string): Promise<Experiment | undefined>;
  searchExperiments(query: ExperimentQuery, signal?: AbortSignal): Promise<Page<Experiment>>;
  renameExperiment(experimentId: string, name: string): Promise<void>;
  /** Marks the experiment and its active runs as deleted; nothing is erased. */
  deleteExperiment(experimentId: string): Promise<void>;
  /** Revives the experiment and its runs, also those that were deleted one by one before (MLflow does so). */
  restoreExperiment(experimentId: string): Promise<void>;
  setExperimentTag(experimentId: string, tag: Tag): Promise<void>;
  /** How many runs are in each experiment, by id, in one query. */
  countRuns(experimentIds: readonly string[], viewType?: ViewType): Promise<ReadonlyMap<string, number>>;

  createRun(run: NewRun): Promise<Run>;
  /** Deleted ones too. */
  getRun(runId: string): Promise<Run>;
  updateRun(runId: string, update: RunUpdate): Promise<RunInfo>;
  deleteRun(runId: string): Promise<void>;
  restoreRun(runId: string): Promise<void>;
  searchRuns(query: RunQuery, signal?: AbortSignal): Promise<Page<Run>>;

  /**
   * Metrics, parameters and tags in one transaction, of any number: MLflow's limits per request do not apply here.
   * A parameter that has another value already is INVALID_PARAMETER_VALUE and nothing of the batch is written.
   */
  logBatch(runId: string, data: RunData): Promise<void>;
  deleteTag(runId: string, key: string): Promise<void>;

  /** Ordered by timestamp, step, value. An unknown run or key has no history. */
  getMetricHistory(
    runId: string,
    key: string,
    query?: PageQuery,
    signal?: AbortSignal,
  ): Promise<Page<Metric>>;
  /**
   * At most `maxPoints` points of each run (default 2,000), evenly spread over the steps, the first and the last among
   * them, ordered by step and timestamp. Points that crowd on few steps are spread evenly by rank instead. By run id; a
   * run without the metric has an empty list.
   */
  sampleMetricHistory(
    runIds: readonly string[],
    key: string,
    options?: { maxPoints?: number; startStep?: number; endStep?: number },
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Metric[]>>;
  summarizeMetrics(runId: string, signal?: AbortSignal): Promise<readonly MetricSummary[]>;
}
