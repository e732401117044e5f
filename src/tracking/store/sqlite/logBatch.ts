/** Metrics, parameters and tags of a run in SQL, as `SqlAlchemyStore.log_batch` has them. */
import type { Int64, Param, Tag } from '../../entities.ts';
import { invalid } from '../../errors.ts';
import { setTag } from './runChanges.ts';
import { requireActiveRun } from './runs.ts';
import type { Session } from './storeFile.ts';

/** key, value, timestamp, step of one metric after the other: flat lists are cloned several times as fast as objects. */
export type FlatMetrics = readonly (string | Int64)[];

export function logBatch(
  session: Session,
  runId: string,
  metrics: FlatMetrics,
  params: readonly Param[],
  tags: readonly Tag[],
): void {
  requireActiveRun(session, runId);
  for (const param of params) logParam(session, runId, param);
  logMetrics(session, runId, metrics);
  for (const tag of tags) setTag(session, runId, tag);
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

/** One metric as MLflow stores it: NaN is 0 with `is_nan`, the infinities are the greatest doubles (`sanitize_metric_value`). */
interface StoredMetric {
  readonly value: number;
  readonly timestamp: Int64;
  readonly step: Int64;
  readonly isNaN: 0 | 1;
}

function toStored(value: number, timestamp: Int64, step: Int64): StoredMetric {
  if (Number.isNaN(value)) return { value: 0, timestamp, step, isNaN: 1 };
  return { value: Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE), timestamp, step, isNaN: 0 };
}

/** A row that is there already, identical in all columns, is not written again. */
function logMetrics({ db }: Session, runId: string, metrics: FlatMetrics): void {
  const insert = db.prepare(
    `INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const latest = new Map<string, StoredMetric>();
  for (let i = 0; i < metrics.length; i += 4) {
    const [key, value, timestamp, step] = metrics.slice(i, i + 4) as unknown as [
      string,
      number,
      Int64,
      Int64,
    ];
    const stored = toStored(value, timestamp, step);
    insert.run(key, stored.value, timestamp, runId, step, stored.isNaN);
    const before = latest.get(key);
    if (!before || isLater(stored, before)) latest.set(key, stored);
  }
  for (const [key, { value, timestamp, step, isNaN }] of latest) {
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
