import * as vscode from 'vscode';
import type { TrackingState } from '../services/trackingModel.ts';
import { type Slice, subjectKey } from '../services/trackingModel/subjects.ts';
import { storeLabel } from './storeLabel.ts';

/** What stands beside the view's title: which store, and what of it is shown. */
export function viewDescription({ connection, options }: TrackingState): string | undefined {
  if (connection.kind === 'none') return undefined;
  const parts = [storeLabel(connection.uri)];
  if (connection.kind === 'ready' && !connection.access.writable) parts.push(vscode.l10n.t('read-only'));
  if (options.viewType === 'deleted') parts.push(vscode.l10n.t('deleted'));
  if (options.filter.trim() !== '') parts.push(vscode.l10n.t('filter: {0}', options.filter.trim()));
  if (options.orderBy.length > 0) parts.push(vscode.l10n.t('sorted by {0}', options.orderBy.join(', ')));
  return parts.join(' · ');
}

/**
 * What stands above the rows: why there are none, or why they are old. VS Code shows no welcome view next to it, so there
 * is one only where rows say the way out.
 */
export function viewMessage({ connection, slices }: TrackingState): string | undefined {
  switch (connection.kind) {
    case 'none':
    case 'connecting':
      return undefined;
    case 'error':
      return connection.error.message;
    case 'ready': {
      const error = ['experiments', 'matches'].map(key => slices.get(key)).find(slice => slice?.error)?.error;
      if (error) return error.message;
      const stale = [...slices.values()].find(slice => slice.error && slice.contents !== undefined)?.error;
      if (stale) return vscode.l10n.t('What is shown may be old. {0}', stale.message);
      const experiments = slices.get(subjectKey({ kind: 'experiments' })) as Slice<object> | undefined;
      return connection.access.writable || !experiments?.contents ? undefined : connection.access.reason;
    }
  }
}
