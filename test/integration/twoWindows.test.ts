import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { control, secondWindow } from './support/control.ts';
import { activated, eventually } from './support/extension.ts';

describe('Two windows on one folder', () => {
  let api: RunlightApi;

  before(async () => {
    api = await activated();
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
  });

  it('have one active run, managed by the window that started it', async () => {
    await api.startRun({ runName: 'mine' });
    await control.statusBarItem('mine');
    await secondWindow.runCommand('View: Show MLflow');
    await eventually(async () => (await secondWindow.readView('Active Run')).includes('another window'));
    await secondWindow.statusBarItem('mine');
    await secondWindow.screenshot('state-elsewhere-light');
  });

  it('refuse a second run, and say where the first is', async () => {
    await secondWindow.runCommand('MLflow: Start Run', 'yours');
    const said = await secondWindow.notification('active in another window');
    assert.match(said, /Run "mine" is active in another window of this workspace: end it there/);
    assert.equal(api.activeRun()?.info.runName, 'mine');
  });

  it('both show what one of them does', async () => {
    await api.logMetric('acc', 0.75);
    await secondWindow.expandRow('Experiments', '1 run');
    await secondWindow.row('Experiments', 'acc 0.75');
  });

  it('hand over once the run has ended', async () => {
    await api.endRun();
    await control.statusBarItem('MLflow');
    await secondWindow.runCommand('MLflow: Start Run', 'yours');
    await secondWindow.statusBarItem('yours');
    await assert.rejects(api.startRun(), /"yours" is active in another window/);
  });
});
