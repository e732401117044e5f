import * as vscode from 'vscode';
import { viewIds } from '../contributions.ts';
import type { Disposable } from '../tracking/events.ts';
import { viewDescription, viewMessage } from './experimentsMessage.ts';
import { ExperimentsProvider, type ExperimentsProviderDependencies } from './experimentsProvider.ts';
import type { ExperimentsNode } from './nodes.ts';
import { revealRun } from './revealRun.ts';
import { treeDragAndDrop } from './treeDragAndDrop.ts';

export type ExperimentsViewDependencies = ExperimentsProviderDependencies;

export interface ExperimentsView extends Disposable {
  readonly view: vscode.TreeView<ExperimentsNode>;
  readonly provider: ExperimentsProvider;
  /** Shows, selects and expands the run. @throws TrackingError RESOURCE_DOES_NOT_EXIST if the current store has none. */
  reveal(runId: string): Promise<void>;
}

/** How often relative times are looked at again, in milliseconds. */
const ageInterval = 60_000;

export function registerExperimentsView(dependencies: ExperimentsViewDependencies): ExperimentsView {
  const { model } = dependencies;
  const provider = new ExperimentsProvider(dependencies);
  const view = vscode.window.createTreeView(viewIds.experiments, {
    treeDataProvider: provider,
    dragAndDropController: treeDragAndDrop,
    showCollapseAll: true,
    canSelectMany: true,
  });

  const update = () => {
    const description = viewDescription(model.state.current) ?? '';
    if (view.description !== description) view.description = description;
    const message = viewMessage(model.state.current) ?? '';
    if (view.message !== message) view.message = message;
  };
  update();

  // The store is watched, and time passes, only for eyes.
  let whileVisible: readonly Disposable[] = [];
  const hide = () => {
    for (const each of whileVisible) each.dispose();
    whileVisible = [];
  };
  const visibilityChanged = () => {
    hide();
    if (!view.visible) return;
    const timer = setInterval(() => provider.updateAges(), ageInterval);
    whileVisible = [model.watch(), { dispose: () => clearInterval(timer) }];
  };
  visibilityChanged();

  const disposables: readonly Disposable[] = [
    model.state.onDidChange(update),
    view.onDidChangeVisibility(visibilityChanged),
    view.onDidCollapseElement(({ element }) => provider.collapsed(element)),
    view.onDidExpandElement(({ element }) => provider.expanded(element)),
    { dispose: hide },
    view,
    provider,
  ];
  return {
    view,
    provider,
    reveal: runId => revealRun(runId, model, provider, view),
    dispose: () => {
      for (const each of disposables) each.dispose();
    },
  };
}
