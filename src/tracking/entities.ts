/**
 * MLflow's entities as this extension holds them: immutable, plain, cloneable across threads.
 * Names follow MLflow's protocol buffers (service.proto), in camelCase.
 */

/** A 64-bit integer: a number while it is exact (|n| ≤ 2^53 − 1), a bigint beyond. */
export type Int64 = number | bigint;

/** Milliseconds since the Unix epoch, UTC. */
export type Timestamp = number;

export const runStatuses = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'] as const;
export type RunStatus = (typeof runStatuses)[number];

/** The states in which a run has ended (`mlflow.entities.RunStatus.is_terminated`). */
export type TerminalStatus = 'FINISHED' | 'FAILED' | 'KILLED';

export type LifecycleStage = 'active' | 'deleted';

/** Which lifecycle stages a search returns (`mlflow.entities.ViewType`). */
export type ViewType = 'ACTIVE_ONLY' | 'DELETED_ONLY' | 'ALL';

/** What started a run (`mlflow.entities.SourceType`); written as the tag `mlflow.source.type`. */
export const SourceType = {
  NOTEBOOK: 'NOTEBOOK',
  JOB: 'JOB',
  PROJECT: 'PROJECT',
  LOCAL: 'LOCAL',
  UNKNOWN: 'UNKNOWN',
} as const;
export type SourceType = (typeof SourceType)[keyof typeof SourceType];

export interface Experiment {
  readonly experimentId: string;
  readonly name: string;
  /** Where artifacts of new runs go: a URI, or a plain absolute path. */
  readonly artifactLocation: string;
  readonly lifecycleStage: LifecycleStage;
  readonly creationTime: Timestamp | undefined;
  readonly lastUpdateTime: Timestamp | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

export interface Metric {
  readonly key: string;
  /** Any double. Stores keep ±Infinity as ±Number.MAX_VALUE and return that (mlflow-contract §2). */
  readonly value: number;
  readonly timestamp: Int64;
  readonly step: Int64;
}

export interface Param {
  readonly key: string;
  readonly value: string;
}

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface Dataset {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema: string | undefined;
  readonly profile: string | undefined;
}

/** A dataset that a run used, with the tags of that use (`mlflow.data.context` among them). */
export interface DatasetInput {
  readonly dataset: Dataset;
  readonly tags: ReadonlyMap<string, string>;
}

export interface RunInfo {
  readonly runId: string;
  readonly runName: string;
  readonly experimentId: string;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTime: Timestamp | undefined;
  /** Unset while the run has not ended. */
  readonly endTime: Timestamp | undefined;
  readonly lifecycleStage: LifecycleStage;
  /** Where this run's artifacts are: a URI, or a plain absolute path. */
  readonly artifactUri: string;
}

export interface Run {
  readonly info: RunInfo;
  /** By key, the metric with the greatest (step, timestamp, value), as MLflow's `latest_metrics` has it. */
  readonly metrics: ReadonlyMap<string, Metric>;
  readonly params: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  readonly datasets: readonly DatasetInput[];
}

/** The reserved tags that this extension writes or reads (`mlflow.utils.mlflow_tags`). */
export const MlflowTag = {
  runName: 'mlflow.runName',
  parentRunId: 'mlflow.parentRunId',
  user: 'mlflow.user',
  sourceName: 'mlflow.source.name',
  sourceType: 'mlflow.source.type',
  gitCommit: 'mlflow.source.git.commit',
  gitBranch: 'mlflow.source.git.branch',
  gitRepoUrl: 'mlflow.source.git.repoURL',
  entryPoint: 'mlflow.project.entryPoint',
  note: 'mlflow.note.content',
} as const;
