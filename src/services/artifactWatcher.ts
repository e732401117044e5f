import type { watch } from 'chokidar';
import { examine, walkDirectory } from '../tracking/artifacts/walk.ts';
import type { Disposable, Event } from '../tracking/events.ts';
import { Emitter } from '../tracking/events.ts';
import { isCancellation } from '../tracking/errors.ts';
import type { Observable } from '../tracking/observable.ts';
import type { Logger } from '../tracking/logger.ts';
import { systemClock } from './watching/clock.ts';
import type { Clock } from './watching/clock.ts';
import { FileLedger } from './watching/fileLedger.ts';
import { isOutOfWatches } from './watching/folderWatch.ts';
import type { Hint } from './watching/folderWatch.ts';
import { Sender } from './watching/sender.ts';
import type { SentFile, Submit } from './watching/sender.ts';
import { Settler } from './watching/settler.ts';
import { untilAborted } from './watching/untilAborted.ts';
import type { WatchedFile } from './watching/watchedFile.ts';
import { WatchedFolder } from './watching/watchedFolder.ts';
import type { FolderToWatch } from './watching/watchedFolder.ts';
import { StateBoard } from './watching/watcherState.ts';
import type { FileCounts, FileState, WatcherState } from './watching/watcherState.ts';

export interface ArtifactWatcherOptions {
  readonly folders: readonly FolderToWatch[];
  /** Globs, relative to each folder; `defaultExclude` in watching/exclusions.ts is a sane list. */
  readonly exclude: readonly string[];
  /** Absolute directories that are never outputs: above all the run's own artifacts, if they are in a watched folder. */
  readonly neverIn?: readonly string[];
  /** When the run started: what has not changed since is not logged. */
  readonly since: Date;
  /** Bytes; a larger file waits for logAnyway(). Default: 500 MiB. */
  readonly sizeLimit?: number;
  /** Milliseconds without a change after which an ordinary small file counts as complete. Default: `defaultSettle`. */
  readonly settle?: number;
  /** How many files are sent at once. Default: 4. */
  readonly concurrency?: number;
  readonly submit: Submit;
  /** What onDidSend told before a restart: not sent again while its content is the same. */
  readonly alreadySent?: Iterable<SentFile>;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly watch?: typeof watch;
}

const defaultSizeLimit = 500 * 2 ** 20;
export const defaultSettle = 1_000;
const defaultConcurrency = 4;

/** Milliseconds between rescans while events flow, and while the system has no watches left. */
const rescanEvery = 60_000;
const rescanWithoutEvents = 2_000;
/** Milliseconds between a hint that events were lost and the rescan, so that a thousand hints cost one. */
const rescanAfterLoss = 200;

/**
 * Logs the files of some folders into a run, each once it is complete, and again when it has changed (product.md,
 * "Auto-logging of artifacts").
 *
 * Watchers lose events, so an event only means "look again"; a rescan at the start, on every error, when a folder comes,
 * goes or is replaced, in flush() and every minute finds what no event told. Deletion deletes nothing. Nothing is
 * logged twice with the same content, and nothing while it is still being written, as far as that can be told.
 */
export class ArtifactWatcher {
  readonly state: Observable<WatcherState>;
  /** Tells what has arrived in the run, for `alreadySent` after a restart. */
  readonly onDidSend: Event<SentFile>;
  /** Resolves when the folders are watched and have been looked through once. */
  readonly ready: Promise<void>;

  readonly #options: ArtifactWatcherOptions;
  readonly #clock: Clock;
  readonly #folders: readonly WatchedFolder[];
  readonly #board: StateBoard;
  readonly #ledger: FileLedger;
  readonly #settler: Settler;
  readonly #sender: Sender;
  readonly #didSend = new Emitter<SentFile>();
  /** Fires whenever something has been finished that flush() may be waiting for. */
  readonly #progress = new Emitter<void>();
  readonly #abort = new AbortController();

  /** Paths being looked at; `true` if an event came meanwhile. */
  readonly #looking = new Map<string, boolean>();
  #scanning: Promise<void> | undefined;
  #nextScan: Promise<void> | undefined;
  #scanTimer: Disposable | undefined;
  #eventsFlow = true;
  #watching = true;

