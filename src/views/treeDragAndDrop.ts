import * as vscode from 'vscode';
import type { ExperimentsNode } from './nodes.ts';

/** A run is dragged as its id, an artifact as its file: into an editor, a terminal or another program. */
export const treeDragAndDrop: vscode.TreeDragAndDropController<ExperimentsNode> = {
  dragMimeTypes: ['text/plain', 'text/uri-list'],
  dropMimeTypes: [],
  handleDrag(nodes, transfer) {
    const texts = nodes.map(textOf).filter(text => text !== undefined);
    if (texts.length > 0) transfer.set('text/plain', new vscode.DataTransferItem(texts.join('\n')));
    const uris = nodes.flatMap(node =>
      node.kind === 'artifact' && node.localPath !== undefined ? [vscode.Uri.file(node.localPath)] : [],
    );
    if (uris.length > 0) transfer.set('text/uri-list', new vscode.DataTransferItem(uris.join('\r\n')));
  },
};

function textOf(node: ExperimentsNode): string | undefined {
  switch (node.kind) {
    case 'run':
      return node.run.info.runId;
    case 'experiment':
      return node.experiment.name;
    case 'artifact':
      return node.localPath ?? node.artifact.path;
    case 'param':
    case 'tag':
      return node.value;
    case 'metric':
      return String(node.metric.value);
    case 'dataset':
      return node.input.dataset.name;
    case 'group':
    case 'loadMore':
    case 'message':
    case 'action':
      return undefined;
  }
}
