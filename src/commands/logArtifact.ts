import { stat } from 'node:fs/promises';
import { basename, isAbsolute, resolve } from 'node:path';
import * as vscode from 'vscode';
import { checkNewArtifactPath } from '../tracking/artifacts/artifactPath.ts';
import type { ActiveRun } from '../tracking/activeRun.ts';
import { invalid, isCancellation, missing, toError, TrackingError } from '../tracking/errors.ts';
import { ObservableValue } from '../tracking/observable.ts';
import { messageOf } from '../tracking/validation.ts';
import { askText, Pressed } from './ask.ts';
import { ensureRun, titleFor } from './ensureRun.ts';
import { readOptions } from './options.ts';
import { type Choice, pick } from './pick.ts';
import type { CommandServices } from './services.ts';
import { showIfSlow } from './showIfSlow.ts';

export function logArtifactCommands(services: CommandServices) {
  /** @returns the id of the run that has received them; undefined when the person has dismissed a question. */
  const logArtifact = async (...args: readonly unknown[]) => {
    const options = readOptions(args, { path: 'string', artifactPath: 'string?' });
    if (options) {
      const localPath = await existing(fromWorkspace(options.path));
      const run = await services.fluent.ensureRun();
      await run.logArtifact(localPath, options.artifactPath);
      return run.info.runId;
    }
    const clicked = clickedUris(args);
    const paths = clicked ? clicked.map(localPathOf) : await askForPaths(services);
    if (!paths) return undefined;
    const artifactPath = clicked ? '' : await askForArtifactPath(services, paths);
    if (artifactPath === undefined) return undefined;
    await Promise.all(paths.map(existing));
    const run = await ensureRun(services);
    await logAll(services, run, paths, artifactPath || undefined);
    return run.info.runId;
  };
  // The same under the name that it has in menus, whose place says what is meant.
  return { 'runlight.logArtifact': logArtifact, 'runlight.logAsArtifact': logArtifact };
}

/** A path as tasks and key bindings write it: relative ones start at the first workspace folder. */
function fromWorkspace(path: string): string {
  if (isAbsolute(path)) return path;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder === undefined) {
    throw invalid(`"${path}" is a relative path and no folder is open: give an absolute one.`);
  }
  return resolve(folder, path);
}

async function existing(path: string): Promise<string> {
  try {
    await stat(path);
    return path;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw missing(`There is no file or folder ${path}: it can't be logged.`);
  }
}

/** What the Explorer (the clicked item and all that are selected) or an editor's tab passes. */
function clickedUris([uri, selected]: readonly unknown[]): readonly vscode.Uri[] | undefined {
  if (!(uri instanceof vscode.Uri)) return undefined;
  const isUri = (each: unknown): each is vscode.Uri => each instanceof vscode.Uri;
  return Array.isArray(selected) && selected.length > 0 && selected.every(isUri) ? selected : [uri];
}

function localPathOf(uri: vscode.Uri): string {
  if (uri.scheme === 'file') return uri.fsPath;
  throw invalid(
    vscode.l10n.t('{0} is not a file of this machine: save it in a folder first.', basename(uri.path)),
  );
}

/** Windows and Linux have no dialog for both files and folders. */
async function askForPaths(services: CommandServices): Promise<readonly string[] | undefined> {
  const current = vscode.window.activeTextEditor?.document.uri;
  const choices: Choice<'current' | 'files' | 'folders'>[] = [
    { label: vscode.l10n.t('$(files) Choose files…'), value: 'files' },
    { label: vscode.l10n.t('$(folder-opened) Choose a folder…'), value: 'folders' },
  ];
  if (current?.scheme === 'file') {
    choices.unshift({
      label: `$(file) ${basename(current.fsPath)}`,
      description: vscode.l10n.t('the file in the editor'),
      value: 'current',
    });
  }
  const title = titleFor(services, vscode.l10n.t('Log File or Folder as Artifact'));
  const choice = await pick({ title }, choices);
  if (choice === undefined || choice instanceof Pressed) return undefined;
  if (choice === 'current') return current && [current.fsPath];
  const uris = await vscode.window.showOpenDialog({
    title,
    canSelectFiles: choice === 'files',
    canSelectFolders: choice === 'folders',
    canSelectMany: true,
    openLabel: vscode.l10n.t('Log as Artifact'),
  });
  return uris?.map(localPathOf);
}

/** The directory in the run; '' for its root. */
async function askForArtifactPath(
  services: CommandServices,
  paths: readonly string[],
): Promise<string | undefined> {
  const what = paths.map(path => basename(path)).join(', ');
  const answer = await askText({
    title: titleFor(services, vscode.l10n.t('Log File or Folder as Artifact')),
    prompt: vscode.l10n.t('Directory in the run for {0}; empty for its root', what),
    placeholder: 'plots/final',
    validate: path => (path === '' ? undefined : messageOf(() => checkNewArtifactPath(path))),
  });
  return answer instanceof Pressed ? undefined : answer;
}

/** Logs one after the other; what can't be logged does not keep the others back. */
async function logAll(
  { outbox }: CommandServices,
  run: ActiveRun,
  paths: readonly string[],
  artifactPath: string | undefined,
): Promise<void> {
  const cancelled = new AbortController();
  const { signal } = cancelled;
  const progress = new ObservableValue('');
  const failures: Error[] = [];

  const log = async (localPath: string, index: number) => {
    signal.throwIfAborted();
    const place = paths.length > 1 ? ` (${index + 1}/${paths.length})` : '';
    const message = `${basename(localPath)}${place}`;
    progress.set(message);
    const onProgress = (transferred: number, total: number) =>
      progress.set(`${message}, ${Math.floor((100 * transferred) / (total || 1))} %`);
    try {
      const operation = { kind: 'artifact', localPath, artifactPath, contentsOnly: false } as const;
      await outbox.submit(run.ref, operation, { signal, onProgress });
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures.push(toError(error));
    }
  };
  const logging = (async () => {
    for (const [index, path] of paths.entries()) await log(path, index);
  })();

  await showIfSlow(logging, {
    title: vscode.l10n.t('Logging to {0}', run.info.runName),
    cancel: () => cancelled.abort(),
    watch: report => {
      report(progress.current);
      return progress.onDidChange(report);
    },
  });
  tell(run, paths, failures);
}

function tell(run: ActiveRun, paths: readonly string[], failures: readonly Error[]): void {
  const [first] = failures;
  if (first && paths.length === 1) throw first;
  if (first) {
    throw new TrackingError(
      first instanceof TrackingError ? first.errorCode : 'INTERNAL_ERROR',
      vscode.l10n.t('{0} of {1} could not be logged. {2}', failures.length, paths.length, first.message),
      { cause: new AggregateError(failures) },
    );
  }
  const seconds = 4;
  vscode.window.setStatusBarMessage(
    paths.length === 1
      ? vscode.l10n.t('Logged {0} to {1}', basename(paths[0] ?? ''), run.info.runName)
      : vscode.l10n.t('Logged {0} files and folders to {1}', paths.length, run.info.runName),
    1000 * seconds,
  );
}