  constructor(options: ArtifactWatcherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#board = new StateBoard(this.#clock);
    this.state = this.#board;
    this.onDidSend = this.#didSend.event;
    this.#ledger = new FileLedger({
      since: options.since,
      settle: options.settle ?? defaultSettle,
      onChanged: file => {
        this.#sender.forget(file);
        this.#show(file, { kind: 'settling' });
        this.#settler.changed(file);
      },
      onLeftOut: (file, state) => {
        this.#leaveOut(file, state);
      },
      onGone: file => {
        this.#settler.forget(file);
        this.#sender.forget(file);
        this.#board.remove(file.path);
        this.#progress.fire();
      },
    });
    const isUnchanged = (file: WatchedFile) => this.#isUnchanged(file);
    this.#settler = new Settler({
      clock: this.#clock,
      isUnchanged,
      onComplete: file => {
        this.#complete(file);
      },
    });
    this.#sender = new Sender({
      submit: options.submit,
      concurrency: options.concurrency ?? defaultConcurrency,
      alreadySent: options.alreadySent ?? [],
      isUnchanged,
      onState: (file, state) => {
        this.#show(file, state);
      },
      onSent: sent => {
        this.#didSend.fire(sent);
      },
      onDone: () => {
        this.#progress.fire();
      },
    });
    this.#folders = options.folders.map(
      folder =>
        new WatchedFolder(folder, {
          exclude: options.exclude,
          neverIn: options.neverIn ?? [],
          watch: options.watch,
          onLook: (where, path, hint) => {
            this.#onEvent(where, path, hint);
          },
          onLost: error => {
            this.#onLost(error);
          },
        }),
    );
    this.ready = this.rescan();
  }

  /** Looks through all folders again; a call during a rescan starts another after it. Never rejects. */
  rescan(): Promise<void> {
    if (!this.#watching) return Promise.resolve();
    if (!this.#scanning) {
      this.#scanning = this.#scan().finally(() => {
        this.#scanning = undefined;
        this.#progress.fire();
      });
      return this.#scanning;
    }
    this.#nextScan ??= this.#scanning.then(() => {
      this.#nextScan = undefined;
      return this.rescan();
    });
    return this.#nextScan;
  }

  /**
   * Resolves when everything that is in the folders now is complete and sent, refused or failed; `state` tells how far
   * it is. Rejects when aborted, or when the watcher is disposed.
   */
  async flush(signal?: AbortSignal): Promise<FileCounts> {
    const stop = this.#stop(signal);
    await untilAborted(this.rescan(), stop);
    await this.#idle(stop);
    return this.state.current.counts;
  }

  /** Sends a file now that failed. */
  async retry(path: string): Promise<void> {
    const file = this.#ledger.get(path);
    if (file && (await this.#isThere(file)) && file.refusal === undefined) this.#send(file);
  }

  /** Sends a file in spite of its size, or after it was skipped, now and whenever it changes. */
  async logAnyway(path: string): Promise<void> {
    const file = this.#ledger.get(path);
    if (!file) return;
    file.allowed = true;
    file.refusal = undefined;
    await this.retry(path);
  }

  /** Leaves a file out for the rest of the run. */
  skip(path: string): void {
    const file = this.#ledger.get(path);
    if (!file) return;
    file.refusal = 'You left it out of this run.';
    this.#leaveOut(file, { kind: 'skipped', reason: file.refusal });
  }

  /** Looks for nothing more, sends what it knows of unless aborted, and disposes itself. Never rejects. */
  async drain(signal?: AbortSignal): Promise<void> {
    this.#watching = false;
    this.#scanTimer?.dispose();
    try {
      await Promise.all(this.#folders.map(folder => folder.close()));
      await this.#idle(this.#stop(signal));
    } catch (error) {
      if (!signal?.aborted) this.#options.logger.error('Sending the rest of the output files', error);
    }
    await this.dispose();
  }

  /** Stops sending and watching; resolves when nothing of it is left. */
  async dispose(): Promise<void> {
    this.#watching = false;
    this.#abort.abort();
    this.#scanTimer?.dispose();
    this.#settler.dispose();
    await Promise.all([...this.#folders.map(folder => folder.close()), this.#sender.dispose()]);
    // A scan may have opened a folder's watch while the watches were being closed.
    await this.#scanning;
    await Promise.all(this.#folders.map(folder => folder.close()));
    this.#board.dispose();
    this.#didSend.dispose();
    this.#progress.dispose();
  }

  #stop(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([this.#abort.signal, signal]) : this.#abort.signal;
  }

  async #idle(stop: AbortSignal): Promise<void> {
    while (!this.#isIdle) {
      const progress = new Promise<void>(resolve => {
        const subscription = this.#progress.event(() => {
          subscription.dispose();
          resolve();
        });
      });
      await untilAborted(progress, stop);
    }
  }

  get #isIdle(): boolean {
    return !this.#scanning && this.#looking.size === 0 && this.#settler.size === 0 && this.#sender.size === 0;
  }

  async #scan(): Promise<void> {
    this.#scanTimer?.dispose();
    for (const folder of this.#folders) {
      try {
        await folder.locate(this.#eventsFlow);
        await this.#walk(folder);
      } catch (error) {
        if (isCancellation(error)) return;
        this.#options.logger.error(`Can't look through ${folder.path}`, error);
      }
    }
    if (this.#watching) this.#rescanIn(this.#eventsFlow ? rescanEvery : rescanWithoutEvents);
  }

  async #walk(folder: WatchedFolder): Promise<void> {
    const { signal } = this.#abort;
    const seen = new Set<string>();
    const ignored = (path: string) => folder.isExcluded(path);
    for await (const batch of walkDirectory(folder.realPath, { ignored, signal })) {
      for (const entry of batch) {
        seen.add(entry.path);
        this.#ledger.found(folder, entry.path, entry);
      }
    }
    const unseen = this.#ledger.filesIn(folder).filter(file => !seen.has(file.relativePath));
    // Not simply gone: it may have come after the walk had passed.
    await Promise.all(unseen.map(file => this.#look(folder, file.relativePath)));
  }

  #rescanIn(delay: number): void {
    this.#scanTimer?.dispose();
    this.#scanTimer = this.#clock.after(delay, () => void this.rescan());
  }

  #onLost(error: Error | undefined): void {
    if (!this.#watching) return;
    // chokidar says it again for each directory.
    if (isOutOfWatches(error) && !this.#eventsFlow) return;
    if (error) this.#options.logger.warn('Watching the output folders', error);
    if (isOutOfWatches(error)) {
      this.#eventsFlow = false;
      this.#board.addProblem(
        `The system has no more file watches to give, so new files are looked for every ${rescanWithoutEvents / 1_000} seconds. Raise fs.inotify.max_user_watches, or watch smaller folders.`,
      );
    }
    this.#rescanIn(rescanAfterLoss);
  }

  #onEvent(folder: WatchedFolder, path: string, hint: Hint): void {
    if (!this.#watching) return;
    const key = folder.pathOf(path);
    if (hint === 'renamed') this.#ledger.entryChanged(key);
    if (hint === 'written') this.#ledger.written(key);
    if (this.#looking.has(key)) {
      this.#looking.set(key, true);
      return;
    }
    void this.#lookUntilQuiet(folder, path, key);
  }

  async #lookUntilQuiet(folder: WatchedFolder, path: string, key: string): Promise<void> {
    do {
      this.#looking.set(key, false);
      await this.#look(folder, path);
    } while (this.#looking.get(key));
    this.#looking.delete(key);
    this.#progress.fire();
  }

  async #look(folder: WatchedFolder, path: string): Promise<void> {
    const found = await examine(folder.realPath, path);
    if (!this.#abort.signal.aborted) this.#ledger.found(folder, path, found);
  }

  /** True if the file is there and is what it was at the last look; else whatever it is now has been taken note of. */
  async #isUnchanged(file: WatchedFile): Promise<boolean> {
    const { stamp } = file;
    return (await this.#isThere(file)) && file.stamp === stamp;
  }

  async #isThere(file: WatchedFile): Promise<boolean> {
    await this.#look(file.folder, file.relativePath);
    return this.#ledger.get(file.path) === file && file.stamp !== undefined;
  }

  #complete(file: WatchedFile): void {
    const size = file.stamp?.size ?? 0;
    if (!file.allowed && size > (this.#options.sizeLimit ?? defaultSizeLimit))
      this.#show(file, { kind: 'tooLarge', size });
    else this.#sender.enqueue(file);
    this.#progress.fire();
  }

  #send(file: WatchedFile): void {
    this.#settler.forget(file);
    this.#sender.enqueue(file);
  }

  #leaveOut(file: WatchedFile, state: FileState): void {
    this.#settler.forget(file);
    this.#sender.forget(file);
    this.#show(file, state);
    this.#progress.fire();
  }

  #show(file: WatchedFile, state: FileState): void {
    // A file that is gone may still be on its way.
    if (this.#ledger.get(file.path) === file)
      this.#board.set({ path: file.path, artifactPath: file.artifactPath, state });
  }
}
