/** Experiments in SQL, as `mlflow.store.tracking.sqlalchemy_store` has them. */
import type { Experiment, LifecycleStage, Tag, ViewType } from '../../entities.ts';
import { invalid, missing, TrackingError } from '../../errors.ts';
import { appendUriPath } from '../artifactLocation.ts';
import type { SqlRow, SqlValue } from './connection.ts';
import { ResultCode, resultCodeOf } from './sqliteError.ts';
import type { Session } from './storeFile.ts';

export const lifecycleStages = (viewType: ViewType): readonly LifecycleStage[] =>
  viewType === 'ALL' ? ['active', 'deleted'] : viewType === 'DELETED_ONLY' ? ['deleted'] : ['active'];

/** As Python's `int()` reads it; MLflow's SQL stores number their experiments. An empty id means experiment 0. */
export function parseExperimentId(experimentId: string): number {
  if (/^\s*[+-]?\d(_?\d)*\s*$/.test(experimentId)) return Number(experimentId.replaceAll('_', ''));
  if (experimentId === '') return 0;
  throw invalid(`"${experimentId}" is not an experiment ID of this store: they are whole numbers.`);
}

const noExperiment = (experimentId: string) =>
  missing(`There is no experiment with the ID ${experimentId} in this tracking store.`);

const selectExperiment = `
  SELECT experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time FROM experiments`;

function toExperiment(row: SqlRow, tags: ReadonlyMap<string, string>): Experiment {
  const [id, name, artifactLocation, stage, created, updated] = row;
  return {
    experimentId: String(id),
    name: String(name),
    artifactLocation: textOr(artifactLocation, ''),
    lifecycleStage: stage === 'deleted' ? 'deleted' : 'active',
    creationTime: timeOf(created),
    lastUpdateTime: timeOf(updated),
    tags,
  };
}

export const textOr = (value: SqlValue | undefined, otherwise: string) =>
  value == null ? otherwise : String(value);
export const timeOf = (value: SqlValue | undefined) => (value == null ? undefined : Number(value));

/** The experiments with these ids, in their order. */
export function loadExperiments({ db }: Session, ids: readonly SqlValue[]): Experiment[] {
  const inIds = 'experiment_id IN (SELECT value FROM json_each(?))';
  const json = JSON.stringify(ids.map(Number));
  const tags = new Map<SqlValue | undefined, Map<string, string>>(ids.map(id => [id, new Map()]));
  for (const [id, key, value] of db.rows(
    `SELECT experiment_id, key, value FROM experiment_tags WHERE ${inIds}`,
    json,
  )) {
    tags.get(id)?.set(String(key), textOr(value, ''));
  }
  const rows = new Map(db.rows(`${selectExperiment} WHERE ${inIds}`, json).map(row => [row[0], row]));
  return ids.flatMap(id => {
    const row = rows.get(id);
    return row ? toExperiment(row, tags.get(id) ?? new Map<string, string>()) : [];
  });
}

function findExperiment(session: Session, condition: string, value: SqlValue): Experiment | undefined {
  const id = session.db.row(`SELECT experiment_id FROM experiments WHERE ${condition}`, value)?.[0];
  return id === undefined ? undefined : loadExperiments(session, [id])[0];
}

export function getExperiment(session: Session, experimentId: string): Experiment {
  const experiment = findExperiment(session, 'experiment_id = ?', parseExperimentId(experimentId));
  if (!experiment) throw noExperiment(experimentId);
  return experiment;
}

export const getExperimentByName = (session: Session, name: string) =>
  findExperiment(session, 'name = ?', name);

export function countRuns(
  { db }: Session,
  experimentIds: readonly string[],
  viewType: ViewType,
): Map<string, number> {
  const counts = db.rows(
    `SELECT experiment_id, count(*) FROM runs
     WHERE experiment_id IN (SELECT value FROM json_each(?)) AND lifecycle_stage IN (SELECT value FROM json_each(?))
     GROUP BY experiment_id`,
    JSON.stringify(experimentIds.map(parseExperimentId)),
    JSON.stringify(lifecycleStages(viewType)),
  );
  const byId = new Map(counts.map(([id, count]) => [String(id), Number(count)]));
  return new Map(experimentIds.map(id => [id, byId.get(String(parseExperimentId(id))) ?? 0]));
}

