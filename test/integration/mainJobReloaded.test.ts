import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import type { ActiveRun } from '../../src/tracking/activeRun.ts';
import { pythonVariable } from '../host/control.ts';
import { control } from './support/control.ts';
import { activated, artifactFile, activeRunWhere, eventually } from './support/extension.ts';
import { keptFromLastPhase } from './support/mainJob.ts';

/** Reads the run with MLflow's own client, as the person's next script does. */
const readWithMlflow = `
import json, os, sys
import mlflow
uri, run_id = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = mlflow.MlflowClient()
run = client.get_run(run_id)
files, folders = [], [None]
while folders:
    for found in client.list_artifacts(run_id, folders.pop()):
        (folders if found.is_dir else files).append(found.path)
print(json.dumps({
    "status": run.info.status,
    "ended": run.info.end_time is not None,
    "params": run.data.params,
    "acc": run.data.metrics["acc"],
    "history": len(client.get_metric_history(run_id, "loss")),
    "files": len(files),
    "late": mlflow.artifacts.load_text(f"{run.info.artifact_uri}/late.txt"),
}))
`;

describe('The main job, after a reload', () => {
  let api: RunlightApi;
  let run: ActiveRun;

  before(async () => {
    api = await activated();
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
  });

  it('goes on with the run that was active, says so, and asks nothing', async () => {
    run = await activeRunWhere(api, ({ info }) => info.runName === 'main-job');
    await control.statusBarItem('main-job');
    assert.deepEqual(await control.notifications(), []);
    assert.match(await control.readView('Active Run'), /Taken up again/);
    assert.equal((await api.getRun(run.info.runId)).info.status, 'RUNNING');
  });

  it('brings what was written just before, and sends nothing a second time', async () => {
    await eventually(async () => {
      const late = await readFile(artifactFile(run, 'late.txt'), 'utf8').catch(() => undefined);
      return late === 'just before the reload';
    });
    const { slowArrived } = await keptFromLastPhase();
    assert.equal((await stat(artifactFile(run, 'slow.bin'))).mtimeMs, slowArrived);
  });

  it('ends the run from the palette, and MLflow’s own client finds all of it', async () => {
    await control.runCommand('MLflow: End Run');
    await eventually(async () => (await api.getRun(run.info.runId)).info.status === 'FINISHED');
    const python = process.env[pythonVariable] ?? '';
    const { stdout } = await promisify(execFile)(python, [
      '-c',
      readWithMlflow,
      api.getTrackingUri(),
      run.info.runId,
    ]);
    assert.deepEqual(JSON.parse(stdout), {
      status: 'FINISHED',
      ended: true,
      params: { lr: '0.01' },
      acc: 0.5,
      history: 1000,
      files: 2402,
      late: 'just before the reload',
    });
  });
});
