/** Waiting times, in milliseconds, for a file whose settings say to wait `base`. */
const longestWindow = 30_000;
/** A pause up to so many windows is one of the writer's; after a longer one a change is a new version. */
const pausesWithin = 10;
/** A file that seems unfinished is waited for so many windows before it is taken for finished all the same. */
const patience = 8;

/**
 * How long one file must be quiet to count as complete. The window grows with the file's size (a large one is written
 * in bursts) and with the pauses that its writer has been seen to make.
 */
export class Settling {
  readonly #base: number;
  #changedAt: number | undefined;
  #size = 0;
  #longestPause = 0;

  constructor(base: number) {
    this.#base = base;
  }

  /** The file was seen to differ from what it was before. A new version tells nothing about pauses. */
  changed(now: number, size: number, isNewVersion = false): void {
    if (this.#changedAt !== undefined && !isNewVersion) {
      const pause = now - this.#changedAt;
      if (pause <= pausesWithin * this.#sizeWindow) this.#longestPause = Math.max(this.#longestPause, pause);
    }
    this.#changedAt = now;
    this.#size = size;
  }

  get #sizeWindow(): number {
    return this.#base * (1 + Math.log2(1 + this.#size / 2 ** 20) / 2);
  }

  get window(): number {
    return Math.min(Math.max(this.#sizeWindow, 2 * this.#longestPause), Math.max(longestWindow, this.#base));
  }

  /** When the file was last seen to change; for ever ago if never. */
  get changedAt(): number {
    return this.#changedAt ?? -Infinity;
  }

  /** True once even a file that seems unfinished counts as complete. */
  isOutOfPatience(now: number): boolean {
    return now - this.changedAt >= patience * this.window;
  }
}
