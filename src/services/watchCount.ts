import type { Disposable } from '../tracking/events.ts';

/** How many are watching: something begins with the first of them and stops with the last. */
export class WatchCount {
  readonly #begin: () => void;
  readonly #stop: () => void;
  #count = 0;

  constructor(begin: () => void, stop: () => void) {
    this.#begin = begin;
    this.#stop = stop;
  }

  get isWatched(): boolean {
    return this.#count > 0;
  }

  /** Counts one more until the result is disposed. */
  watch(): Disposable {
    this.#count += 1;
    if (this.#count === 1) this.#begin();
    let disposed = false;
    return {
      dispose: () => {
        if (disposed) return;
        disposed = true;
        this.#count -= 1;
        if (this.#count === 0) this.#stop();
      },
    };
  }
}
