import type { Disposable } from '../../tracking/events.ts';
import type { Clock } from './clock.ts';
import { openWriters } from './openWriters.ts';
import type { WatchedFile } from './watchedFile.ts';
import { hasKnownEnd, wholenessOf } from './wholeness.ts';

/** Milliseconds of quiet after which a rename, or a format that shows its end, is believed. */
const shortWindow = 40;
/** Milliseconds between two rounds of judging, so that a burst of files is judged in batches. */
const restBetweenRounds = 25;

export interface SettlerOptions {
  readonly clock: Clock;
  /** Looks at the file again: true if it is what it was at the last look. */
  readonly isUnchanged: (file: WatchedFile) => Promise<boolean>;
  readonly onComplete: (file: WatchedFile) => void;
}

/**
 * Decides when a file is complete: nothing about it changed over its window, and
 * - it was renamed into place, or its format shows that it is whole: the window is a short one; or
 * - its format does not show an end, and nobody has it open for writing; or
 * - it has been quiet for so long that it is not waited for any more.
 */
export class Settler implements Disposable {
  readonly #options: SettlerOptions;
  /** When each file is looked at next, on the clock. */
  readonly #due = new Map<WatchedFile, number>();
  #timer: Disposable | undefined;
  #timerAt = Infinity;
  #checking = false;
  #disposed = false;

  constructor(options: SettlerOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#due.size;
  }

  has(file: WatchedFile): boolean {
    return this.#due.has(file);
  }

  /** The file has just changed: it is waited for from now on. */
  changed(file: WatchedFile): void {
    const now = this.#options.clock.now();
    file.settling.changed(now, file.stamp?.size ?? 0);
    const early = file.renamedHere || hasKnownEnd(file.path);
    this.#plan(file, now + (early ? Math.min(shortWindow, file.settling.window) : file.settling.window));
  }

  forget(file: WatchedFile): void {
    this.#due.delete(file);
  }

  #plan(file: WatchedFile, at: number): void {
    this.#due.set(file, at);
    this.#arm(at);
  }

  #arm(at: number): void {
    if (this.#disposed || this.#checking || at >= this.#timerAt) return;
    this.#timer?.dispose();
    this.#timerAt = at;
    this.#timer = this.#options.clock.after(Math.max(at - this.#options.clock.now(), 0), () => {
      this.#timerAt = Infinity;
      void this.#checkDue();
    });
  }

  async #checkDue(): Promise<void> {
    this.#checking = true;
    try {
      const now = this.#options.clock.now();
      const due = [...this.#due].filter(([, at]) => at <= now).map(([file]) => file);
      const quiet = await this.#keepUnchanged(due);
      const undecided = (await Promise.all(quiet.map(file => this.#judge(file)))).filter(
        file => file !== undefined,
      );
      await this.#askForWriters(undecided);
    } finally {
      this.#checking = false;
      let next = Infinity;
      for (const at of this.#due.values()) next = Math.min(next, at);
      if (next < Infinity) this.#arm(Math.max(next, this.#options.clock.now() + restBetweenRounds));
    }
  }

  async #keepUnchanged(files: readonly WatchedFile[]): Promise<readonly WatchedFile[]> {
    const planned = files.map(file => this.#due.get(file));
    const unchanged = await Promise.all(files.map(file => this.#options.isUnchanged(file)));
    // An event that came in between has given the file another time, or taken it away.
    return files.filter((file, index) => unchanged[index] && this.#due.get(file) === planned[index]);
  }

  /** Completes the file, or puts it off, or returns it: then only an open writer speaks against it. */
  async #judge(file: WatchedFile): Promise<WatchedFile | undefined> {
    const { settling, stamp } = file;
    const planned = this.#due.get(file);
    const wholeness =
      file.renamedHere || settling.isOutOfPatience(this.#options.clock.now())
        ? 'whole'
        : await wholenessOf(file.realPath, stamp?.size ?? 0).catch(() => 'unknown' as const);
    if (this.#due.get(file) !== planned) return undefined;
    if (wholeness === 'unknown') return file;
    if (wholeness === 'whole') this.#complete(file);
    else this.#putOff(file);
    return undefined;
  }

  async #askForWriters(files: readonly WatchedFile[]): Promise<void> {
    const planned = files.map(file => this.#due.get(file));
    const written = await openWriters(new Set(files.map(file => file.realPath)));
    files.forEach((file, index) => {
      if (this.#due.get(file) !== planned[index]) return;
      if (written.has(file.realPath)) this.#putOff(file);
      else this.#complete(file);
    });
  }

  #putOff(file: WatchedFile): void {
    this.#due.set(file, this.#options.clock.now() + file.settling.window);
  }

  #complete(file: WatchedFile): void {
    this.#due.delete(file);
    this.#options.onComplete(file);
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#due.clear();
  }
}
