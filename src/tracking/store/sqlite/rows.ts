/** Entities out of the flat rows that come from the worker thread, and into those that go there. */
import { type Int64, type Metric, MlflowTag, type Run } from '../../entities.ts';
import { int64Min } from '../../validation.ts';
import type { SqlValue } from './connection.ts';
import type { FlatMetrics } from './logBatch.ts';
import type { PointRow } from './metricHistory.ts';
import type { FlatRun } from './runs.ts';

export const flatten = (metrics: readonly Metric[]): FlatMetrics =>
  metrics.flatMap(({ key, value, timestamp, step }) => [key, value, timestamp, step]);

export function toMetric(
  key: string,
  [value = null, timestamp = null, step = null, isNaN]: PointRow,
): Metric {
  return {
    key,
    value: isNaN === 1 ? NaN : Number(value),
    timestamp: toInt64(timestamp),
    step: toInt64(step),
  };
}

export function toRun({ info, metrics, params, tags, datasets }: FlatRun): Run {
  const tagMap = toMap(tags);
  return {
    // MLflow names a run without a name after its tag (`SqlRun.to_mlflow_entity`).
    info: info.runName === '' ? { ...info, runName: tagMap.get(MlflowTag.runName) ?? '' } : info,
    metrics: toMetrics(metrics),
    params: toMap(params),
    tags: tagMap,
    datasets,
  };
}

function toMap(flat: readonly string[]): Map<string, string> {
  const map = new Map<string, string>();
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i] ?? '', flat[i + 1] ?? '');
  return map;
}

function toMetrics(flat: readonly SqlValue[]): Map<string, Metric> {
  const map = new Map<string, Metric>();
  for (let i = 0; i < flat.length; i += 4) {
    const key = String(flat[i]);
    map.set(key, {
      key,
      value: Number(flat[i + 1]),
      timestamp: toInt64(flat[i + 2] ?? null),
      step: toInt64(flat[i + 3] ?? null),
    });
  }
  return map;
}

/** node:sqlite reads the smallest integer as a number where it should refuse to: its absolute value overflows there. */
function toInt64(value: SqlValue): Int64 {
  if (typeof value === 'bigint') return value;
  const number = Number(value);
  return number === Number(int64Min) ? int64Min : number;
}
