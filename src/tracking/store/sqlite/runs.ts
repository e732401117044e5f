/** Runs in SQL, as `mlflow.store.tracking.sqlalchemy_store` has them. */
import { type DatasetInput, type RunInfo, type RunStatus, runStatuses } from '../../entities.ts';
import { invalid, missing } from '../../errors.ts';
import type { SqlRow, SqlValue } from './connection.ts';
import { textOr, timeOf } from './experiments.ts';
import type { Session } from './storeFile.ts';

/** A run on its way between threads: flat lists, because those are copied several times as fast as maps and objects. */
export interface FlatRun {
  readonly info: RunInfo;
  /** key, value, timestamp, step of one metric after the other. */
  readonly metrics: SqlValue[];
  /** key, value, key, value, … */
  readonly params: string[];
  readonly tags: string[];
  readonly datasets: DatasetInput[];
}

export const noRun = (runId: string) =>
  missing(`There is no run with the ID ${runId} in this tracking store.`);

const selectRun = `
  SELECT run_uuid, name, experiment_id, user_id, status, start_time, end_time, lifecycle_stage, artifact_uri FROM runs`;

function toRunInfo(row: SqlRow): RunInfo {
  const [runId, name, experimentId, userId, status, startTime, endTime, stage, artifactUri] = row;
  return {
    runId: String(runId),
    runName: textOr(name, ''),
    experimentId: String(experimentId),
    userId: textOr(userId, ''),
    status: isRunStatus(status) ? status : 'RUNNING',
    startTime: timeOf(startTime),
    endTime: timeOf(endTime),
    lifecycleStage: stage === 'deleted' ? 'deleted' : 'active',
    artifactUri: textOr(artifactUri, ''),
  };
}

const isRunStatus = (value: SqlValue | undefined): value is RunStatus =>
  (runStatuses as readonly unknown[]).includes(value);

/** A term that leaves out runs of experiments that are not ours to see. */
export const inOurExperiments =
  'EXISTS (SELECT 1 FROM experiments WHERE experiments.experiment_id = runs.experiment_id)';

export function getRunInfo(session: Session, runId: string): RunInfo {
  const row = session.db.row(`${selectRun} WHERE run_uuid = ? AND ${inOurExperiments}`, runId);
  if (!row) throw noRun(runId);
  return toRunInfo(row);
}

/** @throws TrackingError if the run is deleted, as every write to it (`_check_run_is_active`), or unknown */
export function requireActiveRun(session: Session, runId: string): void {
  const row = session.db.row(
    `SELECT lifecycle_stage FROM runs WHERE run_uuid = ? AND ${inOurExperiments}`,
    runId,
  );
  if (!row) throw noRun(runId);
  if (row[0] === 'active') return;
  throw invalid(
    `The run ${runId} must be in the 'active' state, and is ${String(row[0])}: restore it first.`,
  );
}

export function getRun(session: Session, runId: string): FlatRun {
  const [run] = loadRuns(session, [getRunInfo(session, runId).runId]);
  if (!run) throw noRun(runId);
  return run;
}

/** The runs with these ids, in their order, with all that belongs to them: one query a table, however many runs. */
export function loadRuns({ db }: Session, runIds: readonly string[]): FlatRun[] {
  const ids = JSON.stringify(runIds);
  const inIds = 'IN (SELECT value FROM json_each(?))';
  const runs = new Map<SqlValue | undefined, FlatRun>();
  for (const row of db.rows(`${selectRun} WHERE run_uuid ${inIds} AND ${inOurExperiments}`, ids)) {
    runs.set(row[0], { info: toRunInfo(row), metrics: [], params: [], tags: [], datasets: [] });
  }
  for (const [id, key = '', value = null, timestamp = null, step = null, isNaN] of db.rows(
    `SELECT run_uuid, key, value, timestamp, step, is_nan FROM latest_metrics WHERE run_uuid ${inIds}`,
    ids,
  )) {
    runs.get(id)?.metrics.push(key, isNaN === 1 ? NaN : value, timestamp, step);
  }
  for (const [id, key, value] of db.rows(
    `SELECT run_uuid, key, value FROM params WHERE run_uuid ${inIds}`,
    ids,
  )) {
    runs.get(id)?.params.push(String(key), textOr(value, ''));
  }
  for (const [id, key, value] of db.rows(
    `SELECT run_uuid, key, value FROM tags WHERE run_uuid ${inIds}`,
    ids,
  )) {
    runs.get(id)?.tags.push(String(key), textOr(value, ''));
  }
  addDatasets(
    runs,
    db.rows(
      `SELECT destination_id, dataset_uuid, datasets.name, digest, dataset_source_type, dataset_source,
              dataset_schema, dataset_profile, input_tags.name, input_tags.value
       FROM inputs JOIN datasets ON source_id = dataset_uuid LEFT JOIN input_tags USING (input_uuid)
       WHERE destination_type = 'RUN' AND destination_id ${inIds}`,
      ids,
    ),
  );
  return runIds.flatMap(id => runs.get(id) ?? []);
}

function addDatasets(runs: ReadonlyMap<SqlValue | undefined, FlatRun>, rows: readonly SqlRow[]): void {
  const tagsByUse = new Map<string, Map<string, string>>();
  for (const [runId, uuid, name, digest, sourceType, source, schema, profile, tag, tagValue] of rows) {
    const use = `${String(runId)} ${String(uuid)}`;
    let tags = tagsByUse.get(use);
    if (!tags) {
      tags = new Map();
      tagsByUse.set(use, tags);
      const dataset = {
        name: String(name),
        digest: String(digest),
        sourceType: String(sourceType),
        source: String(source),
        schema: schema == null ? undefined : String(schema),
        profile: profile == null ? undefined : String(profile),
      };
      runs.get(runId)?.datasets.push({ dataset, tags });
    }
    if (tag != null) tags.set(String(tag), textOr(tagValue, ''));
  }
}
