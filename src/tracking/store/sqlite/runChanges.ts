/** Changes of runs in SQL, as `mlflow.store.tracking.sqlalchemy_store` makes them. */
import { MlflowTag, type RunInfo, type Tag } from '../../entities.ts';
import { invalid, missing, TrackingError } from '../../errors.ts';
import { appendUriPath } from '../artifactLocation.ts';
import type { NewRun, RunUpdate } from '../trackingStore.ts';
import type { SqlValue } from './connection.ts';
import { getExperiment, parseExperimentId, requireActive } from './experiments.ts';
import { type FlatRun, getRun, getRunInfo, noRun, inOurExperiments, requireActiveRun } from './runs.ts';
import { ResultCode, resultCodeOf } from './sqliteError.ts';
import type { Session } from './storeFile.ts';

export function createRun(session: Session, run: NewRun): FlatRun {
  const { runId, userId, startTime, tags } = run;
  const experiment = getExperiment(session, run.experimentId);
  requireActive(experiment);
  const tagged = tags.find(({ key }) => key === MlflowTag.runName)?.value ?? '';
  if (run.runName !== '' && tagged !== '' && run.runName !== tagged) {
    throw invalid(`The run is named "${run.runName}", but its tag ${MlflowTag.runName} says "${tagged}".`);
  }
  const runName = run.runName === '' ? tagged : run.runName;
  if (runName === '') throw invalid('A run needs a name.');
  const artifactUri = appendUriPath(experiment.artifactLocation, runId, 'artifacts');
  try {
    session.db.run(
      `INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,
                         end_time, deleted_time, source_version, lifecycle_stage, artifact_uri, experiment_id)
       VALUES (?, ?, 'UNKNOWN', '', '', ?, 'RUNNING', ?, NULL, NULL, '', 'active', ?, ?)`,
      ...[runId, runName, userId, startTime, artifactUri, parseExperimentId(run.experimentId)],
    );
  } catch (error) {
    if (resultCodeOf(error) !== ResultCode.constraint) throw error;
    throw new TrackingError('RESOURCE_ALREADY_EXISTS', `A run with the ID ${runId} exists already.`, {
      cause: error,
    });
  }
  for (const tag of tags) setTag(session, runId, tag);
  setTag(session, runId, { key: MlflowTag.runName, value: runName });
  return getRun(session, runId);
}

export function updateRun(session: Session, runId: string, { status, endTime, runName }: RunUpdate): RunInfo {
  requireActiveRun(session, runId);
  const set = (column: string, value: SqlValue) =>
    session.db.run(`UPDATE runs SET ${column} = ? WHERE run_uuid = ?`, value, runId);
  if (status !== undefined) set('status', status);
  if (endTime !== undefined) set('end_time', endTime);
  if (runName !== undefined) setTag(session, runId, { key: MlflowTag.runName, value: runName });
  return getRunInfo(session, runId);
}

/** Deleting what is deleted and restoring what is active is no error, in MLflow neither. */
export function deleteRun(session: Session, runId: string): void {
  setLifecycleStage(session, runId, 'deleted', Date.now());
}

export function restoreRun(session: Session, runId: string): void {
  setLifecycleStage(session, runId, 'active', null);
}

function setLifecycleStage(session: Session, runId: string, stage: string, deletedTime: number | null): void {
  const changed = session.db.run(
    `UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE run_uuid = ? AND ${inOurExperiments}`,
    ...[stage, deletedTime, runId],
  );
  if (changed === 0) throw noRun(runId);
}

export function deleteTag(session: Session, runId: string, key: string): void {
  requireActiveRun(session, runId);
  const deleted = session.db.run('DELETE FROM tags WHERE run_uuid = ? AND key = ?', runId, key);
  if (deleted === 0) throw missing(`The run ${runId} has no tag "${key}".`);
}

/** The tag `mlflow.runName` and the run's name are one thing; an empty name changes neither, as in MLflow. */
export function setTag({ db }: Session, runId: string, { key, value }: Tag): void {
  if (key === MlflowTag.runName) {
    if (value === '') return;
    db.run('UPDATE runs SET name = ? WHERE run_uuid = ?', value, runId);
  }
  db.run(
    `INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)
     ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value`,
    ...[key, value, runId],
  );
}
