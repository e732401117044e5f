import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { activated, endAll, execute, inWorkspace, refusal } from './support/extension.ts';

let api: RunlightApi;

before(async () => {
  api = await activated();
});

afterEach(() => endAll(api));

describe('Run commands, called with arguments', () => {
  it('start a run in a new experiment with a readable name, and end it', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    const run = api.activeRun();
    assert.equal(run?.info.runId, runId);
    assert.match(run.info.runName, /^[a-z]+-[a-z]+-\d+$/);
    const experiments = await api.listExperiments();
    const experiment = experiments.find(({ experimentId }) => experimentId === run.info.experimentId);
    assert.match(experiment?.name ?? '', /^[a-z]+-[a-z]+-\d+$/);

    await execute('runlight.endRun', {});
    assert.equal(api.activeRun(), undefined);
    const { info } = await api.getRun(runId);
    assert.equal(info.status, 'FINISHED');
    assert.ok(info.endTime !== undefined && info.startTime !== undefined && info.endTime >= info.startTime);
  });

  it('take every option of a run', async () => {
    const experimentId = await execute<string>('runlight.createExperiment', { name: 'all options' });
    const runId = await execute<string>('runlight.startRun', {
      experimentId,
      runName: 'named',
      sourceName: 'main.R',
      sourceVersion: 'abc',
      sourceType: 'JOB',
      entryPointName: 'train',
      tags: { team: 'a' },
    });
    const { info, tags } = await api.getRun(runId);
    assert.equal(info.experimentId, experimentId);
    assert.equal(info.runName, 'named');
    const expected = {
      'mlflow.runName': 'named',
      'mlflow.source.name': 'main.R',
      'mlflow.source.git.commit': 'abc',
      'mlflow.source.type': 'JOB',
      'mlflow.project.entryPoint': 'train',
      'team': 'a',
    };
    for (const [key, value] of Object.entries(expected)) assert.equal(tags.get(key), value, key);
  });

  it('refuse a second run, nest one, and end the innermost first', async () => {
    const parent = await execute<string>('runlight.startRun', { runName: 'outer' });
    await assert.rejects(
      execute('runlight.startRun', {}),
      refusal('INVALID_STATE', /Run "outer" is already active/),
    );
    const child = await execute<string>('runlight.startNestedRun', { runName: 'inner' });
    assert.equal((await api.getRun(child)).tags.get('mlflow.parentRunId'), parent);
    await execute('runlight.endRun', { status: 'FAILED' });
    assert.equal((await api.getRun(child)).info.status, 'FAILED');
    assert.equal(api.activeRun()?.info.runId, parent);
    await execute('runlight.endRunKilled', {});
    assert.equal((await api.getRun(parent)).info.status, 'KILLED');
  });

  it('resume a run: it is running again and its end is unset', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    await execute('runlight.endRunFailed', {});
    assert.equal(await execute('runlight.resumeRun', { runUuid: runId }), runId);
    const { info } = await api.getRun(runId);
    assert.equal(info.status, 'RUNNING');
    assert.equal(info.endTime, undefined);
  });

  it('end a run that is not active here in its store', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    const { store } = api.activeRun() ?? {};
    await execute('runlight.endRun', {});
    await store?.updateRun(runId, { status: 'RUNNING', endTime: null });
    await execute('runlight.endRun', { runId, status: 'KILLED' });
    const { info } = await api.getRun(runId);
    assert.equal(info.status, 'KILLED');
    assert.notEqual(info.endTime, undefined);
  });

  it('rename, delete and restore', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    await execute('runlight.renameRun', { runId, name: 'renamed while active' });
    assert.equal((await api.getRun(runId)).info.runName, 'renamed while active');
    await assert.rejects(
      execute('runlight.deleteRun', { runIds: [runId] }),
      refusal('INVALID_STATE', /is active: end it before/),
    );
    await execute('runlight.endRun', {});
    await execute('runlight.renameRun', { runId, name: 'renamed' });
    const renamed = await api.getRun(runId);
    assert.equal(renamed.info.runName, 'renamed');
    assert.equal(renamed.tags.get('mlflow.runName'), 'renamed');
    await execute('runlight.deleteRun', { runIds: [runId] });
    assert.equal((await api.getRun(runId)).info.lifecycleStage, 'deleted');
    await assert.rejects(
      execute('runlight.resumeRun', { runUuid: runId }),
      refusal('INVALID_PARAMETER_VALUE', /is deleted: restore it/),
    );
    await execute('runlight.restoreRun', { runIds: [runId] });
    assert.equal((await api.getRun(runId)).info.lifecycleStage, 'active');
  });

  it('say what is wrong with their arguments', async () => {
    const bad = (message: RegExp) => refusal('INVALID_PARAMETER_VALUE', message);
    await assert.rejects(execute('runlight.startRun', { name: 'a' }), bad(/"name" is not an argument/));
    await assert.rejects(
      execute('runlight.startRun', { sourceType: 'X' }),
      bad(/"sourceType" must be one of/),
    );
    await assert.rejects(execute('runlight.startRun', { runName: '' }), bad(/needs a name/));
    await assert.rejects(execute('runlight.resumeRun', {}), bad(/"runUuid" is missing/));
    await assert.rejects(execute('runlight.endRun', { status: 'RUNNING' }), bad(/"status" must be one of/));
    await assert.rejects(execute('runlight.endRun', {}), refusal('INVALID_STATE', /No run is active/));
    await assert.rejects(
      execute('runlight.startRun', { experimentId: '987654' }),
      refusal('RESOURCE_DOES_NOT_EXIST', /987654/),
    );
  });
});

