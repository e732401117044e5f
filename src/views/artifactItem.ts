import { posix } from 'node:path';
import * as vscode from 'vscode';
import { contextValues } from './contextValues.ts';
import { formatSize } from './format.ts';
import type { ArtifactNode } from './nodes.ts';

/** As a file in the Explorer: the icon of its kind, and a click opens it. */
export function artifactItem(node: ArtifactNode): vscode.TreeItem {
  const { artifact, localPath } = node;
  const { Collapsed, None } = vscode.TreeItemCollapsibleState;
  const name = posix.basename(artifact.path);
  const item = new vscode.TreeItem(name, artifact.isDirectory ? Collapsed : None);
  item.contextValue = contextValues.artifact(artifact, localPath !== undefined);
  // Of what lies elsewhere, the name is enough for an icon.
  item.resourceUri =
    localPath === undefined
      ? vscode.Uri.from({ scheme: 'runlight-artifact', path: `/${artifact.path}` })
      : vscode.Uri.file(localPath);
  if (artifact.isDirectory) {
    item.iconPath = vscode.ThemeIcon.Folder;
    return item;
  }
  item.iconPath = vscode.ThemeIcon.File;
  if (artifact.size !== undefined) item.description = formatSize(artifact.size);
  item.command = {
    command: 'runlight.openArtifact',
    title: vscode.l10n.t('Open artifact'),
    arguments: [node],
  };
  return item;
}
