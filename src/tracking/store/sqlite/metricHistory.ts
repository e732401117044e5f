/** Histories of metrics in SQL. Generators yield between pieces of work; what they are sent is the session to go on with. */
import type { MetricSummary } from '../trackingStore.ts';
import type { SqlRow, SqlValue } from './connection.ts';
import type { Session } from './storeFile.ts';

/** value, timestamp, step, is_nan */
export type PointRow = SqlRow;
const point = 'value, timestamp, step, is_nan';

/** The last point of a page: timestamp, step, value, is_nan. Together they are unique in a history. */
export type HistoryPosition = readonly [SqlValue, SqlValue, SqlValue, SqlValue];

/**
 * The index is named because SQLite, which knows nothing of how many runs share a key, prefers the primary key's, and
 * then reads that key's points of all runs.
 */
const metrics = ({ features }: Session) =>
  features.metricsIndex === undefined ? 'metrics' : `metrics INDEXED BY ${features.metricsIndex}`;

/** In MLflow's order (timestamp, step, value), at most `limit` points. */
export function getMetricHistory(
  session: Session,
  runId: string,
  key: string,
  limit: number,
  after: HistoryPosition | undefined,
): PointRow[] {
  return session.db.rows(
    `SELECT ${point} FROM ${metrics(session)}
     WHERE run_uuid = ? AND key = ? ${after ? 'AND (timestamp, step, value, is_nan) > (?, ?, ?, ?)' : ''}
     ORDER BY timestamp, step, value, is_nan LIMIT ?`,
    ...[runId, key, ...(after ?? []), limit],
  );
}

export interface StepRange {
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export function* sampleMetricHistory(
  session: Session,
  runIds: readonly string[],
  key: string,
  maxPoints: number,
  range: StepRange,
): Generator<undefined, PointRow[][], Session> {
  const samples: PointRow[][] = [];
  for (const runId of runIds) {
    samples.push(new Series(session, runId, key, range).sample(maxPoints));
    session = yield;
  }
  return samples;
}

/** The points of one metric in one run, in the order (step, timestamp, value, is_nan). */
class Series {
  readonly #session: Session;
  readonly #from: string;
  readonly #parameters: readonly SqlValue[];

  constructor(session: Session, runId: string, key: string, { start, end }: StepRange) {
    this.#session = session;
    this.#from =
      `FROM ${metrics(session)} WHERE run_uuid = ? AND key = ?` +
      (start === undefined ? '' : ' AND step >= ?') +
      (end === undefined ? '' : ' AND step <= ?');
    this.#parameters = [
      runId,
      key,
      ...(start === undefined ? [] : [start]),
      ...(end === undefined ? [] : [end]),
    ];
  }

  sample(maxPoints: number): PointRow[] {
    const enough = this.#rows(`SELECT 1 ${this.#from} LIMIT ?`, maxPoints + 1);
    if (enough.length <= maxPoints) {
      return this.#rows(`SELECT ${point} ${this.#from} ORDER BY step, timestamp, value, is_nan`);
    }
    if (maxPoints === 1) return this.#last();
    const steps = this.#session.features.stepIndex ? this.#spreadSteps(maxPoints) : [];
    // Where points crowd on few steps, an even spread over the steps would leave most of them out.
    return steps.length < maxPoints / 2 ? this.#spreadRanks(maxPoints) : this.#firstPoints(steps);
  }

  /** For each of `count` evenly spaced steps, the first one at or after it that has points; the last one not included. */
  #spreadSteps(count: number): SqlValue[] {
    const end = (order: 'ASC' | 'DESC') =>
      Number(this.#rows(`SELECT step ${this.#from} ORDER BY step ${order} LIMIT 1`)[0]?.[0]);
    const first = end('ASC');
    const last = end('DESC');
    const steps: SqlValue[] = [];
    let latest = -Infinity;
    for (let i = 0; i < count - 1; i++) {
      const at = Math.ceil(first + (last - first) * (i / (count - 1)));
      if (at <= latest) continue;
      const step =
        this.#rows(`SELECT step ${this.#from} AND step >= ? ORDER BY step LIMIT 1`, at)[0]?.[0] ?? null;
      latest = Number(step);
      steps.push(step);
    }
    return steps;
  }

  #firstPoints(steps: readonly SqlValue[]): PointRow[] {
    const first = `SELECT ${point} ${this.#from} AND step = ? ORDER BY timestamp, value, is_nan LIMIT 1`;
    return [...steps.flatMap(step => this.#rows(first, step)), ...this.#last()];
  }

  #last(): PointRow[] {
    return this.#rows(
      `SELECT ${point} ${this.#from} ORDER BY step DESC, timestamp DESC, value DESC, is_nan DESC LIMIT 1`,
    );
  }

  /** `count` points evenly spaced by rank, the first and the last among them. */
  #spreadRanks(count: number): PointRow[] {
    const total = Number(this.#rows(`SELECT count(*) ${this.#from}`)[0]?.[0]);
    return this.#rows(
      `SELECT ${point} FROM (
         SELECT ${point}, row_number() OVER (ORDER BY step, timestamp, value, is_nan) - 1 AS rank ${this.#from}
       ) WHERE (rank * ?) % ? < ? ORDER BY rank`,
      ...[count - 1, total - 1, count - 1],
    );
  }

  #rows(sql: string, ...more: SqlValue[]): SqlRow[] {
    return this.#session.db.rows(sql, ...this.#parameters, ...more);
  }
}

const summaryChunk = 50_000;

/** Reads the run's rows in the order in which they were written, a chunk a transaction: a long one would hold up commits. */
export function* summarizeMetrics(
  session: Session,
  runId: string,
): Generator<undefined, MetricSummary[], Session> {
  const summaries = new Map<string, MetricSummary>();
  for (let after: SqlValue = 0; ; session = yield) {
    let last: SqlValue = null;
    let count = 0;
    for (const [key, points, min, max, rowId = null] of session.db.rows(
      `SELECT key, count(*), min(iif(is_nan, NULL, value)), max(iif(is_nan, NULL, value)), max(id) FROM (
         SELECT rowid AS id, key, value, is_nan FROM metrics WHERE run_uuid = ? AND rowid > ? ORDER BY rowid LIMIT ?
       ) GROUP BY key`,
      ...[runId, after, summaryChunk],
    )) {
      summaries.set(
        String(key),
        merge(summaries.get(String(key)), String(key), Number(points), min ?? null, max ?? null),
      );
      count += Number(points);
      if (last === null || (rowId !== null && rowId > last)) last = rowId;
    }
    if (count < summaryChunk || last === null) break;
    after = last;
  }
  return [...summaries.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function merge(
  before: MetricSummary | undefined,
  key: string,
  count: number,
  min: SqlValue,
  max: SqlValue,
): MetricSummary {
  const least = [before?.min, min].flatMap(value => (value == null ? [] : Number(value)));
  const greatest = [before?.max, max].flatMap(value => (value == null ? [] : Number(value)));
  return {
    key,
    count: (before?.count ?? 0) + count,
    min: least.length === 0 ? undefined : Math.min(...least),
    max: greatest.length === 0 ? undefined : Math.max(...greatest),
  };
}
