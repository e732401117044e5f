/** A row of a tree. */
export interface Row<N> {
  /** Unique in the view, and the same after a reload of the window. */
  readonly id: string;
  readonly parent: N | undefined;
}

export interface RowChanges<N> {
  readonly rows: readonly N[];
  /** Rows have come, gone or moved: the parent must be shown anew. */
  readonly moved: boolean;
  /** Rows that stayed where they were, with other contents. */
  readonly changed: readonly N[];
}

/**
 * The rows that are shown, by parent. VS Code knows rows by their objects: this keeps one object for each id, and writes
 * what is known by now into it.
 */
export class NodeCache<N extends Row<N>> {
  readonly #children = new Map<N | undefined, readonly N[]>();
  readonly #byId = new Map<string, N>();

  /** The rows whose children are shown, each before its descendants; undefined is the root. */
  get parents(): readonly (N | undefined)[] {
    return [...this.#children.keys()];
  }

  get nodes(): Iterable<N> {
    return this.#byId.values();
  }

  has(row: N): boolean {
    return this.#byId.get(row.id) === row;
  }

  /** Whether the children of the row are shown. */
  shows(parent: N | undefined): boolean {
    return this.#children.has(parent);
  }

  update(parent: N | undefined, next: readonly N[]): RowChanges<N> {
    const before = this.#children.get(parent);
    const changed: N[] = [];
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

  /** Updates everything that is shown. @returns the rows that have to be shown anew, with what is below them. */
  updateAll(rowsOf: (parent: N | undefined) => readonly N[]): N[] | 'all' | 'none' {
    const changed: N[] = [];
    let rootMoved = false;
    for (const parent of [...this.#children.keys()]) {
      // Its own parent has just lost it.
      if (!this.#children.has(parent)) continue;
      const changes = this.update(parent, rowsOf(parent));
      if (!changes.moved) changed.push(...changes.changed);
      else if (parent) changed.push(parent);
      else rootMoved = true;
    }
    if (rootMoved) return 'all';
    return changed.length > 0 ? changed : 'none';
  }

  /** The row is collapsed: nothing below it is shown any more. */
  collapse(parent: N): void {
    for (const row of this.#children.get(parent) ?? []) this.#forget(row);
    this.#children.delete(parent);
  }

  #forget(row: N): void {
    this.collapse(row);
    this.#byId.delete(row.id);
  }
}

/** Contents are replaced as a whole wherever they change, so that comparing them by identity is enough. */
function differs<N extends object>(known: N, row: N): boolean {
  return Object.entries(row).some(
    ([name, value]) => name !== 'parent' && (known as Record<string, unknown>)[name] !== value,
  );
}
