import type { ChosenExperiment } from '../services/experimentChoice.ts';
import type { TrackingModel } from '../services/trackingModel.ts';
import type { Listed, Subject } from '../services/trackingModel/subjects.ts';
import type { ArtifactInfo } from '../tracking/artifacts/artifactRepository.ts';
import { schemeOf } from '../tracking/artifacts/localRoot.ts';
import { MlflowTag, type Run, type RunInfo } from '../tracking/entities.ts';
import type { ActionNode, ExperimentNode, ExperimentsNode, GroupName, RunNode } from './nodes.ts';
import { detailRows } from './detailRows.ts';
import { messageRow } from './messageRow.ts';
import { isUserTag } from './runText.ts';

/** What rows are made from. */
export interface RowSource {
  readonly model: Pick<TrackingModel, 'state' | 'contextKeys' | 'slice'>;
  /** The active runs of this window in the current store, outermost first. */
  readonly activeRuns: readonly RunInfo[];
  readonly chosen: ChosenExperiment | undefined;
  /** Runs that are shown although no page has reached them yet. */
  readonly revealed: readonly RunInfo[];
}

/** What has to be loaded before the children of a row can be shown. */
export function subjectsOf(node: ExperimentsNode | undefined, source: RowSource): readonly Subject[] {
  switch (node?.kind) {
    case undefined:
      return isFiltered(source) ? [{ kind: 'experiments' }, { kind: 'matches' }] : [{ kind: 'experiments' }];
    case 'experiment': {
      const { experimentId } = node.experiment;
      const runs = extraRuns(experimentId, source).map(({ runId }) => ({ kind: 'run', runId }) as const);
      return [{ kind: 'runs', experimentId }, ...runs];
    }
    case 'run': {
      const { runId, experimentId, artifactUri } = node.run.info;
      const subjects: Subject[] = [{ kind: 'run', runId }];
      if (isNested(source)) subjects.push({ kind: 'children', experimentId, runId });
      if (isLocal(artifactUri)) subjects.push({ kind: 'artifacts', runId, artifactUri, path: '' });
      return subjects;
    }
    case 'group': {
      const { runId, artifactUri } = node.run.info;
      if (node.group === 'artifacts') return [{ kind: 'artifacts', runId, artifactUri, path: '' }];
      return [{ kind: 'run', runId }];
    }
    case 'artifact': {
      const { runId, artifactUri } = node.run.info;
      return [{ kind: 'artifacts', runId, artifactUri, path: node.artifact.path }];
    }
    case 'param':
    case 'metric':
    case 'tag':
    case 'dataset':
    case 'loadMore':
    case 'message':
    case 'action':
      return [];
  }
}

/** The children of a row, from what has been loaded. */
export function rowsOf(node: ExperimentsNode | undefined, source: RowSource): readonly ExperimentsNode[] {
  switch (node?.kind) {
    case undefined:
      return rootRows(source);
    case 'experiment':
      return experimentRows(node, source);
    case 'run':
      return runContents(node, source);
    case 'group':
    case 'artifact':
      return detailRows(node, source.model);
    case 'param':
    case 'metric':
    case 'tag':
    case 'dataset':
    case 'loadMore':
    case 'message':
    case 'action':
      return [];
  }
}

const isFiltered = ({ model }: RowSource) => model.state.current.options.filter.trim() !== '';

/** Runs are shown below their parents; of what is filtered or deleted, a parent may not be in sight. */
const isNested = (source: RowSource) =>
  !isFiltered(source) && source.model.state.current.options.viewType === 'active';

const isLocal = (uri: string) => [undefined, 'file'].includes(schemeOf(uri));

/** The active and the revealed runs that belong at the top of an experiment, wherever the pages have got to. */
function extraRuns(experimentId: string, source: RowSource): readonly RunInfo[] {
  const active = isNested(source) ? source.activeRuns : [];
  return [...active, ...source.revealed].filter(info => info.experimentId === experimentId);
}

function rootRows(source: RowSource): readonly ExperimentsNode[] {
  const { model } = source;
  const { connection, options } = model.state.current;
  if (connection.kind === 'error') return actions('setTrackingUri', 'refresh', 'showLog');
  if (connection.kind !== 'ready') return [];
  const experiments = model.slice({ kind: 'experiments' });
  if (!experiments?.contents)
    return experiments?.error ? actions('refresh', 'setTrackingUri', 'showLog') : [];
  // The welcome view speaks then.
  if (model.contextKeys.current['runlight.store'] === 'empty') return [];

  const matches = isFiltered(source) ? model.slice({ kind: 'matches' }) : undefined;
  if (matches?.error) return actions('clearFilter');
  const matchCounts = matches && countByExperiment(matches.contents?.items ?? []);
  const allCounted = matches?.contents?.nextPageToken === undefined;
  const storeUri = connection.store.uri;
  const view = `${storeUri}#${matches ? 'filtered' : options.viewType}`;
  const rows: ExperimentsNode[] = [];
  for (const { experiment, runCount } of experiments.contents.items) {
    const { experimentId } = experiment;
    const matchCount = matchCounts?.get(experimentId) ?? 0;
    if (matchCounts && allCounted && matchCount === 0) continue;
    rows.push({
      kind: 'experiment',
      id: `${view}/experiment:${experimentId}`,
      parent: undefined,
      storeUri,
      experiment,
      runCount: matchCounts ? (allCounted ? matchCount : undefined) : runCount,
      chosen: source.chosen?.storeUri === storeUri && source.chosen.experimentId === experimentId,
      expanded: matchCount > 0 && (matchCounts?.size ?? 0) <= expandedAtOnce,
    });
  }
  if (experiments.contents.nextPageToken !== undefined) {
    rows.push(loadMore(undefined, { kind: 'experiments' }, experiments.contents.items.length, undefined));
  }
  return rows;
}

