import { inspect } from 'node:util';
import * as vscode from 'vscode';
import { commandIds, type CommandId } from '../contributions.ts';
import { isCancellation, toError } from '../tracking/errors.ts';
import { hasOptions } from './options.ts';

/**
 * What a command does. Called without arguments from the palette, with what was clicked from a menu, or with an object
 * of options, in which case it asks nothing and its result is of use to the caller.
 */
export type Handler = (...args: readonly unknown[]) => unknown;
export type CommandHandlers = Readonly<Record<CommandId, Handler>>;

/**
 * Registers every command of contributions.ts.
 *
 * An error is logged with its stack. A call with options rejects with it, so that key bindings, tasks and other
 * extensions see it; where a person is in front, it is shown instead: VS Code would show a rejection a second time, as
 * a modal dialog when it comes from the palette. Cancellation is silent.
 */
export function registerCommands(handlers: CommandHandlers, log: vscode.LogOutputChannel): vscode.Disposable {
  return vscode.Disposable.from(
    ...commandIds.map(id =>
      vscode.commands.registerCommand(id, async (...args: readonly unknown[]) => {
        try {
          return await handlers[id](...args);
        } catch (error) {
          if (!isCancellation(error)) log.error(`${id}: ${inspect(error)}`);
          if (hasOptions(args)) throw error;
          if (!isCancellation(error)) showError(toError(error), log);
          return undefined;
        }
      }),
    ),
  );
}

/** Says something without waiting for an answer; `action` runs if the person chooses it, with its errors shown too. */
export function offer(
  log: vscode.LogOutputChannel,
  message: string,
  title: string,
  action: () => Promise<unknown>,
): void {
  vscode.window
    .showInformationMessage(message, title)
    .then(choice => (choice === undefined ? undefined : action()))
    .then(undefined, (error: unknown) => {
      if (isCancellation(error)) return;
      log.error(`${title}: ${inspect(error)}`);
      showError(toError(error), log);
    });
}

function showError(error: Error, log: vscode.LogOutputChannel): void {
  const showLog = vscode.l10n.t('Show Log');
  void vscode.window.showErrorMessage(error.message, showLog).then(choice => {
    if (choice === showLog) log.show();
  });
}
