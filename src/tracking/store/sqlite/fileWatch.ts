import { type FSWatcher, watch } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { toError } from '../../errors.ts';
import type { Disposable } from '../../events.ts';
import type { Logger } from '../../logger.ts';

/** File events get lost (network drives, full queues): every so many milliseconds a `stat` looks for what they did not tell. */
const fallbackInterval = 1000;

/**
 * Says that an SQLite database file, its journal or its write-ahead log may have been written to. Only `stat` touches
 * the file: opening it would endanger SQLite's locks. The file and its folder may be absent, appear, be replaced.
 */
export class FileWatch implements Disposable {
  readonly #path: string;
  readonly #suspect: () => void;
  readonly #logger: Logger;
  readonly #timer: NodeJS.Timeout;
  #watcher: FSWatcher | undefined;
  #signature: string | undefined;
  #looking = false;
  #disposed = false;

  constructor(path: string, suspect: () => void, logger: Logger) {
    this.#path = path;
    this.#suspect = suspect;
    this.#logger = logger;
    this.#timer = setInterval(() => void this.#look(), fallbackInterval).unref();
    void this.#look();
  }

  dispose(): void {
    this.#disposed = true;
    clearInterval(this.#timer);
    this.#watcher?.close();
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      if (!this.#watcher) await this.#watch();
      const [file, log] = await Promise.all([this.#path, `${this.#path}-wal`].map(signatureOf));
      const signature = `${file ?? 'absent'} ${log ?? 'absent'}`;
      if (this.#signature !== undefined && signature !== this.#signature && !this.#disposed) this.#suspect();
      this.#signature = signature;
    } finally {
      this.#looking = false;
    }
  }

  /** Watches the folder, since a watch on the file would stay with it when another one takes its name. */
  async #watch(): Promise<void> {
    const file = await realpath(this.#path).catch(() => this.#path);
    const names = [basename(file), `${basename(file)}-journal`, `${basename(file)}-wal`];
    if (this.#disposed) return;
    try {
      const watcher = watch(dirname(file), { persistent: false }, (_event, name) => {
        if (name === null || names.includes(name)) this.#suspect();
      });
      watcher.on('error', error => {
        this.#logger.warn(
          `The folder of "${this.#path}" can't be watched (${error.message}); looking once a second.`,
        );
        this.#drop(watcher);
      });
      this.#watcher = watcher;
    } catch (error) {
      this.#logger.debug(`The folder of "${this.#path}" can't be watched yet: ${toError(error).message}`);
    }
  }

  #drop(watcher: FSWatcher): void {
    watcher.close();
    if (this.#watcher === watcher) this.#watcher = undefined;
  }
}

const signatureOf = (path: string) =>
  stat(path, { bigint: true }).then(
    ({ ino, size, mtimeNs }) => `${ino} ${size} ${mtimeNs}`,
    () => undefined,
  );
