import type * as vscode from 'vscode';
import type { RunlightApi } from './api.ts';
import { Container } from './container.ts';

let container: Container | undefined;

export function activate(context: vscode.ExtensionContext): RunlightApi {
  container = new Container(context);
  container.start();
  return container.api;
}

export async function deactivate(): Promise<void> {
  await container?.dispose();
  container = undefined;
}
