import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Theirs } from './theirs.ts';

/** A store that MLflow itself has made, at `path`, with 100,000 runs and a metric of 1,000,000 points; kept between benches. */
export async function storeOfManyRuns(python: string, path: string): Promise<void> {
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  await rm(unfinished, { force: true });
  {
    await using mlflow = new Theirs(python, `sqlite:///${unfinished}`);
    await mlflow.call('create_run', '0');
  }
  const database = new DatabaseSync(unfinished);
  database.exec(`
    PRAGMA synchronous = OFF;
    BEGIN;
    INSERT INTO experiments (experiment_id, name, artifact_location, lifecycle_stage, creation_time, last_update_time)
    VALUES (1, 'many runs', '/artifacts/1', 'active', 1700000000000, 1700000000000);

    CREATE TEMP TABLE n AS WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)
    SELECT i, printf('%016x%016x', (i * 2654435761) % 4294967296, i) AS run, abs((i * 7919) % 100003) / 100003.0 AS x FROM n;

    INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time, end_time,
                      source_version, lifecycle_stage, artifact_uri, experiment_id)
    SELECT run, 'run-' || i, 'UNKNOWN', '', '', 'ann', CASE i % 10 WHEN 0 THEN 'FAILED' ELSE 'FINISHED' END,
           1700000000000 + i * 1000, 1700000000000 + i * 1000 + 60000, '', 'active', '/artifacts/1/' || run || '/artifacts', 1 FROM n;

    INSERT INTO tags (key, value, run_uuid)
    SELECT column1, CASE column1 WHEN 'mlflow.runName' THEN 'run-' || i ELSE column2 END, run FROM n, (VALUES
      ('mlflow.runName', ''), ('mlflow.user', 'ann'), ('mlflow.source.name', 'train.py'), ('mlflow.source.type', 'LOCAL'),
      ('mlflow.source.git.commit', '0123456789abcdef0123456789abcdef01234567'));

    INSERT INTO params (key, value, run_uuid)
    SELECT column1, CASE column1 WHEN 'model' THEN 'resnet' || (i % 5) ELSE CAST(i % column2 AS TEXT) END, run
    FROM n, (VALUES ('model', 5), ('lr', 7), ('batch_size', 11), ('seed', 1000), ('epochs', 3));

    INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid)
    SELECT column1, abs(column2 - x), 1700000000000 + i * 1000, 100, 0, run
    FROM n, (VALUES ('acc', 0.0), ('loss', 1.0), ('val/acc', 0.5), ('val/loss', 0.7), ('epoch_time', 0.2));
    INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid)
    SELECT key, value, timestamp, step, is_nan, run_uuid FROM latest_metrics;

    INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid)
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
    SELECT 'long', 1.0 / (1 + i), 1700000000000 + i * 10, i, 0, (SELECT run_uuid FROM runs WHERE name = 'run-0') FROM n;
    COMMIT;
  `);
  database.close();
  await rename(unfinished, path);
}
