/** How the person wants to see experiments and runs. */
export interface ViewOptions {
  /** As typed: a text to look for in run names, or a filter in MLflow's search syntax. Empty: everything. */
  readonly filter: string;
  /** MLflow's order_by of runs; empty: newest first. */
  readonly orderBy: readonly string[];
  readonly viewType: 'active' | 'deleted';
}

/** What is shown beside the runs of an experiment instead of its first metric. */
export interface PinnedColumns {
  readonly metric?: string | undefined;
  readonly param?: string | undefined;
}

/** The part of `vscode.Memento` that is needed. */
export interface Memento {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}
