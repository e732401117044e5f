import assert from 'node:assert/strict';
import { before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { control } from './support/control.ts';
import { pictures } from './support/pictures.ts';
import { activated, endAll, execute, inWorkspace, refusal } from './support/extension.ts';

let api: RunlightApi;

before(async () => {
  api = await activated();
});

describe('Commands in Restricted Mode', () => {
  it('use no store of the folder, and say why', async () => {
    const reason = refusal('INVALID_STATE', /Restricted Mode: trust it/);
    await assert.rejects(execute('runlight.startRun', {}), reason);
    await assert.rejects(execute('runlight.checkConnection', {}), reason);
    await vscode.workspace
      .getConfiguration('runlight')
      .update(
        'trackingUri',
        `sqlite:///${inWorkspace('chosen.db').fsPath}`,
        vscode.ConfigurationTarget.Workspace,
      );
    await assert.rejects(execute('runlight.startRun', {}), reason);
    assert.throws(() => api.getTrackingUri(), reason);
  });

  it('are offered with the way out of it', async () => {
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
    assert.match(await control.readView('Experiments'), /Manage Workspace Trust/);
    await pictures('state-restricted');
  });

  it('show the reason to a person', async () => {
    await control.runCommand('MLflow: Start Run');
    await control.notification('This workspace is in Restricted Mode');
  });

  it('keep the tracking URI that a person sets in the user settings', async () => {
    const uri = `sqlite:///${inWorkspace('mine.db').fsPath}`;
    assert.equal(await execute('runlight.setTrackingUri', { uri }), uri);
    assert.equal(vscode.workspace.getConfiguration('runlight').inspect('trackingUri')?.globalValue, uri);
    await execute('runlight.logMetric', { key: 'a', value: 1 });
    assert.equal(api.activeRun()?.store.uri, uri);
    await endAll(api);
  });
});
