import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import * as vscode from 'vscode';

describe('In Restricted Mode', () => {
  it('the folder is not trusted', () => {
    assert.equal(vscode.workspace.isTrusted, false);
  });
});
