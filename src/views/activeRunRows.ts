import type { ActiveRunState } from '../services/activeRun.ts';
import type { ActiveRunContents } from '../services/activeRunData.ts';
import type { WatcherState } from '../services/watching/watcherState.ts';
import { formatExactMetric, formatMetric } from './format.ts';
import type { ActiveRunNode, NoteNode } from './nodes.ts';
import { byKey } from './runText.ts';

/** What the rows of the Active Run view are made from. */
export interface ActiveRunSource {
  readonly state: ActiveRunState;
  readonly contents: ActiveRunContents | undefined;
  /** Undefined while no folder is watched. */
  readonly watcher: WatcherState | undefined;
}

export function activeRunRows(
  node: ActiveRunNode | undefined,
  source: ActiveRunSource,
): readonly ActiveRunNode[] {
  switch (node?.kind) {
    case undefined:
      return rootRows(source);
    case 'logged':
      return loggedRows(node, source);
    case 'uploads':
      return uploadRows(node, source);
    case 'stack':
      return stackRows(node, source);
    case 'loggedMetric':
    case 'loggedParam':
    case 'upload':
    case 'stackRun':
    case 'note':
      return [];
  }
}

function rootRows({ state, contents, watcher }: ActiveRunSource): readonly ActiveRunNode[] {
  switch (state.kind) {
    case 'none':
    case 'elsewhere':
      return [];
    case 'unreachable':
      return [noteRow(undefined, 'unreachable')];
    case 'active':
    case 'ending': {
      const { runId } = state.run.info;
      const root = { parent: undefined };
      const rows: ActiveRunNode[] = (watcher?.problems ?? []).map(text =>
        noteRow(undefined, 'problem', text),
      );
      rows.push(
        {
          ...root,
          kind: 'logged',
          id: `${runId}/logged`,
          metrics: contents?.run.metrics.size ?? 0,
          params: contents?.run.params.size ?? 0,
        },
        { ...root, kind: 'uploads', id: `${runId}/uploads`, counts: watcher?.counts },
      );
      if (state.runs.length > 1) {
        rows.push({ ...root, kind: 'stack', id: `${runId}/stack`, depth: state.runs.length });
      }
      return rows;
    }
  }
}

function loggedRows(parent: ActiveRunNode, { contents }: ActiveRunSource): readonly ActiveRunNode[] {
  if (!contents) return [];
  const { metrics, params } = contents.run;
  const rows: ActiveRunNode[] = [];
  for (const [key, { value }] of byKey(metrics)) {
    rows.push({
      kind: 'loggedMetric',
      id: `${parent.id}/metric:${key}`,
      parent,
      key,
      text: formatMetric(value),
      value: formatExactMetric(value),
    });
  }
  for (const [key, value] of byKey(params)) {
    rows.push({ kind: 'loggedParam', id: `${parent.id}/param:${key}`, parent, key, text: value, value });
  }
  return rows.length > 0 ? rows : [noteRow(parent, 'nothingLogged')];
}

function uploadRows(parent: ActiveRunNode, { watcher }: ActiveRunSource): readonly ActiveRunNode[] {
  if (!watcher) return [noteRow(parent, 'notWatching')];
  if (watcher.files.length > 0) {
    return watcher.files.map(file => ({ kind: 'upload', id: `${parent.id}/${file.path}`, parent, file }));
  }
  return [noteRow(parent, watcher.counts.sent > 0 ? 'allSent' : 'nothingSent')];
}

function stackRows(parent: ActiveRunNode, { state }: ActiveRunSource): readonly ActiveRunNode[] {
  if (!('runs' in state)) return [];
  return state.runs.map(({ info }) => ({
    kind: 'stackRun',
    id: `${parent.id}/${info.runId}`,
    parent,
    info,
    innermost: info === state.run.info,
  }));
}

function noteRow(parent: ActiveRunNode | undefined, note: NoteNode['note'], text?: string): NoteNode {
  return { kind: 'note', id: `${parent?.id ?? ''}/${note}:${text ?? ''}`, parent, note, text };
}
