/** Metrics, parameters and tags of a run in SQL, as `SqlAlchemyStore.log_batch` has them. */
import type { Metric, Param } from '../../entities.ts';
import { invalid } from '../../errors.ts';
import type { RunData } from '../trackingStore.ts';
import { setTag } from './runChanges.ts';
import { requireActiveRun } from './runs.ts';
import type { Session } from './storeFile.ts';

export function logBatch(session: Session, runId: string, { metrics, params, tags }: RunData): void {
  requireActiveRun(session, runId);
  for (const param of params ?? []) logParam(session, runId, param);
  if (metrics) logMetrics(session, runId, metrics);
  for (const tag of tags ?? []) setTag(session, runId, tag);
}

/** Parameters never change: the same value again is accepted, another one refused. */
function logParam({ db }: Session, runId: string, { key, value }: Param): void {
  const inserted = db.run(
    'INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ...[key, value, runId],
  );
  if (inserted === 1) return;
  const existing = db.row('SELECT value FROM params WHERE key = ? AND run_uuid = ?', key, runId)?.[0];
  if (existing === value) return;
  throw invalid(
    `Parameter "${key}" already has the value ${excerpt(String(existing))} in this run. ` +
      "MLflow parameters can't change: log it under another name, or start a new run.",
  );
}

/** As MLflow stores it: NaN is 0 with `is_nan`, the infinities are the greatest doubles (`sanitize_metric_value`). */
interface StoredMetric extends Metric {
  readonly isNaN: 0 | 1;
}

function toStored(metric: Metric): StoredMetric {
  const value = Math.min(Math.max(metric.value, -Number.MAX_VALUE), Number.MAX_VALUE);
  return { ...metric, value: Number.isNaN(value) ? 0 : value, isNaN: Number.isNaN(value) ? 1 : 0 };
}

/** A row that is there already, identical in all columns, is not written again. */
function logMetrics({ db }: Session, runId: string, metrics: readonly Metric[]): void {
  const latest = new Map<string, StoredMetric>();
  for (const metric of metrics) {
    const stored = toStored(metric);
    db.run(
      `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
      ...[stored.key, stored.value, stored.timestamp, runId, stored.step, stored.isNaN],
    );
    const before = latest.get(stored.key);
    if (!before || isLater(stored, before)) latest.set(stored.key, stored);
  }
  for (const { key, value, timestamp, step, isNaN } of latest.values()) {
    db.run(
      `INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (key, run_uuid) DO UPDATE
       SET value = excluded.value, timestamp = excluded.timestamp, step = excluded.step, is_nan = excluded.is_nan
       WHERE (excluded.step, excluded.timestamp, excluded.value)
           > (latest_metrics.step, latest_metrics.timestamp, latest_metrics.value)`,
      ...[key, value, timestamp, step, isNaN, runId],
    );
  }
}

/** By (step, timestamp, value); of equals the earlier stays (`_update_latest_metrics_if_necessary`). */
function isLater(a: StoredMetric, b: StoredMetric): boolean {
  if (a.step !== b.step) return a.step > b.step;
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp;
  return a.value > b.value;
}

const excerpt = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
