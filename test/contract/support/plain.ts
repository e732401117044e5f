/** Entities as plain data in one order, so that ours and MLflow's can be compared as wholes. */
import type {
  DatasetInput,
  Experiment,
  Int64,
  Metric,
  Run,
  RunInfo,
} from '../../../src/tracking/entities.ts';

export type PlainMetric = readonly [key: string, value: number, timestamp: Int64, step: Int64];
type Pairs = readonly (readonly [string, string])[];

export interface PlainRun {
  readonly info: Omit<RunInfo, 'startTime' | 'endTime'> & {
    readonly startTime: number | null;
    readonly endTime: number | null;
  };
  readonly metrics: readonly PlainMetric[];
  readonly params: Pairs;
  readonly tags: Pairs;
  readonly datasets: readonly object[];
}

export interface PlainExperiment extends Omit<Experiment, 'tags' | 'creationTime' | 'lastUpdateTime'> {
  readonly creationTime: number | null;
  readonly lastUpdateTime: number | null;
  readonly tags: Pairs;
}

export const plainRun = ({ info, metrics, params, tags, datasets }: Run): PlainRun =>
  sortedRun({
    info: { ...info, startTime: info.startTime ?? null, endTime: info.endTime ?? null },
    metrics: [...metrics.values()].map(plainMetric),
    params: [...params],
    tags: [...tags],
    datasets: datasets.map(plainDataset),
  });

/** What bridge.py gives for a run, in the same order. */
export const sortedRun = (run: PlainRun): PlainRun => ({
  info: run.info,
  metrics: sorted(run.metrics),
  params: sorted(run.params),
  tags: sorted(run.tags),
  datasets: run.datasets,
});

export const plainMetric = ({ key, value, timestamp, step }: Metric): PlainMetric => [
  key,
  value,
  timestamp,
  step,
];

const plainDataset = ({ dataset, tags }: DatasetInput) => ({
  ...dataset,
  schema: dataset.schema ?? null,
  profile: dataset.profile ?? null,
  tags: [...tags],
});

export const plainExperiment = (experiment: Experiment): PlainExperiment => ({
  ...experiment,
  creationTime: experiment.creationTime ?? null,
  lastUpdateTime: experiment.lastUpdateTime ?? null,
  tags: sorted([...experiment.tags]),
});

export const sortedExperiment = (experiment: PlainExperiment): PlainExperiment => ({
  ...experiment,
  tags: sorted(experiment.tags),
});

/** By key, and otherwise as it was. */
export function sorted<T extends readonly [string, ...unknown[]]>(rows: readonly T[]): readonly T[] {
  return [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}
