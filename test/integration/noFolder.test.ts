import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { control } from './support/control.ts';
import { activated, execute, refusal } from './support/extension.ts';
import { pictures } from './support/pictures.ts';

describe('A window without a folder', () => {
  let api: RunlightApi;

  before(async () => {
    api = await activated();
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
  });

  it('says what will appear in the view, and offers to open a folder or to use another store', async () => {
    const welcome = await control.readView('Experiments');
    assert.match(welcome, /once a folder is open/);
    assert.match(welcome, /Open Folder/);
    assert.match(welcome, /use another store/);
    await pictures('state-no-folder');
  });

  it('starts no run, and says why', async () => {
    const refused = refusal('INVALID_STATE', /open a folder, or set a tracking URI/);
    await assert.rejects(execute('runlight.startRun', {}), refused);
    assert.throws(() => api.getTrackingUri(), refused);
  });

  it('works on a store that is named', async () => {
    const uri = `sqlite:///${join(tmpdir(), `runlight-none-${process.pid}.db`)}`;
    await api.setTrackingUri(uri);
    assert.equal(api.getTrackingUri(), uri);
    assert.deepEqual(await api.listExperiments(), []);
  });
});
