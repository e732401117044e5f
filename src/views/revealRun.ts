import type * as vscode from 'vscode';
import type { TrackingModel } from '../services/trackingModel.ts';
import type { Listed } from '../services/trackingModel/subjects.ts';
import { MlflowTag, type Run } from '../tracking/entities.ts';
import { missing } from '../tracking/errors.ts';
import type { ExperimentsProvider } from './experimentsProvider.ts';
import type { ExperimentsNode } from './nodes.ts';

/**
 * Shows, selects and expands a run of the current store, under its parents, whatever filter is set.
 * @throws TrackingError RESOURCE_DOES_NOT_EXIST if there is none.
 */
export async function revealRun(
  runId: string,
  model: TrackingModel,
  provider: ExperimentsProvider,
  view: vscode.TreeView<ExperimentsNode>,
): Promise<void> {
  const run = await loadRun(runId, model);
  const viewType = run.info.lifecycleStage;
  const { options } = model.state.current;
  if (options.filter !== '' || options.viewType !== viewType)
    await model.setOptions({ filter: '', viewType });

  const path = viewType === 'deleted' ? [run] : await withAncestors(run, model);
  const [top] = path;
  if (top) provider.showAlways(top.info);
  let node = await findChild(
    undefined,
    { kind: 'experiments' },
    model,
    provider,
    row => row.kind === 'experiment' && row.experiment.experimentId === run.info.experimentId,
  );
  for (const { info } of path) {
    const { experimentId } = info;
    const subject: Listed =
      node.kind === 'run'
        ? { kind: 'children', experimentId, runId: node.run.info.runId }
        : { kind: 'runs', experimentId };
    node = await findChild(
      node,
      subject,
      model,
      provider,
      row => row.kind === 'run' && row.run.info.runId === info.runId,
    );
  }
  await view.reveal(node, { select: true, focus: true, expand: true });
}

async function loadRun(runId: string, model: TrackingModel): Promise<Run> {
  const subject = { kind: 'run', runId } as const;
  const held = model.slice(subject) !== undefined;
  const { contents, error } = await model.load(subject);
  if (!held) model.release(subject);
  if (contents) return contents.run;
  throw error ?? missing(`Run "${runId}" is not in the current tracking store.`);
}

/** The run after its parents, outermost first. A parent that is gone, or that is the run itself, ends the chain. */
async function withAncestors(run: Run, model: TrackingModel): Promise<readonly Run[]> {
  const chain = [run];
  for (let parentId = run.tags.get(MlflowTag.parentRunId); parentId !== undefined;) {
    if (chain.some(({ info }) => info.runId === parentId)) break;
    const parent = await loadRun(parentId, model);
    chain.unshift(parent);
    parentId = parent.tags.get(MlflowTag.parentRunId);
  }
  return chain;
}

/** Turns pages until the row is there. */
async function findChild(
  parent: ExperimentsNode | undefined,
  subject: Listed,
  model: TrackingModel,
  provider: ExperimentsProvider,
  isIt: (row: ExperimentsNode) => boolean,
): Promise<ExperimentsNode> {
  for (;;) {
    const found = (await provider.getChildren(parent)).find(isIt);
    if (found) return found;
    const before = model.slice(subject)?.contents;
    if (before?.nextPageToken !== undefined) await model.loadMore(subject);
    if (model.slice(subject)?.contents === before) {
      throw missing('The run is in the tracking store, but can’t be shown. Refresh the view, and try again.');
    }
  }
}
