import * as vscode from 'vscode';
import type { ContextKeys } from '../contributions.ts';

/** The only writer of the context keys that `when` clauses read; tells VS Code only what has changed. */
export class ContextKeyService {
  readonly #values = new Map<keyof ContextKeys, unknown>();

  set<K extends keyof ContextKeys>(key: K, value: ContextKeys[K]): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
