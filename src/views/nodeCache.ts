import type { ExperimentsNode } from './nodes.ts';

export interface RowChanges {
  readonly rows: readonly ExperimentsNode[];
  /** Rows have come, gone or moved: the parent must be shown anew. */
  readonly moved: boolean;
  /** Rows that stayed where they were, with other contents. */
  readonly changed: readonly ExperimentsNode[];
}

/**
 * The rows that are shown, by parent. VS Code knows rows by their objects: this keeps one object for each id, and writes
 * what is known by now into it.
 */
export class NodeCache {
  readonly #children = new Map<ExperimentsNode | undefined, readonly ExperimentsNode[]>();
  readonly #byId = new Map<string, ExperimentsNode>();

  /** The rows whose children are shown, each before its descendants; undefined is the root. */
  get parents(): readonly (ExperimentsNode | undefined)[] {
    return [...this.#children.keys()];
  }

  get nodes(): Iterable<ExperimentsNode> {
    return this.#byId.values();
  }

  has(row: ExperimentsNode): boolean {
    return this.#byId.get(row.id) === row;
  }

  /** Whether the children of the row are shown. */
  shows(parent: ExperimentsNode | undefined): boolean {
    return this.#children.has(parent);
  }

  update(parent: ExperimentsNode | undefined, next: readonly ExperimentsNode[]): RowChanges {
    const before = this.#children.get(parent);
    const changed: ExperimentsNode[] = [];
    const rows = next.map(row => {
      const known = this.#byId.get(row.id);
      if (!known) {
        this.#byId.set(row.id, row);
        return row;
      }
      if (differs(known, row)) {
        Object.assign(known, row);
        changed.push(known);
      }
      return known;
    });
    const kept = new Set(rows);
    for (const row of before ?? []) if (!kept.has(row)) this.#forget(row);
    const moved = rows.length !== before?.length || rows.some((row, index) => row !== before[index]);
    this.#children.set(parent, rows);
    return { rows, moved, changed };
  }

  /** The row is collapsed: nothing below it is shown any more. */
  collapse(parent: ExperimentsNode): void {
    for (const row of this.#children.get(parent) ?? []) this.#forget(row);
    this.#children.delete(parent);
  }

  #forget(row: ExperimentsNode): void {
    this.collapse(row);
    this.#byId.delete(row.id);
  }
}

/** Contents are replaced as a whole wherever they change, so that comparing them by identity is enough. */
function differs(known: ExperimentsNode, row: ExperimentsNode): boolean {
  return Object.entries(row).some(
    ([name, value]) => name !== 'parent' && (known as unknown as Record<string, unknown>)[name] !== value,
  );
}
