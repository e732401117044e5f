import * as vscode from 'vscode';
import type { ArtifactNode } from '../views/nodes.ts';
import { missing } from '../tracking/errors.ts';
import { clickedNode } from './clicked.ts';
import { readOptions } from './options.ts';
import type { CommandServices } from './services.ts';

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

  /** A file that the watcher has found: the clicked row of the Active Run view, or a path. */
  const withUpload = async (args: readonly unknown[], act: (path: string) => Promise<void>) => {
    const path = readOptions(args, { path: 'string' })?.path ?? clickedNode(args, 'upload')?.file.path;
    if (path !== undefined) await act(path);
  };

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
    'runlight.retryArtifact': (...args: readonly unknown[]) => withUpload(args, path => runWatch.retry(path)),
    'runlight.logArtifactAnyway': (...args: readonly unknown[]) =>
      withUpload(args, path => runWatch.logAnyway(path)),
    'runlight.skipArtifact': (...args: readonly unknown[]) => withUpload(args, path => runWatch.skip(path)),
    'runlight.rescanOutputs': () => runWatch.rescan(),
  };
}

const notHere = (path: ArtifactNode['artifact']['path']) =>
  missing(vscode.l10n.t('Artifact "{0}" is not on this machine: it can’t be opened as a file.', path));
