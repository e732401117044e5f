import type { Disposable } from '../../tracking/events.ts';
import type { Clock } from './clock.ts';
import { OpenWriters } from './openWriters.ts';
import type { WatchedFile } from './watchedFile.ts';
import { hasKnownEnd, wholenessOf } from './wholeness.ts';

/** Milliseconds of quiet after which a rename, or a format that shows its end, is believed. */
const shortWindow = 40;
/** Milliseconds between two rounds of judging, so that a burst of files is judged in batches. */
const restBetweenRounds = 10;
/** Milliseconds between two looks for open writers, and from a look to the next file that is due. */
const lookEvery = 400;
const lookAhead = 150;

export interface SettlerOptions {
  readonly clock: Clock;
  /** Looks at the file again: true if it is what it was at the last look. */
  readonly isUnchanged: (file: WatchedFile) => Promise<boolean>;
  readonly onComplete: (file: WatchedFile) => void;
}

/**
 * Decides when a file is complete: nothing about it changed over its window, and
 * - it was renamed into place, or its format shows that it is whole: the window is a short one (for a format, only for
 *   the first version: what is rewritten ten times a second need not arrive so often); or
 * - its format does not show an end, and nobody has it open for writing; or
 * - it has been quiet for so long that it is not waited for any more.
 */
export class Settler implements Disposable {
  readonly #options: SettlerOptions;
  /** When each file is looked at next, on the clock. */
  readonly #due = new Map<WatchedFile, number>();
  readonly #writers: OpenWriters;
  #lookTimer: Disposable | undefined;
  #timer: Disposable | undefined;
  #timerAt = Infinity;
  #checking = false;
  #disposed = false;

  constructor(options: SettlerOptions) {
    this.#options = options;
    this.#writers = new OpenWriters(options.clock);
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
    const { settling, wasWhole } = file;
    settling.changed(now, file.stamp?.size ?? 0, wasWhole && !this.#due.has(file));
    const early = file.renamedHere || (!wasWhole && hasKnownEnd(file.path));
    this.#due.set(file, now + (early ? Math.min(shortWindow, settling.window) : settling.window));
    this.#arm(this.#due.get(file) ?? now);
    this.#planLook();
  }

  forget(file: WatchedFile): void {
    this.#due.delete(file);
  }

  get #nextDue(): number {
    let next = Infinity;
    for (const at of this.#due.values()) next = Math.min(next, at);
    return next;
  }

  /** Has the open writers known just before a file is due, so that it need not wait for a look. */
  #planLook(): void {
    if (this.#disposed || this.#lookTimer || this.#due.size === 0) return;
    const { clock } = this.#options;
    const at = Math.max(this.#nextDue - lookAhead, this.#writers.lookedAt + lookEvery);
    this.#lookTimer = clock.after(Math.max(at - clock.now(), 0), () => {
      // Of a file that is written all the time, the due time moves on and on.
      const isDueSoon = this.#nextDue <= clock.now() + lookAhead;
      const looked = isDueSoon ? this.#writers.look(() => this.#paths()) : Promise.resolve();
      void looked.finally(() => {
        this.#lookTimer = undefined;
        this.#planLook();
      });
    });
  }

  *#paths(): Iterable<string> {
    for (const file of this.#due.keys()) yield file.realPath;
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
      if (this.#due.size > 0)
        this.#arm(Math.max(this.#nextDue, this.#options.clock.now() + restBetweenRounds));
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
    const planned = this.#due.get(file);
    const wholeness = file.renamedHere
      ? 'whole'
      : await wholenessOf(file.realPath, file.stamp?.size ?? 0).catch(() => 'unknown' as const);
    if (this.#due.get(file) !== planned) return undefined;
    const isGivenUp = file.settling.isOutOfPatience(this.#options.clock.now());
    if (wholeness === 'unknown' && !isGivenUp) return file;
    if (wholeness === 'partial' && !isGivenUp) this.#putOff(file);
    else this.#complete(file, wholeness === 'whole');
    return undefined;
  }

  async #askForWriters(files: readonly WatchedFile[]): Promise<void> {
    const planned = files.map(file => this.#due.get(file));
    const isKnown = (file: WatchedFile) => this.#writers.lookedAt > file.settling.changedAt;
    // A look that was under way may have begun before a file's last change.
    for (let times = 0; times < 2 && !files.every(isKnown); times++)
      await this.#writers.look(() => this.#paths());
    files.forEach((file, index) => {
      if (this.#due.get(file) !== planned[index]) return;
      if (this.#writers.has(file.realPath)) this.#putOff(file, lookEvery);
      else this.#complete(file, false);
    });
  }

  #putOff(file: WatchedFile, atMost = Infinity): void {
    this.#due.set(file, this.#options.clock.now() + Math.min(file.settling.window, atMost));
  }

  #complete(file: WatchedFile, isWhole: boolean): void {
    this.#due.delete(file);
    file.wasWhole = isWhole;
    this.#options.onComplete(file);
  }

  dispose(): void {
    this.#disposed = true;
    this.#timer?.dispose();
    this.#lookTimer?.dispose();
    this.#due.clear();
  }
}
