import { setTimeout as delay } from 'node:timers/promises';
import type { ActiveRun } from '../tracking/activeRun.ts';
import { isRunGone, TrackingError, toError } from '../tracking/errors.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Fluent } from '../tracking/fluent.ts';
import type { Logger } from '../tracking/logger.ts';
import { type Observable, ObservableValue } from '../tracking/observable.ts';
import type { TrackingStore } from '../tracking/store/trackingStore.ts';
import type { ActiveRunFile, SavedRun } from './activeRunFile.ts';
import type { WindowLease } from './windowLease.ts';

/** `runs` is the stack, outermost first; `run` is its innermost, which log calls and the watcher write to. */
export type ActiveRunState =
  | { readonly kind: 'none' }
  /** Another window of this workspace manages the active run. */
  | { readonly kind: 'elsewhere'; readonly runName: string }
  /** A run left active by an earlier window can't be reached: `retry()` tries again, `forget()` lets it go. */
  | { readonly kind: 'unreachable'; readonly runName: string; readonly error: Error }
  | {
      readonly kind: 'active';
      readonly runs: readonly ActiveRun[];
      readonly run: ActiveRun;
      /** Milliseconds since the epoch: files that changed before are not this run's. */
      readonly watchedSince: number;
      /** It was active before this window opened. */
      readonly restored: boolean;
    }
  | { readonly kind: 'ending'; readonly runs: readonly ActiveRun[]; readonly run: ActiveRun };

export interface ActiveRunDependencies {
  readonly fluent: Fluent;
  readonly openStore: (uri: string) => TrackingStore;
  readonly file: ActiveRunFile;
  readonly lease: WindowLease;
  readonly logger: Logger;
}

/** How long a reloaded window waits for the one before it to let go, and how often it looks, in milliseconds. */
const handOver = { total: 2_000, step: 100 };
/** How often a window looks whether another one still has the active run, in milliseconds. */
const lookElsewhere = 1_000;

/**
 * The active run of this workspace: `Fluent`'s stack, kept across reloads and crashes, and managed by one window at a
 * time. `Fluent` starts and ends runs, and calls this before it does.
 */
export class ActiveRunService implements Disposable {
  readonly #fluent: Fluent;
  readonly #openStore: (uri: string) => TrackingStore;
  readonly #file: ActiveRunFile;
  readonly #lease: WindowLease;
  readonly #logger: Logger;
  readonly #state = new ObservableValue<ActiveRunState>({ kind: 'none' });
  readonly #watchedSince = new WeakMap<ActiveRun, number>();
  readonly #subscription: Disposable;
  readonly #disposal = new AbortController();
  #managing: Promise<void> | undefined;
  readonly #restored = new WeakSet<ActiveRun>();
  #restoring: Promise<void> | undefined;
  #nextLook: NodeJS.Timeout | undefined;

  constructor({ fluent, openStore, file, lease, logger }: ActiveRunDependencies) {
    this.#fluent = fluent;
    this.#openStore = openStore;
    this.#file = file;
    this.#lease = lease;
    this.#logger = logger;
    this.#subscription = fluent.stack.onDidChange(() => this.#stackChanged());
  }

  get state(): Observable<ActiveRunState> {
    return this.#state;
  }

  /**
   * Takes up what an earlier window left active, if it did. Never rejects: the state says how it went.
   * @param patience how long to wait for a window that is still ending, in milliseconds
   */
  restore(patience = handOver.total): Promise<void> {
    this.#restoring ??= this.#restore(patience).finally(() => (this.#restoring = undefined));
    return this.#restoring;
  }

  /** Makes this window the one that manages the active run, and takes up what another has left. */
  beforeStart(): Promise<void> {
    this.#managing ??= this.#manage().finally(() => (this.#managing = undefined));
    return this.#managing;
  }

  /** See `FluentContext.stackKept`. A full disk keeps nobody from logging: it is said in the log. */
  get stackKept(): Promise<void> {
    return this.#file.saved.catch(() => undefined);
  }

