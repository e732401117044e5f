import assert from 'node:assert/strict';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { control } from './support/control.ts';
import {
  activated,
  activeRunWhere,
  endAll,
  eventually,
  execute,
  found,
  inWorkspace,
} from './support/extension.ts';

let api: RunlightApi;

before(async () => {
  api = await activated();
});

afterEach(async () => {
  await endAll(api);
  await vscode.commands.executeCommand('notifications.clearAll');
  await vscode.commands.executeCommand('notifications.hideList');
});

describe('Log as Artifact', () => {
  it('is in the menu of the Explorer, and starts a run where none is active', async () => {
    await vscode.commands.executeCommand('workbench.view.explorer');
    await control.chooseFromRow('Explorer', 'train.py', 'Log as Artifact');
    const run = await activeRunWhere(api, () => true);
    assert.match(await control.notification('No run was active'), new RegExp(run.info.runName));
    const logged = join(await api.getArtifactUri(), 'train.py');
    const original = await readFile(inWorkspace('train.py').fsPath, 'utf8');
    await found(run.store.onDidChange, async () =>
      (await readFile(logged, 'utf8').catch(() => undefined)) === original ? true : undefined,
    );
  });

  it('takes the file in the editor from the palette, into a directory that is checked while it is typed', async () => {
    await vscode.window.showTextDocument(inWorkspace('train.py'));
    await execute('runlight.startRun', { runName: 'takes a file' });
    const title = 'Log File or Folder as Artifact in takes a file';
    await control.runCommand('MLflow: Log File or Folder as Artifact', 'train.py');
    await control.question(title, 'Directory in the run for train.py');
    await control.type('../out');
    await control.question(title, 'leads out with ".."');
    await control.type('code/final');
    await control.accept();
    await control.statusBarItem('Logged train.py to takes a file');
    assert.equal(
      await readFile(join(await api.getArtifactUri(), 'code/final/train.py'), 'utf8'),
      await readFile(inWorkspace('train.py').fsPath, 'utf8'),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

describe('Ending a run whose files are not complete', () => {
  it('says what it waits for, and what was left out when it no longer has to', async () => {
    const outputs = inWorkspace('outputs').fsPath;
    await mkdir(outputs, { recursive: true });
    const runId = await execute<string>('runlight.startRun', { runName: 'waits' });
    await control.statusBarItem('waits');
    // Somebody writes to it: the watcher waits for the end of that.
    const file = await open(join(outputs, 'growing.log'), 'w');
    try {
      await file.write('one line\n');
      await control.runCommand('MLflow: End Run');
      assert.match(
        await control.notification('Ending run "waits"'),
        /1 file to send\. Cancel ends the run without it\./,
      );
      assert.equal((await api.getRun(runId)).info.status, 'RUNNING');
      await control.pressButton('Cancel');
      await control.notification('Run "waits" has ended without growing.log.');
      assert.equal((await api.getRun(runId)).info.status, 'FINISHED');
      assert.equal(api.activeRun(), undefined);
    } finally {
      await file.close();
    }
  });

  it('waits for them where nobody says otherwise', async () => {
    const runId = await execute<string>('runlight.startRun', {});
    const uri = await api.getArtifactUri();
    await writeFile(inWorkspace('outputs', 'late.csv').fsPath, 'a,b\n1,2\n');
    await execute('runlight.endRun', {});
    assert.equal((await api.getRun(runId)).info.status, 'FINISHED');
    assert.equal(await readFile(join(uri, 'late.csv'), 'utf8'), 'a,b\n1,2\n');
  });
});

describe('The status bar', () => {
  it('starts a run, and offers the actions of the active one', async () => {
    await control.clickStatusBarItem('MLflow');
    await control.question('Start Run in');
    await control.type('from the status bar');
    await control.accept();
    const run = await activeRunWhere(api, ({ info }) => info.runName === 'from the status bar');
    await control.statusBarItem('from the status bar');
    await control.clickStatusBarItem('from the status bar');
    const { rows } = await control.question('Run from the status bar');
    assert.ok(
      rows.some(row => row.includes('End run as finished')),
      rows.join('\n'),
    );
    await control.answer('End run as killed');
    await found(run.store.onDidChange, async () =>
      (await api.getRun(run.info.runId)).info.status === 'KILLED' ? true : undefined,
    );
  });
});

describe('Keys', () => {
  it('start a run, or show the actions of the active one', async () => {
    await control.press('Control+KeyK', 'Alt+KeyR');
    await control.question('Start Run in');
    await control.type('by key');
    await control.accept();
    await activeRunWhere(api, ({ info }) => info.runName === 'by key');
    await control.statusBarItem('by key');
    await control.press('Control+KeyK', 'Alt+KeyR');
    await control.question('Run by key');
    await control.dismiss();
  });

  it('rename what is selected in the Experiments view', async () => {
    const runId = await execute<string>('runlight.startRun', { runName: 'renamed by key' });
    await execute('runlight.revealRun', {});
    await control.row('Experiments', 'renamed by key');
    await control.pressInView('Experiments', 'F2');
    await control.question('Rename Run renamed by key');
    await control.type('has another name');
    await control.accept();
    await control.row('Experiments', 'has another name');
    assert.equal((await api.getRun(runId)).info.runName, 'has another name');
  });
});

describe('Set Tracking URI', () => {
  const usedUri = async () => (await execute<{ uri: string }>('runlight.checkConnection', {})).uri;

  it('is checked while it is typed, and empty for the default', async () => {
    const before = api.getTrackingUri();
    const other = `sqlite:///${inWorkspace('second.db').fsPath}`;
    await control.runCommand('MLflow: Set Tracking URI');
    await control.question('Set Tracking URI', 'Empty for the default');
    await control.type('htp://tracking');
    await control.question('Set Tracking URI', 'MLflow has no tracking store for "htp:"');
    await control.accept();
    await control.type(other);
    await control.accept();
    await eventually(async () => (await usedUri()) === other);
    await control.runCommand('MLflow: Set Tracking URI');
    assert.equal((await control.question('Set Tracking URI')).value, other);
    await control.type('');
    await control.accept();
    await eventually(async () => (await usedUri()) === before);
  });

  it('says what a connection check has found', async () => {
    await control.runCommand('MLflow: Check Connection');
    await control.notification(`${api.getTrackingUri()} answers, with`);
  });
});
