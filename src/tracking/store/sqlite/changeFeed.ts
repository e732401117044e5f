import { toError } from '../../errors.ts';
import { type Disposable, Emitter, type Event } from '../../events.ts';
import type { Logger } from '../../logger.ts';
import { FileWatch } from './fileWatch.ts';

/** Bursts come as one event in so many milliseconds; the last change of a burst is always told. */
const shortestInterval = 100;

/**
 * Fires after commits to an SQLite file, by anyone, while somebody listens. What the file system says is only a
 * suspicion: whether something was committed is what `changeToken` says.
 */
export class ChangeFeed implements Disposable {
  readonly #path: string;
  readonly #changeToken: () => Promise<string>;
  readonly #logger: Logger;
  readonly #emitter = new Emitter<void>();
  readonly #fire: Throttle;
  readonly #check: Throttle;
  #listeners = 0;
  #watch: FileWatch | undefined;
  #token: string | undefined;
  #asking = false;

  constructor(path: string, changeToken: () => Promise<string>, logger: Logger) {
    this.#path = path;
    this.#changeToken = changeToken;
    this.#logger = logger;
    this.#fire = new Throttle(shortestInterval, () => {
      this.#emitter.fire();
    });
    this.#check = new Throttle(shortestInterval, () => void this.#ask());
  }

  readonly event: Event<void> = listener => {
    const subscription = this.#emitter.event(listener);
    if (++this.#listeners === 1) this.#start();
    let listening = true;
    return {
      dispose: () => {
        if (!listening) return;
        listening = false;
        subscription.dispose();
        if (--this.#listeners === 0) this.#stop();
      },
    };
  };

  /** This process has committed: `data_version` tells of others only. */
  committed(): void {
    if (this.#watch) this.#fire.request();
  }

  dispose(): void {
    this.#stop();
    this.#emitter.dispose();
  }

  #start(): void {
    this.#watch = new FileWatch(
      this.#path,
      () => {
        this.#check.request();
      },
      this.#logger,
    );
    this.#token = undefined;
    // Before whatever the listener reads next, so that a commit after that reading differs from this.
    void this.#ask();
  }

  #stop(): void {
    this.#watch?.dispose();
    this.#watch = undefined;
    this.#check.cancel();
    this.#fire.cancel();
  }

  async #ask(): Promise<void> {
    if (this.#asking) {
      this.#check.request();
      return;
    }
    this.#asking = true;
    const watch = this.#watch;
    try {
      // An error is a state too: views should learn that the store has become unreadable, and that it has recovered.
      const token = await this.#changeToken().catch((error: unknown) => `error: ${toError(error).message}`);
      if (watch !== this.#watch || !watch) return;
      if (this.#token !== undefined && token !== this.#token) this.#fire.request();
      this.#token = token;
    } finally {
      this.#asking = false;
    }
  }
}

/** Runs an action when asked to: at once, then again after an interval at the earliest, if asked again meanwhile. */
class Throttle {
  readonly #interval: number;
  readonly #action: () => void;
  #last = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(interval: number, action: () => void) {
    this.#interval = interval;
    this.#action = action;
  }

  request(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.#last = performance.now();
        this.#action();
      },
      Math.max(0, this.#last + this.#interval - performance.now()),
    );
  }

  cancel(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
