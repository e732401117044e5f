import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRef } from '../tracking/operations.ts';

/** An active run as it is kept across a reload. */
export interface SavedRun {
  readonly ref: RunRef;
  readonly runName: string;
  /** When this window's watch over output folders began for it, milliseconds since the epoch. */
  readonly watchedSince: number;
}

/**
 * The stack of active runs on disk, outermost first. Written whole and renamed into place: a crash leaves the one before
 * or the one after.
 */
export class ActiveRunFile {
  readonly #directory: string;
  readonly #path: string;
  #saved: Promise<void> = Promise.resolve();

  constructor(directory: string) {
    this.#directory = directory;
    this.#path = join(directory, 'activeRun.json');
  }

  async load(): Promise<readonly SavedRun[]> {
    try {
      return JSON.parse(await readFile(this.#path, 'utf8')) as SavedRun[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  /** Resolves when what `save` was called with last is on disk; rejects as that save did. */
  get saved(): Promise<void> {
    return this.#saved;
  }

  /** Saves are done in the order of the calls. */
  save(runs: readonly SavedRun[]): Promise<void> {
    this.#saved = this.#saved.catch(() => undefined).then(() => this.#write(runs));
    return this.#saved;
  }

  async #write(runs: readonly SavedRun[]): Promise<void> {
    if (runs.length === 0) return rm(this.#path, { force: true });
    await mkdir(this.#directory, { recursive: true });
    const temporary = `${this.#path}.new`;
    await writeFile(temporary, JSON.stringify(runs, null, 1));
    await rename(temporary, this.#path);
  }
}
