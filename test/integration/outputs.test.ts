import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import type { ActiveRun } from '../../src/tracking/activeRun.ts';
import { control } from './support/control.ts';
import { activated, artifactFile, eventually, execute, inWorkspace } from './support/extension.ts';
import { pictures } from './support/pictures.ts';

/** What becomes of output files that can't simply be sent, decided in the Active Run view as a person does. */
describe('Output files', () => {
  let api: RunlightApi;
  let run: ActiveRun;
  const output = (name: string) => inWorkspace('outputs', name).fsPath;
  const arrives = (name: string, content: string) =>
    eventually(async () => (await readFile(artifactFile(run, name), 'utf8').catch(() => '')) === content);

  before(async () => {
    api = await activated();
    const settings = vscode.workspace.getConfiguration('runlight');
    await settings.update('autoLog.sizeLimit', 0.001, vscode.ConfigurationTarget.Workspace);
    await settings.update('autoLog.exclude', ['**/*.secret'], vscode.ConfigurationTarget.Workspace);
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
    await mkdir(inWorkspace('outputs').fsPath, { recursive: true });
    await writeFile(output('before.txt'), 'from before the run');
    run = await api.startRun({ runName: 'outputs' });
    await control.row('Active Run', 'Artifacts');
  });

  after(() => api.endRun());

  it('that are larger than the limit wait for a decision, with the ways to decide', async () => {
    await writeFile(output('large.bin'), 'x'.repeat(5000));
    await writeFile(output('larger.bin'), 'x'.repeat(9000));
    await writeFile(output('a#b.txt'), 'a name that MLflow refuses');
    await writeFile(output('token.secret'), 'excluded');
    await writeFile(output('small.txt'), 'small');
    await arrives('small.txt', 'small');
    await control.row('Active Run', 'large.bin');
    await control.row('Active Run', 'larger.bin');
    await control.row('Active Run', 'a#b.txt');
    await pictures('state-outputs');
  });

  it('are sent in spite of their size when the person says so', async () => {
    await control.chooseFromRow('Active Run', 'large.bin', 'Log Anyway');
    await arrives('large.bin', 'x'.repeat(5000));
  });

  it('are left out when the person says so', async () => {
    await control.chooseFromRow('Active Run', 'larger.bin', 'Skip');
    await eventually(async () =>
      (await control.row('Active Run', 'larger.bin')).description.includes('left it out'),
    );
  });

  it('that could not be sent stand there with the reason, and are sent by Retry', async () => {
    const inTheWay = artifactFile(run, 'blocked.txt');
    await mkdir(inTheWay);
    await writeFile(output('blocked.txt'), 'now');
    await eventually(async () => {
      const { description } = await control.row('Active Run', 'blocked.txt');
      return description.includes('there is a directory of that name');
    });
    await rm(inTheWay, { recursive: true });
    await control.chooseFromRow('Active Run', 'blocked.txt', 'Retry');
    await arrives('blocked.txt', 'now');
  });

  it('are looked for again when the person asks', async () => {
    await writeFile(output('asked.txt'), 'here');
    await execute('runlight.rescanOutputs');
    await arrives('asked.txt', 'here');
  });

  it('from before the run and excluded ones are no part of it', async () => {
    for (const name of ['before.txt', 'token.secret']) {
      await assert.rejects(readFile(artifactFile(run, name)), { code: 'ENOENT' });
    }
  });
});
