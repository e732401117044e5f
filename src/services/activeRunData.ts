import type { ActiveRun } from '../tracking/activeRun.ts';
import type { Run } from '../tracking/entities.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Logger } from '../tracking/logger.ts';
import { type Observable, ObservableValue } from '../tracking/observable.ts';
import type { ActiveRunState } from './activeRun.ts';
import { RefreshLoop } from './refreshLoop.ts';
import { keepIdentity } from './trackingModel/keepIdentity.ts';
import { WatchCount } from './watchCount.ts';

export interface ActiveRunDataDependencies {
  readonly activeRun: Observable<ActiveRunState>;
  readonly logger: Logger;
}

export interface ActiveRunContents {
  readonly run: Run;
  readonly experimentName: string;
}

/** Milliseconds: a training that logs without a pause is looked at no more often. */
const shortestRest = 500;

/**
 * What the store holds of the active run, which may be in another store than the tracking model's: read when it becomes
 * active, and after each change of its store while somebody watches. What can't be read stays as it was.
 */
export class ActiveRunData implements Disposable {
  readonly #logger: Logger;
  readonly #state = new ObservableValue<ActiveRunContents | undefined>(undefined);
  readonly #loop = new RefreshLoop(() => this.#read(), shortestRest);
  readonly #watchers = new WatchCount(
    () => this.#listen(),
    () => this.#stopListening(),
  );
  readonly #subscription: Disposable;
  #run: ActiveRun | undefined;
  #storeChanges: Disposable | undefined;

  constructor({ activeRun, logger }: ActiveRunDataDependencies) {
    this.#logger = logger;
    this.#subscription = activeRun.onDidChange(state => this.#follow(state));
    this.#follow(activeRun.current);
  }

  /** Undefined while no run is active, and until the active one has been read. */
  get state(): Observable<ActiveRunContents | undefined> {
    return this.#state;
  }

  watch(): Disposable {
    return this.#watchers.watch();
  }

  dispose(): void {
    this.#stopListening();
    this.#loop.dispose();
    this.#subscription.dispose();
    this.#state.dispose();
  }

  #follow(state: ActiveRunState): void {
    const run = 'run' in state ? state.run : undefined;
    if (run === this.#run) return;
    this.#stopListening();
    this.#run = run;
    this.#state.set(undefined);
    if (!run) return;
    void this.#loop.now();
    this.#listen();
  }

  #listen(): void {
    if (!this.#run || !this.#watchers.isWatched || this.#storeChanges) return;
    this.#storeChanges = this.#run.store.onDidChange(() => this.#loop.soon());
    // Nobody has listened until now.
    this.#loop.soon();
  }

  #stopListening(): void {
    this.#storeChanges?.dispose();
    this.#storeChanges = undefined;
  }

  async #read(): Promise<void> {
    const active = this.#run;
    if (!active) return;
    try {
      const run = await active.store.getRun(active.info.runId);
      const experimentName =
        this.#state.current?.experimentName ?? (await active.store.getExperiment(run.info.experimentId)).name;
      if (active === this.#run) this.#state.set(keepIdentity(this.#state.current, { run, experimentName }));
    } catch (error) {
      this.#logger.warn(`Can't read the active run "${active.info.runName}":`, error);
    }
  }
}
