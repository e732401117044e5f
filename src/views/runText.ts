import type { PinnedColumns } from '../services/trackingModel/viewOptions.ts';
import type { Run } from '../tracking/entities.ts';
import { excerptOf, formatMetric } from './format.ts';

/** MLflow's own tags are shown as what they mean. */
export const isUserTag = (key: string) => !key.startsWith('mlflow.');

/** What was logged, in the order of its keys. */
export const byKey = <T>(entries: ReadonlyMap<string, T>) =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));

/** A run without a name goes by its id. */
export const runNameOf = ({ info }: Run) => info.runName || info.runId;

/** What a run is told from its neighbours by: what the person pinned, else its first metric by name. */
export function pinnedValues(run: Run, pinned: PinnedColumns | undefined): readonly string[] {
  const parts: string[] = [];
  const metric = pinned?.metric ?? (pinned?.param === undefined ? firstMetric(run) : undefined);
  const value = metric === undefined ? undefined : run.metrics.get(metric)?.value;
  if (metric !== undefined && value !== undefined) parts.push(`${metric} ${formatMetric(value)}`);
  const param = pinned?.param === undefined ? undefined : run.params.get(pinned.param);
  if (pinned?.param !== undefined && param !== undefined)
    parts.push(`${pinned.param} ${excerptOf(param, 40)}`);
  return parts;
}

function firstMetric({ metrics }: Run): string | undefined {
  const keys = [...metrics.keys()];
  const own = keys.filter(key => !key.startsWith('system/'));
  return (own.length > 0 ? own : keys).reduce<string | undefined>(
    (first, key) => (first === undefined || key < first ? key : first),
    undefined,
  );
}
