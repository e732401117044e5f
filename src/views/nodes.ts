import type { ArtifactInfo } from '../tracking/artifacts/artifactRepository.ts';
import type { DatasetInput, Experiment, Metric, Run } from '../tracking/entities.ts';
import type { MetricSummary } from '../tracking/store/trackingStore.ts';
import type { Listed } from '../services/trackingModel/subjects.ts';
import type { PinnedColumns } from '../services/trackingModel/viewOptions.ts';

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

interface Row {
  /** Unique in the view, and the same after a reload of the window. */
  readonly id: string;
  readonly parent: ExperimentsNode | undefined;
}

export interface ExperimentNode extends Row {
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

export interface RunNode extends Row {
  readonly kind: 'run';
  readonly storeUri: string;
  readonly run: Run;
  /** It is in the stack of active runs of this window. */
  readonly active: boolean;
  /** What the person wants to see beside the runs of this experiment. */
  readonly pinned: PinnedColumns | undefined;
}

export type GroupName = 'params' | 'metrics' | 'tags' | 'datasets' | 'artifacts';

export interface GroupNode extends Row {
  readonly kind: 'group';
  readonly group: GroupName;
  readonly run: Run;
  /** Undefined while it is not known. */
  readonly count: number | undefined;
  /** Bytes; of artifacts, where all of them are known. */
  readonly size: number | undefined;
}

export interface ParamNode extends Row {
  readonly kind: 'param';
  readonly run: Run;
  readonly key: string;
  readonly value: string;
}

export interface MetricNode extends Row {
  readonly kind: 'metric';
  readonly run: Run;
  readonly metric: Metric;
  readonly summary: MetricSummary | undefined;
}

export interface TagNode extends Row {
  readonly kind: 'tag';
  readonly run: Run;
  readonly key: string;
  readonly value: string;
}

export interface DatasetNode extends Row {
  readonly kind: 'dataset';
  readonly run: Run;
  readonly input: DatasetInput;
}

export interface ArtifactNode extends Row {
  readonly kind: 'artifact';
  readonly run: Run;
  readonly artifact: ArtifactInfo;
  /** Where it lies on this machine, if it does. */
  readonly localPath: string | undefined;
}

export interface LoadMoreNode extends Row {
  readonly kind: 'loadMore';
  readonly subject: Listed;
  readonly shown: number;
  /** Undefined where nobody has counted. */
  readonly total: number | undefined;
}

/** Says why rows are missing. */
export interface MessageNode extends Row {
  readonly kind: 'message';
  readonly reason: 'error' | 'noRuns' | 'noMatch' | 'nothingLogged' | 'emptyDirectory';
  /** Why it could not be read. */
  readonly error: Error | undefined;
}

/** A way out of the state that the view's message describes. */
export interface ActionNode extends Row {
  readonly kind: 'action';
  readonly action: 'setTrackingUri' | 'refresh' | 'showLog' | 'clearFilter';
}
