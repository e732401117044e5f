import * as vscode from 'vscode';
import { viewIds } from '../contributions.ts';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { ActiveRunData } from '../services/activeRunData.ts';
import type { RunWatch } from '../services/runWatch.ts';
import type { Disposable } from '../tracking/events.ts';
import { activeRunItemOf } from './activeRunItems.ts';
import { activeRunRows, type ActiveRunSource } from './activeRunRows.ts';
import { NodeCache } from './nodeCache.ts';
import type { ActiveRunNode } from './nodes.ts';

export interface ActiveRunViewDependencies {
  readonly activeRun: Pick<ActiveRunService, 'state'>;
  readonly data: ActiveRunData;
  /** What the watcher of output folders is doing for the active run. */
  readonly runWatch: Pick<RunWatch, 'state'>;
}

export function registerActiveRunView(dependencies: ActiveRunViewDependencies): Disposable {
  const { activeRun, data } = dependencies;
  const provider = new ActiveRunProvider(dependencies);
  const view = vscode.window.createTreeView(viewIds.activeRun, { treeDataProvider: provider });

  const describe = () => {
    const description = viewDescription(provider.source()) ?? '';
    if (view.description !== description) view.description = description;
    const message = viewMessage(provider.source()) ?? '';
    if (view.message !== message) view.message = message;
  };
  describe();

  let watch: Disposable | undefined;
  const visibilityChanged = () => {
    watch?.dispose();
    watch = view.visible ? data.watch() : undefined;
  };
  visibilityChanged();

  const disposables: readonly Disposable[] = [
    activeRun.state.onDidChange(describe),
    data.state.onDidChange(describe),
    view.onDidChangeVisibility(visibilityChanged),
    view.onDidCollapseElement(({ element }) => provider.collapsed(element)),
    view.onDidExpandElement(({ element }) => provider.expanded(element)),
    { dispose: () => watch?.dispose() },
    view,
    provider,
  ];
  return {
    dispose: () => {
      for (const each of disposables) each.dispose();
    },
  };
}

class ActiveRunProvider implements vscode.TreeDataProvider<ActiveRunNode>, Disposable {
  readonly #dependencies: ActiveRunViewDependencies;
  readonly #cache = new NodeCache<ActiveRunNode>();
  readonly #changes = new vscode.EventEmitter<ActiveRunNode[] | undefined>();
  readonly #subscriptions: Disposable[];

  constructor(dependencies: ActiveRunViewDependencies) {
    this.#dependencies = dependencies;
    const { activeRun, data, runWatch } = dependencies;
    const update = () => {
      const changed = this.#cache.updateAll(parent => activeRunRows(parent, this.source()));
      if (changed !== 'none') this.#changes.fire(changed === 'all' ? undefined : changed);
    };
    this.#subscriptions = [
      activeRun.state.onDidChange(update),
      data.state.onDidChange(update),
      runWatch.state.onDidChange(update),
    ];
  }

  get onDidChangeTreeData(): vscode.Event<ActiveRunNode[] | undefined> {
    return this.#changes.event;
  }

  source(): ActiveRunSource {
    const { activeRun, data, runWatch } = this.#dependencies;
    return { state: activeRun.state.current, contents: data.state.current, watcher: runWatch.state.current };
  }

  getChildren(node?: ActiveRunNode): ActiveRunNode[] {
    return [...this.#cache.update(node, activeRunRows(node, this.source())).rows];
  }

  getTreeItem(node: ActiveRunNode): vscode.TreeItem {
    return activeRunItemOf(node);
  }

  getParent(node: ActiveRunNode): ActiveRunNode | undefined {
    return node.parent;
  }

  collapsed(node: ActiveRunNode): void {
    this.#cache.collapse(node);
  }

  /** VS Code may show the rows from before it was collapsed. */
  expanded(node: ActiveRunNode): void {
    if (!this.#cache.shows(node)) this.#changes.fire([node]);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changes.dispose();
  }
}

/** `brave-fox-12 · image-classifier`, next to the view's title. */
function viewDescription({ state, contents }: ActiveRunSource): string | undefined {
  if (state.kind === 'none') return undefined;
  if (!('run' in state)) return state.runName;
  const parts = [state.run.info.runName];
  if (contents) parts.push(contents.experimentName);
  if (state.kind === 'ending') parts.push(vscode.l10n.t('ending…'));
  return parts.join(' · ');
}

function viewMessage({ state }: ActiveRunSource): string | undefined {
  switch (state.kind) {
    case 'elsewhere':
      return vscode.l10n.t(
        'Run "{0}" is active in another window of this workspace. End it there, or close that window.',
        state.runName,
      );
    case 'unreachable':
      return vscode.l10n.t(
        'Run "{0}" was active and can’t be reached. {1}',
        state.runName,
        state.error.message,
      );
    case 'active':
      return state.restored ? vscode.l10n.t('Taken up again: it was active before this window.') : undefined;
    case 'none':
    case 'ending':
      return undefined;
  }
}
