import * as vscode from 'vscode';
import type { Settings } from '../contributions.ts';
import type { Disposable } from '../tracking/events.ts';

type Key = keyof Settings;

/** The only reader and writer of configuration. Values are typed as the manifest's schema; defaults come from there. */
export class SettingsService {
  get<K extends Key>(key: K, scope?: vscode.Uri): Settings[K] {
    const value = vscode.workspace.getConfiguration(undefined, scope ?? null).get<Settings[K]>(key);
    if (value === undefined) throw new Error(`The manifest has no default for ${key}.`);
    return value;
  }

  /** Writes to the workspace's settings; to the user's where no folder is open, or the folder's own do not count. */
  async update<K extends Key>(key: K, value: Settings[K] | undefined): Promise<void> {
    const { workspaceFolders, isTrusted } = vscode.workspace;
    const target =
      workspaceFolders && isTrusted
        ? vscode.ConfigurationTarget.Workspace
        : vscode.ConfigurationTarget.Global;
    await vscode.workspace.getConfiguration().update(key, value, target);
  }

  onDidChange(keys: readonly Key[], listener: () => unknown): Disposable {
    return vscode.workspace.onDidChangeConfiguration(event => {
      if (keys.some(key => event.affectsConfiguration(key))) listener();
    });
  }
}
