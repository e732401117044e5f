import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { MlflowTag } from '../../src/tracking/entities.ts';
import { activated, execute, inWorkspace } from './support/extension.ts';

/** What a run says of the code that it comes from. */
describe('The source of a run', () => {
  let api: RunlightApi;

  before(async () => {
    api = await activated();
  });

  const git = async (...args: readonly string[]) => {
    const identity = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
    const { stdout } = await promisify(execFile)('git', [...identity, ...args], {
      cwd: inWorkspace().fsPath,
    });
    return stdout.trim();
  };
  const tagsOfNextRun = async (options = {}) => {
    const runId = await execute<string>('runlight.startRun', options);
    await api.endRun();
    return (await api.getRun(runId)).tags;
  };

  it('is unknown where no file is open and nothing is under version control', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const tags = await tagsOfNextRun();
    assert.equal(tags.has(MlflowTag.sourceName), false);
    assert.equal(tags.has(MlflowTag.gitCommit), false);
    assert.equal(tags.get(MlflowTag.sourceType), 'LOCAL');
  });

  it('is the file in the editor, with its commit, branch and remote, but without the remote’s password', async () => {
    await writeFile(inWorkspace('model.py').fsPath, 'print("model")\n');
    await git('init', '--quiet', '--initial-branch', 'trunk');
    await git('remote', 'add', 'origin', 'https://ann:secret@git.example/model.git');
    await git('add', 'model.py');
    await git('commit', '--quiet', '--message', 'Add the model');
    await vscode.window.showTextDocument(inWorkspace('model.py'));
    const tags = await tagsOfNextRun();
    assert.equal(tags.get(MlflowTag.sourceName), 'model.py');
    assert.equal(tags.get(MlflowTag.gitCommit), await git('rev-parse', 'HEAD'));
    assert.equal(tags.get(MlflowTag.gitBranch), 'trunk');
    assert.equal(tags.get(MlflowTag.gitRepoUrl), 'https://git.example/model.git');
  });

  it('is what the caller names', async () => {
    const tags = await tagsOfNextRun({ sourceName: 'job.sh', sourceVersion: 'v1', sourceType: 'JOB' });
    assert.equal(tags.get(MlflowTag.sourceName), 'job.sh');
    assert.equal(tags.get(MlflowTag.gitCommit), 'v1');
    assert.equal(tags.get(MlflowTag.sourceType), 'JOB');
  });
});
