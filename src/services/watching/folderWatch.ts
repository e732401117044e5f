import { watch } from 'chokidar';
import type { FSWatcher } from 'chokidar';
import { join, relative, sep } from 'node:path';
import { systemCode } from '../../tracking/fileError.ts';

/** What an event was about; any of them only means: look again. */
export type Hint = 'renamed' | 'written' | undefined;

export interface FolderWatchOptions {
  /** Absolute; may not exist yet. */
  readonly path: string;
  readonly isExcluded: (relativePath: string) => boolean;
  /** `path` is relative and `/`-separated. */
  readonly onLook: (path: string, hint: Hint) => void;
  /** Events may have been lost, or the folder itself has come, gone or been replaced. */
  readonly onLost: (error?: Error) => void;
  readonly watch?: typeof watch | undefined;
}

/** The system has no more watches or handles to give: chokidar goes on but misses what happens. */
export const isOutOfWatches = (error: unknown) =>
  ['ENOSPC', 'EMFILE', 'ENFILE'].includes(systemCode(error) ?? '');

/** chokidar's events of one folder. Links are not followed. */
export class FolderWatch {
  readonly path: string;
  readonly #watcher: FSWatcher;
  /** Resolves when events flow, or never will. */
  readonly ready: Promise<void>;
  #closed: () => void = () => undefined;

  constructor(options: FolderWatchOptions) {
    const { path, isExcluded, onLook, onLost } = options;
    this.path = path;
    const relativeTo = (absolute: string) => relative(path, absolute).split(sep).join('/');
    const isBelow = (relativePath: string) => relativePath !== '' && !/^\.\.(?:\/|$)/.test(relativePath);
    const isIgnored = (absolute: string) => {
      const relativePath = relativeTo(absolute);
      return isBelow(relativePath) && isExcluded(relativePath);
    };

    this.#watcher = (options.watch ?? watch)(path, {
      ignoreInitial: true,
      followSymlinks: false,
      ignored: isIgnored,
    });
    this.#watcher.on('all', (event, absolute) => {
      const relativePath = relativeTo(absolute);
      if (isBelow(relativePath)) onLook(relativePath, undefined);
      else if (event === 'addDir' || event === 'unlinkDir') onLost();
    });
    // Raw events tell a rename into place, which is never followed by "change", from a file that is being written.
    this.#watcher.on('raw', (event, name, details) => {
      const { watchedPath } = details as { watchedPath?: unknown };
      if (typeof watchedPath !== 'string' || typeof name !== 'string') return;
      const relativePath = relativeTo(join(watchedPath, name));
      if (isBelow(relativePath) && !isExcluded(relativePath))
        onLook(relativePath, event === 'rename' ? 'renamed' : 'written');
    });
    this.#watcher.on('error', error => {
      onLost(error instanceof Error ? error : new Error(String(error)));
    });
    this.ready = new Promise(resolve => {
      this.#watcher.once('ready', resolve);
      this.#closed = resolve;
    });
  }

  async close(): Promise<void> {
    this.#closed();
    await this.#watcher.close();
  }
}
