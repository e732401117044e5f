import type { StoreAccess } from '../trackingStore.ts';
import type { Connection } from './connection.ts';

/** What a file's tables allow. Found by looking at the tables: revision names say nothing about order. */
export type SchemaState =
  /** No tables at all: a file that somebody is about to fill. */
  | { readonly kind: 'empty' }
  | ({ readonly kind: 'ready' } & Features)
  /** `unfinished`: what is missing may appear any moment, since migrations of MLflow are not transactions. */
  | { readonly kind: 'unusable'; readonly reason: string; readonly unfinished: boolean };

export interface Features {
  readonly access: StoreAccess;
  /** Experiments belong to workspaces. */
  readonly workspaces: boolean;
  /** The tables of datasets and inputs (MLflow 2.4 and later). */
  readonly datasets: boolean;
  /** Whether metrics have the index on (run_uuid, key, step) (MLflow 3). */
  readonly stepIndex: boolean;
  /** The index that finds one metric of one run best. */
  readonly metricsIndex: string | undefined;
}

/** The columns that are read or written, by table: what MLflow 1.30.1 has. */
const columns = {
  experiments: [
    'experiment_id',
    'name',
    'artifact_location',
    'lifecycle_stage',
    'creation_time',
    'last_update_time',
  ],
  experiment_tags: ['key', 'value', 'experiment_id'],
  runs: [
    ...[
      'run_uuid',
      'name',
      'source_type',
      'source_name',
      'entry_point_name',
      'user_id',
      'status',
      'start_time',
    ],
    ...['end_time', 'source_version', 'lifecycle_stage', 'artifact_uri', 'experiment_id', 'deleted_time'],
  ],
  tags: ['key', 'value', 'run_uuid'],
  params: ['key', 'value', 'run_uuid'],
  metrics: ['key', 'value', 'timestamp', 'run_uuid', 'step', 'is_nan'],
  latest_metrics: ['key', 'value', 'timestamp', 'step', 'is_nan', 'run_uuid'],
};

const stepIndex = 'index_metrics_run_uuid_key_step';

/** Looks at the tables in the database's file, whatever temporary ones hide them; sees one state of it if called within a transaction. */
export function readSchema(connection: Connection, path: string): SchemaState {
  const tables = new Set(
    connection.rows(`SELECT name FROM main.sqlite_master WHERE type = 'table'`).map(([name]) => String(name)),
  );
  if (tables.size === 0) return { kind: 'empty' };
  const unusable = (reason: string, unfinished: boolean): SchemaState => ({
    kind: 'unusable',
    reason,
    unfinished,
  });

  if (!tables.has('alembic_version') && !tables.has('experiments') && !tables.has('runs')) {
    return unusable(
      `"${path}" is an SQLite database, but not a tracking store of MLflow: choose another tracking URI.`,
      false,
    );
  }
  if (!tables.has('alembic_version') || !connection.row('SELECT version_num FROM main.alembic_version')) {
    return unusable(
      `The tracking store "${path}" was made only in part: it has tables but no MLflow schema revision. ` +
        'If MLflow is creating it right now, try again in a moment; otherwise move the file away.',
      true,
    );
  }
  const unknown: string[] = [];
  for (const [table, known] of Object.entries(columns)) {
    const found = connection.rows(
      `SELECT name, "notnull", dflt_value, hidden FROM pragma_table_xinfo(?, 'main')`,
      table,
    );
    const missing = known.find(column => !found.some(([name]) => name === column));
    if (missing !== undefined) {
      return unusable(
        `The tracking store "${path}" has an older schema than MLflow 1.30's (no ${table}.${missing}). ` +
          'Make a backup and upgrade it with "mlflow db upgrade".',
        true,
      );
    }
    for (const [name, notNull, defaultValue, hidden] of found) {
      if (notNull === 1 && defaultValue === null && hidden === 0 && !known.includes(String(name))) {
        unknown.push(`${table}.${String(name)}`);
      }
    }
  }
  const indexes = connection
    .rows(`SELECT name FROM main.sqlite_master WHERE type = 'index' AND tbl_name = 'metrics'`)
    .map(([name]) => String(name));
  const metricsIndex = [stepIndex, 'index_metrics_run_uuid'].find(index => indexes.includes(index));
  return {
    kind: 'ready',
    access:
      unknown.length === 0
        ? { writable: true }
        : {
            writable: false,
            reason:
              `The tracking store "${path}" was upgraded by a newer MLflow than this extension knows: ` +
              `it wants a value for ${unknown.join(' and ')}. It can be read, not written: update the extension.`,
          },
    workspaces:
      connection.rows(`SELECT 1 FROM pragma_table_info('experiments', 'main') WHERE name = 'workspace'`)
        .length > 0,
    datasets: ['datasets', 'inputs', 'input_tags'].every(table => tables.has(table)),
    stepIndex: metricsIndex === stepIndex,
    metricsIndex,
  };
}
