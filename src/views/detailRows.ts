import type { TrackingModel } from '../services/trackingModel.ts';
import { messageRow } from './messageRow.ts';
import type { ArtifactNode, ExperimentsNode, GroupNode } from './nodes.ts';
import { byKey, isUserTag } from './runText.ts';

/** Metrics that MLflow samples from the machine come last. */
const systemMetric = (key: string) => key.startsWith('system/');

/** What is in a group of a run, or in a directory of its artifacts. */
export function detailRows(
  node: GroupNode | ArtifactNode,
  model: Pick<TrackingModel, 'slice'>,
): readonly ExperimentsNode[] {
  if (node.kind === 'artifact') return artifactRows(node, node.artifact.path, model);
  if (node.group === 'artifacts') return artifactRows(node, '', model);
  const details = model.slice({ kind: 'run', runId: node.run.info.runId })?.contents;
  const run = details?.run ?? node.run;
  const row = <T extends object>(name: string, contents: T) => ({
    id: `${node.id}/${name}`,
    parent: node,
    run,
    ...contents,
  });
  switch (node.group) {
    case 'params':
      return byKey(run.params).map(([key, value]) => row(key, { kind: 'param', key, value }));
    case 'metrics': {
      const metrics = byKey(run.metrics);
      return [
        ...metrics.filter(([key]) => !systemMetric(key)),
        ...metrics.filter(([key]) => systemMetric(key)),
      ].map(([key, metric]) =>
        row(key, { kind: 'metric', metric, summary: details?.metricSummaries.get(key) }),
      );
    }
    case 'tags':
      return byKey(run.tags)
        .filter(([key]) => isUserTag(key))
        .map(([key, value]) => row(key, { kind: 'tag', key, value }));
    case 'datasets':
      return run.datasets.map((input, index) => row(String(index), { kind: 'dataset', input }));
  }
}

function artifactRows(
  node: GroupNode | ArtifactNode,
  path: string,
  model: Pick<TrackingModel, 'slice'>,
): readonly ExperimentsNode[] {
  const { run } = node;
  const { runId, artifactUri } = run.info;
  const slice = model.slice({ kind: 'artifacts', runId, artifactUri, path });
  if (!slice) return [];
  if (!slice.contents) return [messageRow(node, 'error', slice.error)];
  const { items, localPaths } = slice.contents;
  if (items.length === 0) return [messageRow(node, 'emptyDirectory')];
  return items.map((artifact): ExperimentsNode => ({
    kind: 'artifact',
    id: `${node.id}/${artifact.path}`,
    parent: node,
    run,
    artifact,
    localPath: localPaths.get(artifact.path),
  }));
}
