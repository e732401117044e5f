import type { watch } from 'chokidar';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../tracking/fileError.ts';
import { isInside } from '../../tracking/artifacts/walk.ts';
import { excluding } from './exclusions.ts';
import type { Exclusion } from './exclusions.ts';
import { FolderWatch } from './folderWatch.ts';
import type { Hint } from './folderWatch.ts';

/** A folder whose files are logged; it may not exist yet. */
export interface FolderToWatch {
  /** Absolute. */
  readonly path: string;
  /** The directory in the run that receives its files; undefined or empty for the root. */
  readonly prefix: string | undefined;
}

export interface WatchedFolderOptions {
  readonly exclude: readonly string[];
  readonly neverIn: readonly string[];
  readonly watch: typeof watch | undefined;
  readonly onLook: (folder: WatchedFolder, path: string, hint: Hint) => void;
  readonly onLost: (error?: Error) => void;
}

/** One folder, where it really is, and the events from there. */
export class WatchedFolder {
  readonly path: string;
  readonly prefix: string | undefined;
  /** The folder itself may be a link; what is in it may not lead out. */
  realPath: string;
  readonly #options: WatchedFolderOptions;
  readonly #isExcluded: Exclusion;
  #watch: FolderWatch | undefined;

  constructor({ path, prefix }: FolderToWatch, options: WatchedFolderOptions) {
    this.path = path;
    this.realPath = path;
    this.prefix = prefix;
    this.#options = options;
    this.#isExcluded = excluding(options.exclude);
  }

  /** Absolute, as the folder was named; what a file is known by. */
  pathOf(relativePath: string): string {
    return join(this.path, relativePath);
  }

  isExcluded(relativePath: string): boolean {
    const inOwn = () =>
      this.#options.neverIn.some(
        directory =>
          isInside(directory, join(this.realPath, relativePath)) ||
          isInside(directory, join(this.path, relativePath)),
      );
    return this.#isExcluded(relativePath) || inOwn();
  }

  /** Finds out where the folder is now, and watches there unless told that the system has no more watches. */
  async locate(watching: boolean): Promise<void> {
    try {
      this.realPath = await realpath(this.path);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') this.realPath = this.path;
    }
    if (!watching) await this.close();
    else if (this.#watch?.path !== this.realPath) await this.#open();
  }

  async #open(): Promise<void> {
    await this.close();
    this.#watch = new FolderWatch({
      path: this.realPath,
      watch: this.#options.watch,
      isExcluded: path => this.isExcluded(path),
      onLook: (path, hint) => {
        this.#options.onLook(this, path, hint);
      },
      onLost: this.#options.onLost,
    });
    await this.#watch.ready;
  }

  async close(): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    await watch?.close();
  }
}
