import type { ArtifactInfo } from '../tracking/artifacts/artifactRepository.ts';
import type { DatasetInput, Experiment, Metric, Run, RunInfo } from '../tracking/entities.ts';
import type { MetricSummary } from '../tracking/store/trackingStore.ts';
import type { FileCounts, WatchedFileState } from '../services/watching/watcherState.ts';
import type { Listed } from '../services/trackingModel/subjects.ts';
import type { PinnedColumns } from '../services/trackingModel/viewOptions.ts';
import type { Row } from './nodeCache.ts';

/**
 * The rows of the Experiments view, which tree commands get as their first argument. A node stays the same object for as
 * long as its row is shown; its contents are the latest that have been read.
 */
export type ExperimentsNode =
  | ExperimentNode
  | RunNode
  | GroupNode
  | ParamNode
  | MetricNode
  | TagNode
  | DatasetNode
  | ArtifactNode
  | LoadMoreNode
  | MessageNode
  | ActionNode;

export interface ExperimentNode extends Row<ExperimentsNode> {
  readonly kind: 'experiment';
  readonly storeUri: string;
  readonly experiment: Experiment;
  /** Undefined while a filter is set and how many match is not known. */
  readonly runCount: number | undefined;
  /** Runs started in this workspace go there. */
  readonly chosen: boolean;
  /** Show its runs at once. */
  readonly expanded: boolean;
}

export interface RunNode extends Row<ExperimentsNode> {
  readonly kind: 'run';
  readonly storeUri: string;
  readonly run: Run;
  /** It is in the stack of active runs of this window. */
  readonly active: boolean;
  /** What the person wants to see beside the runs of this experiment. */
  readonly pinned: PinnedColumns | undefined;
}

export type GroupName = 'params' | 'metrics' | 'tags' | 'datasets' | 'artifacts';

export interface GroupNode extends Row<ExperimentsNode> {
  readonly kind: 'group';
  readonly group: GroupName;
  readonly run: Run;
  /** Undefined while it is not known. */
  readonly count: number | undefined;
  /** Bytes; of artifacts, where all of them are known. */
  readonly size: number | undefined;
}

export interface ParamNode extends Row<ExperimentsNode> {
  readonly kind: 'param';
  readonly run: Run;
  readonly key: string;
  readonly value: string;
}

export interface MetricNode extends Row<ExperimentsNode> {
  readonly kind: 'metric';
  readonly run: Run;
  readonly metric: Metric;
  readonly summary: MetricSummary | undefined;
}

export interface TagNode extends Row<ExperimentsNode> {
  readonly kind: 'tag';
  readonly run: Run;
  readonly key: string;
  readonly value: string;
}

export interface DatasetNode extends Row<ExperimentsNode> {
  readonly kind: 'dataset';
  readonly run: Run;
  readonly input: DatasetInput;
}

export interface ArtifactNode extends Row<ExperimentsNode> {
  readonly kind: 'artifact';
  readonly run: Run;
  readonly artifact: ArtifactInfo;
  /** Where it lies on this machine, if it does. */
  readonly localPath: string | undefined;
}

export interface LoadMoreNode extends Row<ExperimentsNode> {
  readonly kind: 'loadMore';
  readonly subject: Listed;
  readonly shown: number;
  /** Undefined where nobody has counted. */
  readonly total: number | undefined;
}

/** Says why rows are missing. */
export interface MessageNode extends Row<ExperimentsNode> {
  readonly kind: 'message';
  readonly reason: 'error' | 'noRuns' | 'noMatch' | 'nothingLogged' | 'emptyDirectory';
  /** Why it could not be read. */
  readonly error: Error | undefined;
}

/** A way out of the state that the view's message describes. */
export interface ActionNode extends Row<ExperimentsNode> {
  readonly kind: 'action';
  readonly action: 'setTrackingUri' | 'refresh' | 'showLog' | 'clearFilter';
}

/** The rows of the Active Run view, on the same terms. */
export type ActiveRunNode =
  LoggedNode | LoggedValueNode | UploadsNode | UploadNode | StackNode | StackRunNode | NoteNode;

export interface LoggedNode extends Row<ActiveRunNode> {
  readonly kind: 'logged';
  readonly metrics: number;
  readonly params: number;
}

export interface LoggedValueNode extends Row<ActiveRunNode> {
  readonly kind: 'loggedMetric' | 'loggedParam';
  readonly key: string;
  /** As it is shown. */
  readonly text: string;
  /** As it is copied. */
  readonly value: string;
}

export interface UploadsNode extends Row<ActiveRunNode> {
  readonly kind: 'uploads';
  /** Undefined where no folder is watched. */
  readonly counts: FileCounts | undefined;
}

export interface UploadNode extends Row<ActiveRunNode> {
  readonly kind: 'upload';
  readonly file: WatchedFileState;
}

export interface StackNode extends Row<ActiveRunNode> {
  readonly kind: 'stack';
  readonly depth: number;
}

export interface StackRunNode extends Row<ActiveRunNode> {
  readonly kind: 'stackRun';
  readonly info: RunInfo;
  readonly innermost: boolean;
}

/** A sentence: what is wrong with the watching, or why there is nothing to list. */
export interface NoteNode extends Row<ActiveRunNode> {
  readonly kind: 'note';
  readonly note: 'problem' | 'nothingLogged' | 'nothingSent' | 'allSent' | 'notWatching' | 'unreachable';
  /** Of a problem. */
  readonly text: string | undefined;
}