describe('Logging commands, called with arguments', () => {
  it('log metrics with any number and any step', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    await execute('runlight.logMetric', { key: 'val/loss', value: 0.25, step: 3 });
    await execute('runlight.logMetric', { key: 'nan', value: 'NaN' });
    await execute('runlight.logMetric', { key: 'up', value: 'Infinity', step: '9007199254740993' });
    const { metrics } = await api.getRun(runId);
    assert.equal(metrics.get('val/loss')?.value, 0.25);
    assert.equal(metrics.get('val/loss')?.step, 3);
    assert.equal(metrics.get('nan')?.value, NaN);
    assert.equal(metrics.get('nan')?.step, 0);
    assert.equal(metrics.get('up')?.value, Number.MAX_VALUE);
    assert.equal(metrics.get('up')?.step, 9007199254740993n);
  });

  it('start a run when none is active, and return its id', async () => {
    const runId = await execute<string>('runlight.logMetric', { key: 'a', value: 1 });
    assert.equal(api.activeRun()?.info.runId, runId);
    assert.equal(await execute('runlight.logParam', { key: 'lr', value: '0.01' }), runId);
    assert.equal((await api.getRun(runId)).params.get('lr'), '0.01');
  });

  it('refuse what MLflow refuses, with the way out', async () => {
    await execute('runlight.logParam', { key: 'lr', value: '0.01' });
    const bad = (message: RegExp) => refusal('INVALID_PARAMETER_VALUE', message);
    await assert.rejects(execute('runlight.logParam', { key: 'lr', value: '0.02' }), bad(/lr.*0\.01/s));
    await assert.rejects(execute('runlight.logMetric', { key: 'a#b', value: 1 }), bad(/contains "#"/));
    await assert.rejects(execute('runlight.logMetric', { key: 'a' }), bad(/"value" is missing/));
    await assert.rejects(
      execute('runlight.logMetric', { key: 'a', value: 'x' }),
      bad(/"value" must be a number/),
    );
  });

  it('set tags of the active run, and of another one', async () => {
    const other = await execute<string>('runlight.startRun', {});
    await execute('runlight.endRun', {});
    const runId = await execute<string>('runlight.startRun', {});
    await execute('runlight.setTag', { key: 'stage', value: 'first' });
    await execute('runlight.setTag', { key: 'stage', value: 'second' });
    await execute('runlight.setTag', { key: 'stage', value: 'of the other', runId: other });
    assert.equal((await api.getRun(runId)).tags.get('stage'), 'second');
    assert.equal((await api.getRun(other)).tags.get('stage'), 'of the other');
  });
});

describe('Artifact commands, called with arguments', () => {
  let folder: string;

  before(async () => {
    folder = inWorkspace('made by tests').fsPath;
    await mkdir(join(folder, 'deep', 'er'), { recursive: true });
    await writeFile(join(folder, 'notes äö.txt'), 'notes');
    await writeFile(join(folder, 'deep', 'er', 'a.csv'), 'a\n1\n');
  });

  const artifact = async (path: string) => {
    const root = await api.getArtifactUri();
    return readFile(join(root, path), 'utf8');
  };

  it('log a file and a folder, by absolute and by relative path', async () => {
    await execute('runlight.startRun', {});
    await execute('runlight.logArtifact', { path: join(folder, 'notes äö.txt') });
    await execute('runlight.logArtifact', { path: 'made by tests/deep', artifactPath: 'data/raw' });
    assert.equal(await artifact('notes äö.txt'), 'notes');
    assert.equal(await artifact('data/raw/deep/er/a.csv'), 'a\n1\n');
  });

  it('log what is selected in the Explorer', async () => {
    await execute('runlight.startRun', {});
    const file = vscode.Uri.file(join(folder, 'notes äö.txt'));
    const runId = await execute('runlight.logAsArtifact', file, [
      file,
      vscode.Uri.file(join(folder, 'deep')),
    ]);
    assert.equal(runId, api.activeRun()?.info.runId);
    assert.equal(await artifact('notes äö.txt'), 'notes');
    assert.equal(await artifact('deep/er/a.csv'), 'a\n1\n');
  });

  it('refuse a missing file and a path that leads out, and start no run for it', async () => {
    await assert.rejects(
      execute('runlight.logArtifact', { path: join(folder, 'absent') }),
      refusal('RESOURCE_DOES_NOT_EXIST', /There is no file or folder .*absent/),
    );
    assert.equal(api.activeRun(), undefined);
    await execute('runlight.startRun', {});
    await assert.rejects(
      execute('runlight.logArtifact', { path: folder, artifactPath: '../out' }),
      refusal('INVALID_PARAMETER_VALUE', /\.\.\/out/),
    );
  });

  it('open an artifact in the editor', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    await execute('runlight.logArtifact', { path: 'made by tests/deep' });
    await execute('runlight.openArtifact', { runId, path: 'deep/er/a.csv' });
    const shown = vscode.window.activeTextEditor?.document;
    assert.equal(shown?.getText(), 'a\n1\n');
    assert.equal(shown.uri.fsPath, join(await api.getArtifactUri(), 'deep/er/a.csv'));
  });

  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
});

