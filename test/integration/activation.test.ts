import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';
import { control } from './support/control.ts';

describe('The extension', () => {
  it('activates', async () => {
    const extension = vscode.extensions.getExtension('runlight.runlight');
    assert.ok(extension, 'runlight.runlight is not installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('sees its window from the outside', async () => {
    const items = await control.readStatusBar();
    assert.ok(items.some(({ id }) => id === 'status.problems'));
  });
});