  /** Says that `run` is ending for as long as `end` takes. */
  async ending(run: ActiveRun, end: () => Promise<void>): Promise<void> {
    if (run === this.#fluent.activeRun())
      this.#state.set({ kind: 'ending', runs: this.#fluent.stack.current, run });
    try {
      await end();
    } finally {
      // Unless the stack has changed, and said so: ending was refused, or was of a run further out.
      if (this.#state.current.kind === 'ending') this.#publish();
    }
  }

  /** Lets a run that can't be reached go: it stays as it is in its store. */
  async forget(): Promise<void> {
    await this.#file.save([]);
    this.#lease.release();
    this.#state.set({ kind: 'none' });
  }

  dispose(): void {
    this.#disposal.abort();
    clearTimeout(this.#nextLook);
    this.#subscription.dispose();
    this.#state.dispose();
    this.#lease.dispose();
  }

  async #manage(): Promise<void> {
    if (this.#fluent.activeRun()) return;
    await this.restore(0);
    const state = this.#state.current;
    if (state.kind === 'elsewhere') {
      throw new TrackingError(
        'INVALID_STATE',
        `Run "${state.runName}" is active in another window of this workspace: end it there, or close that window.`,
      );
    }
    if (state.kind === 'unreachable') throw state.error;
    if (!(await this.#lease.tryAcquire())) {
      throw new TrackingError(
        'INVALID_STATE',
        'Another window of this workspace is starting a run: go on there.',
      );
    }
  }

  async #restore(patience: number): Promise<void> {
    let saved: readonly SavedRun[] = [];
    try {
      saved = await this.#file.load();
      const innermost = saved.at(-1);
      if (!innermost) {
        if (this.#state.current.kind !== 'none') this.#state.set({ kind: 'none' });
        return;
      }
      if (!(await this.#acquire(patience))) {
        this.#isElsewhere(innermost.runName);
        return;
      }
      // Saved again by the window that just let go?
      saved = await this.#file.load();
      for (const each of saved) await this.#adopt(each);
      if (this.#fluent.stack.current.length === 0) await this.forget();
    } catch (error) {
      this.#logger.warn('The run that was active can’t be taken up:', error);
      const runName = saved.at(-1)?.runName ?? '?';
      this.#state.set({ kind: 'unreachable', runName, error: toError(error) });
    }
  }

  /** Looks again from time to time: takes the run up when that window is gone, shows it no longer once it has ended. */
  #isElsewhere(runName: string): void {
    const { current } = this.#state;
    if (current.kind !== 'elsewhere' || current.runName !== runName) {
      this.#state.set({ kind: 'elsewhere', runName });
    }
    if (this.#disposal.signal.aborted) return;
    clearTimeout(this.#nextLook);
    this.#nextLook = setTimeout(() => void this.restore(0), lookElsewhere);
  }

  async #acquire(patience: number): Promise<boolean> {
    for (const end = Date.now() + patience; ;) {
      if (await this.#lease.tryAcquire()) return true;
      if (Date.now() >= end || this.#disposal.signal.aborted) return false;
      await delay(handOver.step, undefined, { signal: this.#disposal.signal });
    }
  }

  async #adopt({ ref, runName, watchedSince }: SavedRun): Promise<void> {
    try {
      const store = this.#openStore(ref.storeUri);
      const run = await this.#fluent.adopt(ref, store, active => {
        this.#watchedSince.set(active, watchedSince);
        this.#restored.add(active);
      });
      this.#logger.info(`Run "${run.info.runName}" is active again.`);
    } catch (error) {
      if (!isRunGone(error)) throw error;
      this.#logger.warn(`Run "${runName}" was active, but is gone:`, error);
    }
  }

  #stackChanged(): void {
    const runs = this.#fluent.stack.current;
    const run = runs.at(-1);
    const before = this.#state.current;
    // Back from a nested run: what changed meanwhile was the nested run's.
    if (run && 'runs' in before && before.run !== run && before.runs.includes(run)) {
      this.#watchedSince.set(run, Date.now());
    }
    void this.#file.save(runs.map(each => this.#saved(each))).catch((error: unknown) => {
      this.#logger.error('The active run can’t be kept for a reload:', error);
    });
    if (!run) this.#lease.release();
    this.#publish();
  }

  #publish(): void {
    const runs = this.#fluent.stack.current;
    const run = runs.at(-1);
    this.#state.set(
      run
        ? { kind: 'active', runs, run, watchedSince: this.#since(run), restored: this.#restored.has(run) }
        : { kind: 'none' },
    );
  }

  #saved(run: ActiveRun): SavedRun {
    return { ref: run.ref, runName: run.info.runName, watchedSince: this.#since(run) };
  }

  #since(run: ActiveRun): number {
    let since = this.#watchedSince.get(run);
    if (since === undefined) this.#watchedSince.set(run, (since = Date.now()));
    return since;
  }
}
