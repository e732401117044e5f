import type { ArtifactInfo } from '../../tracking/artifacts/artifactRepository.ts';
import type { Experiment, Run } from '../../tracking/entities.ts';
import type { MetricSummary, Page } from '../../tracking/store/trackingStore.ts';

/** Something that a view can show and the model can read: one row's children, or one run's details. */
export type Subject =
  | { readonly kind: 'experiments' }
  /** Runs of all loaded experiments that match the filter: which experiments are worth showing. */
  | { readonly kind: 'matches' }
  /** The top-level runs of an experiment; while a filter is set, all that match it. */
  | { readonly kind: 'runs'; readonly experimentId: string }
  | { readonly kind: 'children'; readonly experimentId: string; readonly runId: string }
  | { readonly kind: 'run'; readonly runId: string }
  /** A directory of a run's artifacts; `path` is '' for the root. */
  | {
      readonly kind: 'artifacts';
      readonly runId: string;
      readonly artifactUri: string;
      readonly path: string;
    };

/** Those that are read in pages. */
export type Listed = SubjectOf<'experiments' | 'runs' | 'children'>;

export type SubjectOf<K extends Subject['kind']> = Extract<Subject, { readonly kind: K }>;

export interface ExperimentSummary {
  readonly experiment: Experiment;
  /** Of the shown lifecycle stage, nested ones too. */
  readonly runCount: number;
}

export interface RunDetails {
  readonly run: Run;
  /** In the order of the store. */
  readonly metricSummaries: ReadonlyMap<string, MetricSummary>;
}

export interface ArtifactListing {
  readonly items: readonly ArtifactInfo[];
  /** Where each of them lies on this machine, by path; those that don't are absent. */
  readonly localPaths: ReadonlyMap<string, string>;
}

/** What reading a subject gives. */
export interface Contents {
  experiments: Page<ExperimentSummary>;
  matches: Page<Run>;
  runs: Page<Run>;
  children: Page<Run>;
  run: RunDetails;
  artifacts: ArtifactListing;
}

/** What is known of a subject. Both are set when a read failed after one that did not: the contents are then old. */
export interface Slice<T> {
  readonly contents: T | undefined;
  readonly error: Error | undefined;
}

export function subjectKey(subject: Subject): string {
  switch (subject.kind) {
    case 'experiments':
    case 'matches':
      return subject.kind;
    case 'runs':
      return `runs:${subject.experimentId}`;
    case 'children':
    case 'run':
      return `${subject.kind}:${subject.runId}`;
    case 'artifacts':
      return `artifacts:${subject.runId}:${subject.path}`;
  }
}
