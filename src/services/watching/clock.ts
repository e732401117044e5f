import type { Disposable } from '../../tracking/events.ts';

/** Time as the watcher sees it: milliseconds that only grow, and timers. */
export interface Clock {
  now(): number;
  /** Calls `run` once, in `delay` milliseconds, unless disposed before. */
  after(delay: number, run: () => void): Disposable;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (delay, run) => {
    const timer = setTimeout(run, delay);
    return {
      dispose: () => {
        clearTimeout(timer);
      },
    };
  },
};