/** Each costs a search. */
const expandedAtOnce = 10;

function countByExperiment(runs: readonly Run[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { info } of runs) counts.set(info.experimentId, (counts.get(info.experimentId) ?? 0) + 1);
  return counts;
}

function experimentRows(node: ExperimentNode, source: RowSource): readonly ExperimentsNode[] {
  const { experimentId } = node.experiment;
  const subject = { kind: 'runs', experimentId } as const;
  const slice = source.model.slice(subject);
  if (!slice) return [];
  if (!slice.contents) return [messageRow(node, 'error', slice.error)];

  const runs = [...slice.contents.items];
  const listed = new Set(runs.map(({ info }) => info.runId));
  for (const { runId } of extraRuns(experimentId, source)) {
    const run = source.model.slice({ kind: 'run', runId })?.contents?.run;
    if (listed.has(runId) || !run) continue;
    if (isNested(source) && run.tags.has(MlflowTag.parentRunId)) continue;
    listed.add(runId);
    runs.unshift(run);
  }
  if (runs.length === 0) return [messageRow(node, isFiltered(source) ? 'noMatch' : 'noRuns')];
  const rows = runRows(node, runs, source);
  if (slice.contents.nextPageToken === undefined) return rows;
  const total = isFiltered(source) ? undefined : node.runCount;
  return [...rows, loadMore(node, subject, slice.contents.items.length, total)];
}

function childRunRows(node: RunNode, source: RowSource): readonly ExperimentsNode[] {
  if (!isNested(source)) return [];
  const { runId, experimentId } = node.run.info;
  const subject = { kind: 'children', runId, experimentId } as const;
  const children = source.model.slice(subject)?.contents;
  if (!children) return [];
  const rows = runRows(node, children.items, source);
  if (children.nextPageToken === undefined) return rows;
  return [...rows, loadMore(node, subject, children.items.length, undefined)];
}

/** The active ones first, the rest in the order of the store. */
function runRows(
  parent: ExperimentNode | RunNode,
  runs: readonly Run[],
  source: RowSource,
): readonly ExperimentsNode[] {
  const active = new Set(source.activeRuns.map(({ runId }) => runId));
  const { pinned } = source.model.state.current;
  const rows = runs.map((run): RunNode => ({
    kind: 'run',
    id: `${parent.id}/run:${run.info.runId}`,
    parent,
    storeUri: parent.storeUri,
    run,
    active: active.has(run.info.runId),
    pinned: pinned[run.info.experimentId],
  }));
  return [...rows.filter(row => row.active), ...rows.filter(row => !row.active)];
}

function runContents(node: RunNode, source: RowSource): readonly ExperimentsNode[] {
  const rows = [...childRunRows(node, source), ...groupRows(node, source)];
  return rows.length > 0 ? rows : [messageRow(node, 'nothingLogged')];
}

function groupRows(node: RunNode, { model }: RowSource): readonly ExperimentsNode[] {
  const { runId, artifactUri } = node.run.info;
  const details = model.slice({ kind: 'run', runId });
  const run = details?.contents?.run ?? node.run;
  const artifacts = model.slice({ kind: 'artifacts', runId, artifactUri, path: '' });
  const files = artifacts?.contents?.items;
  const userTags = [...run.tags.keys()].filter(isUserTag);
  const counts: readonly (readonly [GroupName, number | undefined])[] = [
    ['params', run.params.size],
    ['metrics', run.metrics.size],
    ['tags', userTags.length],
    ['datasets', run.datasets.length],
    ['artifacts', files?.length],
  ];
  const groups = counts
    .filter(([, count]) => count !== 0)
    .map(([group, count]): ExperimentsNode => ({
      kind: 'group',
      id: `${node.id}/${group}`,
      parent: node,
      group,
      run,
      count,
      size: group === 'artifacts' && files ? sizeOf(files) : undefined,
    }));
  if (details?.error) groups.unshift(messageRow(node, 'error', details.error));
  return groups;
}

function loadMore(
  parent: ExperimentNode | RunNode | undefined,
  subject: Listed,
  shown: number,
  total: number | undefined,
): ExperimentsNode {
  return { kind: 'loadMore', id: `${parent?.id ?? ''}/more`, parent, subject, shown, total };
}

const actions = (...names: readonly ActionNode['action'][]): readonly ExperimentsNode[] =>
  names.map(action => ({ kind: 'action', id: `action:${action}`, parent: undefined, action }));

/** Undefined where a directory is among them: what is in it has not been counted. */
function sizeOf(files: readonly ArtifactInfo[]): number | undefined {
  let sum = 0;
  for (const { size } of files) {
    if (size === undefined) return undefined;
    sum += size;
  }
  return sum;
}
