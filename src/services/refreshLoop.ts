import type { Disposable } from '../tracking/events.ts';

/** After work of d milliseconds nothing is started by itself for four times as long, within limits. */
const restFactor = 4;
const longestRest = 5000;

/**
 * Does one thing again and again: never twice at once, and with at most one more waiting. What is asked for by a person
 * begins at once (`now`); what follows changes by itself (`soon`) leaves the store to others most of the time.
 */
export class RefreshLoop implements Disposable {
  readonly #work: () => Promise<void>;
  readonly #shortestRest: number;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #soonAfterRunning = false;
  #restUntil = 0;
  #disposed = false;

  /**
   * @param work must not reject.
   * @param shortestRest milliseconds.
   */
  constructor(work: () => Promise<void>, shortestRest = 100) {
    this.#work = work;
    this.#shortestRest = shortestRest;
  }

  /** Resolves when work that began after this call is done. */
  now(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#disposed) return Promise.resolve();
    if (!this.#running) return this.#start();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#start();
    });
    return this.#next;
  }

  soon(): void {
    if (this.#timer ?? this.#next) return;
    if (this.#running) {
      this.#soonAfterRunning = true;
      return;
    }
    this.#timer = setTimeout(() => void this.now(), Math.max(0, this.#restUntil - performance.now()));
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #start(): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    const started = performance.now();
    this.#soonAfterRunning = false;
    this.#running = this.#work().finally(() => {
      const ended = performance.now();
      this.#restUntil =
        ended + Math.min(longestRest, Math.max(this.#shortestRest, restFactor * (ended - started)));
      this.#running = undefined;
      if (this.#soonAfterRunning) this.soon();
    });
    return this.#running;
  }
}
