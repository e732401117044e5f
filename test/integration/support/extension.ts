import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../../src/api.ts';
import type { CommandId } from '../../../src/contributions.ts';
import type { ActiveRun } from '../../../src/tracking/activeRun.ts';
import type { Event } from '../../../src/tracking/events.ts';

/** The extension's public API, as another extension gets it. */
export async function activated(): Promise<RunlightApi> {
  const extension = vscode.extensions.getExtension<RunlightApi>('runlight.runlight');
  assert.ok(extension, 'runlight.runlight is not installed');
  return extension.activate();
}

/** Calls a command with arguments as a key binding or another extension does. */
export async function execute<T = unknown>(id: CommandId, ...args: readonly unknown[]): Promise<T> {
  return vscode.commands.executeCommand<T>(id, ...args);
}

/** Resolves with what `look` finds, which it does again after each event until it finds something. */
export async function found<T>(
  event: Event<unknown>,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const changes: (() => void)[] = [];
  let pending = 0;
  const subscription = event(() => {
    pending++;
    changes.splice(0).forEach(resolve => resolve());
  });
  try {
    for (;;) {
      pending = 0;
      const value = await look();
      if (value !== undefined) return value;
      if (pending === 0) await new Promise<void>(resolve => changes.push(resolve));
    }
  } finally {
    subscription.dispose();
  }
}

/** Looks again and again, for as long as the test may take: for what tells nobody that it has changed. */
export async function eventually(look: () => Promise<boolean>): Promise<void> {
  for (let seen = false; !seen; seen = await look());
}

/** Resolves with the run that is or becomes active and satisfies `wanted`. */
export async function activeRunWhere(
  api: RunlightApi,
  wanted: (run: ActiveRun) => boolean,
): Promise<ActiveRun> {
  return found(api.onDidChangeActiveRun, () => {
    const run = api.activeRun();
    return run && wanted(run) ? run : undefined;
  });
}

/** Ends whatever is active, so that a test starts without. */
export async function endAll(api: RunlightApi): Promise<void> {
  while (api.activeRun()) await api.endRun();
}

/** The path of a file of the workspace. */
export function inWorkspace(...path: readonly string[]): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0];
  assert.ok(folder, 'no folder is open');
  return vscode.Uri.joinPath(folder.uri, ...path);
}

/** The artifact as a file of this machine. */
export const artifactFile = (run: ActiveRun, path: string) => join(run.info.artifactUri, path);

export const refusal = (errorCode: string, message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Error);
  assert.equal((error as Error & { errorCode?: string }).errorCode, errorCode, error.message);
  assert.match(error.message, message);
  return true;
};
