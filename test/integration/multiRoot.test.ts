import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { control } from './support/control.ts';
import { activated, artifactFile } from './support/extension.ts';

describe('A workspace of two folders', () => {
  let api: RunlightApi;

  before(async () => {
    api = await activated();
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
  });

  it('has its store in the first, and logs the outputs of both under their names', async () => {
    const run = await api.startRun({ runName: 'both' });
    const roots = vscode.workspace.workspaceFolders ?? [];
    assert.deepEqual(
      roots.map(({ name }) => name),
      ['alpha', 'beta'],
    );
    assert.equal(api.getTrackingUri(), `sqlite:///${roots[0]?.uri.fsPath ?? ''}/mlflow.db`);
    for (const { uri, name } of roots) {
      const file = vscode.Uri.joinPath(uri, 'outputs', 'result.txt').fsPath;
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, name);
    }
    await control.row('Active Run', '2 sent');
    for (const name of ['alpha', 'beta']) {
      assert.equal(await readFile(artifactFile(run, `${name}/outputs/result.txt`), 'utf8'), name);
    }
    await run.end();
  });
});
