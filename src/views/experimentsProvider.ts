import * as vscode from 'vscode';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { ExperimentChoice } from '../services/experimentChoice.ts';
import type { TrackingModel } from '../services/trackingModel.ts';
import { type Subject, subjectKey } from '../services/trackingModel/subjects.ts';
import type { RunInfo } from '../tracking/entities.ts';
import type { Disposable } from '../tracking/events.ts';
import { type RowSource, rowsOf, subjectsOf } from './experimentRows.ts';
import { NodeCache } from './nodeCache.ts';
import type { ExperimentsNode, RunNode } from './nodes.ts';
import { describeRun } from './runItem.ts';
import { tooltipOf } from './tooltips.ts';
import { treeItemOf } from './treeItems.ts';

export interface ExperimentsProviderDependencies {
  readonly model: TrackingModel;
  readonly activeRun: Pick<ActiveRunService, 'state'>;
  readonly choice: ExperimentChoice;
}

const minute = 60_000;

/**
 * The rows of the Experiments view. What is shown is loaded into the model, what is collapsed is released; after each
 * change of the model only the rows that have changed are shown anew.
 */
export class ExperimentsProvider implements vscode.TreeDataProvider<ExperimentsNode>, Disposable {
  readonly #model: TrackingModel;
  readonly #activeRun: Pick<ActiveRunService, 'state'>;
  readonly #choice: ExperimentChoice;
  readonly #cache = new NodeCache<ExperimentsNode>();
  readonly #changes = new vscode.EventEmitter<ExperimentsNode[] | undefined>();
  readonly #subscriptions: Disposable[];
  /** By key, what this view has loaded. */
  readonly #loaded = new Map<string, Subject>();
  /** Ids of rows that the person has expanded: those that a filter hides come back as they were. */
  readonly #expanded = new Set<string>();
  /** Rows that are being opened: what is loaded for them is not shown yet. */
  readonly #opening = new Set<ExperimentsNode | undefined>();
  #revealed: readonly RunInfo[] = [];

  constructor({ model, activeRun, choice }: ExperimentsProviderDependencies) {
    this.#model = model;
    this.#activeRun = activeRun;
    this.#choice = choice;
    const update = () => this.#update();
    this.#subscriptions = [
      model.state.onDidChange(update),
      activeRun.state.onDidChange(() => {
        void this.#loadShown().then(update);
      }),
      choice.state.onDidChange(update),
    ];
  }

  get onDidChangeTreeData(): vscode.Event<ExperimentsNode[] | undefined> {
    return this.#changes.event;
  }

  async getChildren(node?: ExperimentsNode): Promise<ExperimentsNode[]> {
    // VS Code asks for what is expanded; the event that says so is lost while the row is being shown anew.
    if (node) this.#expanded.add(node.id);
    this.#opening.add(node);
    try {
      await this.#load(node);
      // The row may have gone meanwhile.
      if (node && !this.#cache.has(node)) return [];
      return [...this.#cache.update(node, rowsOf(node, this.#source())).rows];
    } finally {
      this.#opening.delete(node);
    }
  }

  getTreeItem(node: ExperimentsNode): vscode.TreeItem {
    const item = treeItemOf(node);
    if (item.collapsibleState === vscode.TreeItemCollapsibleState.Collapsed && this.#expanded.has(node.id))
      item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  getParent(node: ExperimentsNode): ExperimentsNode | undefined {
    return node.parent;
  }

  resolveTreeItem(item: vscode.TreeItem, node: ExperimentsNode): vscode.TreeItem {
    item.tooltip = tooltipOf(node);
    return item;
  }

  collapsed(node: ExperimentsNode): void {
    this.#expanded.delete(node.id);
    this.#cache.collapse(node);
    this.#releaseHidden();
  }

  /** VS Code may show the rows from before it was collapsed: those are read again. */
  expanded(node: ExperimentsNode): void {
    if (!this.#cache.shows(node) && !this.#opening.has(node)) this.#changes.fire([node]);
  }

  /** Shows the run at the top of its experiment until it is in a page. */
  showAlways(run: RunInfo): void {
    this.#revealed = [...this.#revealed.filter(({ runId }) => runId !== run.runId), run];
  }

  /** Relative times that read otherwise than a minute ago. */
  updateAges(now = Date.now()): void {
    const aged = [...this.#cache.nodes].filter(
      (node): node is RunNode =>
        node.kind === 'run' && describeRun(node, now) !== describeRun(node, now - minute),
    );
    if (aged.length > 0) this.#changes.fire(aged);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changes.dispose();
  }

  #source(): RowSource {
    const { connection } = this.#model.state.current;
    const active = this.#activeRun.state.current;
    const runs = 'runs' in active ? active.runs : [];
    const storeUri = connection.kind === 'ready' ? connection.store.uri : undefined;
    return {
      model: this.#model,
      activeRuns: runs.filter(({ ref }) => ref.storeUri === storeUri).map(({ info }) => info),
      chosen: this.#choice.state.current,
      revealed: this.#revealed,
    };
  }

  async #load(node: ExperimentsNode | undefined): Promise<void> {
    for (const subject of subjectsOf(node, this.#source())) {
      this.#loaded.set(subjectKey(subject), subject);
      await this.#model.load(subject);
    }
  }

  async #loadShown(): Promise<void> {
    for (const parent of this.#cache.parents) await this.#load(parent);
  }

  #update(): void {
    const source = this.#source();
    const changed = this.#cache.updateAll(parent => rowsOf(parent, source));
    this.#releaseHidden();
    if (changed !== 'none') this.#changes.fire(changed === 'all' ? undefined : changed);
  }

  #releaseHidden(): void {
    const source = this.#source();
    const needed = new Set(
      [...this.#cache.parents, ...this.#opening]
        .flatMap(parent => subjectsOf(parent, source))
        .map(subjectKey),
    );
    for (const [key, subject] of this.#loaded) {
      if (needed.has(key)) continue;
      this.#loaded.delete(key);
      this.#model.release(subject);
    }
  }
}