export function createExperiment(
  session: Session,
  name: string,
  artifactLocation: string | undefined,
  tags: readonly Tag[],
): string {
  const now = Date.now();
  let id: number;
  try {
    id = session.db.insert(
      `INSERT INTO main.experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)
       VALUES (?, ?, 'active', ?, ?)`,
      ...[name, artifactLocation ?? null, now, now],
    );
  } catch (error) {
    if (resultCodeOf(error) !== ResultCode.constraint) throw error;
    throw nameInUse(session, name, 'RESOURCE_ALREADY_EXISTS', error);
  }
  if (artifactLocation === undefined) {
    session.db.run(
      'UPDATE main.experiments SET artifact_location = ? WHERE experiment_id = ?',
      ...[appendUriPath(session.artifactRoot, String(id)), id],
    );
  }
  for (const tag of tags) writeTag(session, id, tag);
  return String(id);
}

function nameInUse(
  session: Session,
  name: string,
  errorCode: 'RESOURCE_ALREADY_EXISTS' | 'BAD_REQUEST',
  cause: unknown,
): TrackingError {
  const deleted = getExperimentByName(session, name)?.lifecycleStage === 'deleted';
  return new TrackingError(
    errorCode,
    deleted
      ? `A deleted experiment has the name "${name}" already: restore that one, or choose another name.`
      : `An experiment named "${name}" exists already: choose another name.`,
    { cause },
  );
}

export function renameExperiment(session: Session, experimentId: string, name: string): void {
  const { lifecycleStage } = getExperiment(session, experimentId);
  if (lifecycleStage !== 'active') {
    throw new TrackingError('INVALID_STATE', 'A deleted experiment cannot be renamed: restore it first.');
  }
  try {
    session.db.run(
      'UPDATE main.experiments SET name = ?, last_update_time = ? WHERE experiment_id = ?',
      ...[name, Date.now(), parseExperimentId(experimentId)],
    );
  } catch (error) {
    if (resultCodeOf(error) !== ResultCode.constraint) throw error;
    throw nameInUse(session, name, 'BAD_REQUEST', error);
  }
}

/** Deletes all of its runs too, also those that are deleted already: their time of deletion becomes now, as in MLflow. */
export function deleteExperiment(session: Session, experimentId: string): void {
  setLifecycleStage(session, experimentId, 'active', 'deleted');
}

export function restoreExperiment(session: Session, experimentId: string): void {
  setLifecycleStage(session, experimentId, 'deleted', 'active');
}

function setLifecycleStage(
  session: Session,
  experimentId: string,
  from: LifecycleStage,
  to: LifecycleStage,
): void {
  if (getExperiment(session, experimentId).lifecycleStage !== from) {
    throw missing(`There is no ${from} experiment with the ID ${experimentId} in this tracking store.`);
  }
  const id = parseExperimentId(experimentId);
  const now = Date.now();
  session.db.run(
    'UPDATE main.experiments SET lifecycle_stage = ?, last_update_time = ? WHERE experiment_id = ?',
    ...[to, now, id],
  );
  session.db.run(
    'UPDATE runs SET lifecycle_stage = ?, deleted_time = ? WHERE experiment_id = ?',
    ...[to, to === 'deleted' ? now : null, id],
  );
}

export function setExperimentTag(session: Session, experimentId: string, tag: Tag): void {
  requireActive(getExperiment(session, experimentId));
  writeTag(session, parseExperimentId(experimentId), tag);
}

function writeTag({ db }: Session, experimentId: number, { key, value }: Tag): void {
  db.run(
    `INSERT INTO experiment_tags (key, value, experiment_id) VALUES (?, ?, ?)
     ON CONFLICT (key, experiment_id) DO UPDATE SET value = excluded.value`,
    ...[key, value, experimentId],
  );
}

export function requireActive({ experimentId, name, lifecycleStage }: Experiment): void {
  if (lifecycleStage === 'active') return;
  throw invalid(
    `The experiment "${name}" (${experimentId}) must be in the 'active' state, and is ${lifecycleStage}: restore it first.`,
  );
}