describe('Experiment commands, called with arguments', () => {
  const named = async (name: string) =>
    (await api.listExperiments('ALL')).find(experiment => experiment.name === name);

  it('create, rename, delete and restore', async () => {
    const artifactLocation = inWorkspace('elsewhere').fsPath;
    const experimentId = await execute<string>('runlight.createExperiment', {
      name: 'first',
      artifactLocation,
    });
    assert.equal((await named('first'))?.experimentId, experimentId);
    assert.equal((await named('first'))?.artifactLocation, artifactLocation);
    await assert.rejects(
      execute('runlight.createExperiment', { name: 'first' }),
      refusal('RESOURCE_ALREADY_EXISTS', /first/),
    );
    await execute('runlight.renameExperiment', { experimentId, name: 'second' });
    assert.equal((await named('second'))?.experimentId, experimentId);
    await execute('runlight.deleteExperiment', { experimentId });
    assert.equal((await named('second'))?.lifecycleStage, 'deleted');
    await execute('runlight.restoreExperiment', { experimentId });
    assert.equal((await named('second'))?.lifecycleStage, 'active');
  });

  it('choose where new runs go; a deleted one is chosen no longer', async () => {
    const experimentId = await execute<string>('runlight.createExperiment', { name: 'chosen' });
    assert.equal(await execute('runlight.chooseExperiment', { experimentId }), experimentId);
    const runId = await execute<string>('runlight.startRun', {});
    assert.equal((await api.getRun(runId)).info.experimentId, experimentId);
    await assert.rejects(
      execute('runlight.deleteExperiment', { experimentId }),
      refusal('INVALID_STATE', /of this experiment is active: end it/),
    );
    await execute('runlight.endRun', {});
    await execute('runlight.deleteExperiment', { experimentId });
    const next = await execute<string>('runlight.startRun', {});
    assert.notEqual((await api.getRun(next)).info.experimentId, experimentId);
  });
});

describe('Store commands, called with arguments', () => {
  const setting = () => vscode.workspace.getConfiguration('runlight').inspect('trackingUri')?.workspaceValue;

  it('write the setting; the active run keeps its store; empty means the default again', async () => {
    const before = api.getTrackingUri();
    const runId = await execute<string>('runlight.startRun', {});
    const uri = `sqlite:///${inWorkspace('other.db').fsPath}`;
    assert.equal(await execute('runlight.setTrackingUri', { uri }), uri);
    assert.equal(setting(), uri);
    assert.equal(api.getTrackingUri(), uri);
    await execute('runlight.logMetric', { key: 'a', value: 1 });
    await assert.rejects(api.getRun(runId), refusal('RESOURCE_DOES_NOT_EXIST', new RegExp(runId)));
    await execute('runlight.endRun', {});
    const elsewhere = await execute<string>('runlight.startRun', {});
    await execute('runlight.endRun', {});

    assert.equal(await execute('runlight.setTrackingUri', { uri: '' }), before);
    assert.equal(setting(), undefined);
    assert.equal((await api.getRun(runId)).metrics.get('a')?.value, 1);
    await assert.rejects(api.getRun(elsewhere), refusal('RESOURCE_DOES_NOT_EXIST', /./));
  });

  it('refuse what is no tracking URI, and leave everything as it is', async () => {
    const before = api.getTrackingUri();
    await assert.rejects(
      execute('runlight.setTrackingUri', { uri: 'ftp://somewhere' }),
      refusal('INVALID_PARAMETER_VALUE', /ftp/),
    );
    assert.equal(api.getTrackingUri(), before);
    assert.equal(setting(), undefined);
  });

  it('check the connection', async () => {
    assert.deepEqual(await execute('runlight.checkConnection', {}), {
      uri: api.getTrackingUri(),
      writable: true,
    });
  });
});

describe('Copy commands return what they copy', () => {
  it('ids, URIs and Python', async () => {
    const runId = 'a'.repeat(32);
    assert.equal(await execute('runlight.copyRunId', { runId }), runId);
    assert.equal(await execute('runlight.copyRunUri', { runId }), `runs:/${runId}`);
    assert.equal(
      await execute('runlight.copyRunUri', { runId, artifactPath: 'plots/a.png' }),
      `runs:/${runId}/plots/a.png`,
    );
    assert.equal(
      await execute('runlight.copyLoadSnippet', { runId }),
      `import mlflow\n\nmlflow.set_tracking_uri("${api.getTrackingUri()}")\nrun = mlflow.get_run("${runId}")\n`,
    );
  });

  it('of the active run where none is named', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    assert.equal(await execute('runlight.copyRunId'), runId);
  });
});
