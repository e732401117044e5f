import * as vscode from 'vscode';
import type { ArtifactNode } from '../views/nodes.ts';
import { missing } from '../tracking/errors.ts';
import { clickedNode } from './clicked.ts';
import { readOptions } from './options.ts';
import type { CommandServices } from './services.ts';

/** A row of the Active Run view: a file that the watcher has found. */
interface UploadNode {
  readonly path: string;
}

/** The artifacts that a run has, and the files on their way into the active one. */
export function artifactCommands(services: CommandServices) {
  const { connection, fluent, runWatch } = services;

  /** The clicked artifact as a file of this machine, or the one that is named. */
  const localFile = async (args: readonly unknown[]): Promise<vscode.Uri | undefined> => {
    const options = readOptions(args, { runId: 'string', path: 'string' });
    const node = clickedNode(args, 'artifact');
    const path = options
      ? connection.artifacts((await fluent.getRun(options.runId)).info.artifactUri).localPath(options.path)
      : node?.localPath;
    if (path !== undefined) return vscode.Uri.file(path);
    if (options) throw notHere(options.path);
    if (node) throw notHere(node.artifact.path);
    return undefined;
  };

  const path = (args: readonly unknown[]): string =>
    (readOptions(args, { path: 'string' }) ?? (args[0] as UploadNode)).path;

  return {
    'runlight.openArtifact': async (...args: readonly unknown[]) => {
      const file = await localFile(args);
      if (file) await vscode.commands.executeCommand('vscode.open', file, { preview: true });
    },
    'runlight.revealArtifact': async (...args: readonly unknown[]) => {
      const file = await localFile(args);
      // A window in a browser, or of another machine, has no file manager to show it in.
      const isDesktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
      if (file) await vscode.commands.executeCommand(isDesktop ? 'revealFileInOS' : 'revealInExplorer', file);
    },
    'runlight.retryArtifact': (...args: readonly unknown[]) => runWatch.retry(path(args)),
    'runlight.logArtifactAnyway': (...args: readonly unknown[]) => runWatch.logAnyway(path(args)),
    'runlight.skipArtifact': (...args: readonly unknown[]) => runWatch.skip(path(args)),
    'runlight.rescanOutputs': () => runWatch.rescan(),
  };
}

const notHere = (path: ArtifactNode['artifact']['path']) =>
  missing(vscode.l10n.t('Artifact "{0}" is not on this machine: it can’t be opened as a file.', path));
