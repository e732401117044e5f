import { v4 as uuid } from 'uuid';
import { ActiveRun, type ActiveRunOwner } from './activeRun.ts';
import {
  type Experiment,
  MlflowTag,
  type Run,
  type RunInfo,
  SourceType,
  type Tag,
  type TerminalStatus,
  type ViewType,
} from './entities.ts';
import { invalid, isRunGone, TrackingError } from './errors.ts';
import { type ExperimentContext, type NextExperiment, nextExperiment } from './nextExperiment.ts';
import { type Observable, ObservableValue } from './observable.ts';
import type { RunRef, RunSink } from './operations.ts';
import { randomRunName } from './runNames.ts';
import type { TrackingStore } from './store/trackingStore.ts';
import { validateRunName, validateTag } from './validation.ts';

/** The arguments of `start_run`, by their names in the original API (product.md §1). */
export interface StartRunOptions {
  /** Resume this run; every other argument but `nested` is then ignored. */
  readonly runUuid?: string | undefined;
  readonly experimentId?: string | undefined;
  /** Default: the current file. */
  readonly sourceName?: string | undefined;
  /** Default: the Git commit of the source. */
  readonly sourceVersion?: string | undefined;
  readonly entryPointName?: string | undefined;
  /** Default: LOCAL. */
  readonly sourceType?: SourceType | undefined;
  /** Default: a random readable name. */
  readonly runName?: string | undefined;
  /** Start it as a child of the active run instead of refusing. */
  readonly nested?: boolean | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** Where a run's code comes from; what is unknown is undefined. */
export interface RunSource {
  readonly name: string | undefined;
  readonly gitCommit: string | undefined;
  readonly gitBranch: string | undefined;
  readonly gitRepoUrl: string | undefined;
}

/** What the surroundings give the fluent API: the editor in the product, plain values in a test. */
export interface FluentContext extends ExperimentContext {
  readonly sink: RunSink;
  /** The store of the current tracking URI. */
  store(): Promise<TrackingStore>;
  environment(name: 'MLFLOW_RUN_ID' | 'MLFLOW_EXPERIMENT_ID' | 'MLFLOW_EXPERIMENT_NAME'): string | undefined;
  /** @param sourceName as asked for, when it was. */
  source(sourceName: string | undefined): Promise<RunSource>;
  userId(): string;
  /** Called before a run is started or resumed; what it throws refuses the start. */
  beforeStart(): Promise<void>;
  /** Resolves when the stack of active runs, as it is now, would survive a crash: starting and ending wait for that. */
  stackKept(): Promise<void>;
  /**
   * Called to end a run: brings in what still belongs to it, then calls `end`. Aborting `stopWaiting` asks to end without
   * what has not come in yet.
   */
  ending(run: ActiveRun, stopWaiting: AbortSignal | undefined, end: () => Promise<void>): Promise<void>;
}

/**
 * The semantics of `mlflow.tracking`: which run is active, which one a call starts, and what ending it means.
 * Calls that change the stack of active runs are done one at a time, in the order in which they were made.
 */
export class Fluent implements ActiveRunOwner {
  readonly sink: RunSink;
  readonly #context: FluentContext;
  readonly #stack = new ObservableValue<readonly ActiveRun[]>([]);
  #last: Promise<unknown> = Promise.resolve();
  /** MLflow takes MLFLOW_RUN_ID out of the environment when it has used it: only the first start joins that run. */
  #environmentRunUsed = false;

  constructor(context: FluentContext) {
    this.#context = context;
    this.sink = context.sink;
  }

  /** The active runs, outermost first; the last one is what log calls write to. */
  get stack(): Observable<readonly ActiveRun[]> {
    return this.#stack;
  }

  activeRun(): ActiveRun | undefined {
    return this.#stack.current.at(-1);
  }

  /** The run of MLFLOW_RUN_ID while the next start resumes it. */
  get environmentRunId(): string | undefined {
    return this.#environmentRunUsed ? undefined : this.#context.environment('MLFLOW_RUN_ID');
  }

  /**
   * Where a run that is started now goes to. @param experimentId as asked for, when it was.
   * @throws TrackingError as `startRun` does for the experiment.
   */
  async nextExperiment(experimentId?: string): Promise<NextExperiment> {
    return nextExperiment(await this.#context.store(), this.#context, experimentId, this.activeRun());
  }

  /**
   * @throws TrackingError INVALID_STATE while a run is active and `nested` is not set; RESOURCE_DOES_NOT_EXIST for an
   * unknown run or experiment; INVALID_PARAMETER_VALUE for a deleted one.
   */
  async startRun(options: StartRunOptions = {}): Promise<ActiveRun> {
    await this.#context.beforeStart();
    return this.#exclusive(() => this.#start(options));
  }

  /** The active run, else a run started as `startRun()` would: what log calls without an active run use. */
  async ensureRun(): Promise<ActiveRun> {
    const active = this.activeRun();
    if (active) return active;
    await this.#context.beforeStart();
    return this.#exclusive(async () => this.activeRun() ?? (await this.#start({})));
  }

  /**
   * Takes up a run that was active before a restart: it goes on as it is, nothing is written.
   * @param prepare is called with the run just before it becomes active.
   */
  adopt(ref: RunRef, store: TrackingStore, prepare?: (run: ActiveRun) => void): Promise<ActiveRun> {
    return this.#exclusive(async () => {
      const { info } = await store.getRun(ref.runId);
      if (info.lifecycleStage === 'deleted') throw deletedRun(info);
      const run = new ActiveRun(info, store, this);
      prepare?.(run);
      return this.#push(run);
    });
  }

  /** Ends the innermost active run. @throws TrackingError INVALID_STATE when there is none. */
  async endRun(status: TerminalStatus = 'FINISHED', stopWaiting?: AbortSignal): Promise<void> {
    const run = this.activeRun();
    if (!run) throw new TrackingError('INVALID_STATE', 'No run is active: there is nothing to end.');
    await this.end(run, status, stopWaiting);
  }

  /** Ends `run` after all that was logged to it. Ending it twice does nothing the second time. */
  async end(run: ActiveRun, status: TerminalStatus, stopWaiting?: AbortSignal): Promise<void> {
    if (!this.#stack.current.includes(run)) return;
    await this.#context.ending(run, stopWaiting, () => this.#exclusive(() => this.#end(run, status)));
  }

  /** Runs `body` in a run of its own: FINISHED when it returns, FAILED when it throws, whose error is then thrown on. */
  async withRun<T>(options: StartRunOptions, body: (run: ActiveRun) => T | Promise<T>): Promise<T> {
    const run = await this.startRun(options);
    let result: T;
    try {
      result = await body(run);
    } catch (error) {
      // The body's own error is the one to tell; a failure to end the run would only hide it.
      await run.end('FAILED').catch(() => undefined);
      throw error;
    }
    await run.end('FINISHED');
    return result;
  }

  /** From the current tracking store, also for the active run. */
  async getRun(runUuid: string): Promise<Run> {
    return (await this.#context.store()).getRun(runUuid);
  }

  async createExperiment(name: string, artifactLocation?: string): Promise<string> {
    return (await this.#context.store()).createExperiment(name, { artifactLocation });
  }

  async listExperiments(viewType: ViewType = 'ACTIVE_ONLY'): Promise<readonly Experiment[]> {
    const store = await this.#context.store();
    const all: Experiment[] = [];
    let pageToken: string | undefined;
    do {
      const page = await store.searchExperiments({ viewType, pageToken });
      all.push(...page.items);
      pageToken = page.nextPageToken;
    } while (pageToken !== undefined);
    return all;
  }

  /** Starts a run when none is active, as MLflow does. */
  async getArtifactUri(artifactPath?: string): Promise<string> {
    return (await this.ensureRun()).artifactUri(artifactPath);
  }

  async #start(options: StartRunOptions): Promise<ActiveRun> {
    const parent = this.activeRun();
    if (parent && !options.nested) {
      throw new TrackingError(
        'INVALID_STATE',
        `Run "${parent.info.runName}" is already active: end it first, or start a nested run.`,
      );
    }
    const store = await this.#context.store();
    if (options.runUuid !== undefined) return this.#resume(store, options.runUuid);
    const environmentRun = this.environmentRunId;
    if (environmentRun !== undefined) {
      const run = await this.#resume(store, environmentRun);
      this.#environmentRunUsed = true;
      return run;
    }

    const tags = Object.entries(options.tags ?? {}).map(([key, value]) => ({ key, value }));
    tags.forEach(validateTag);
    if (options.runName !== undefined) validateRunName(options.runName);
    const source = await this.#context.source(options.sourceName);
    const userId = this.#context.userId();
    const next = await nextExperiment(store, this.#context, options.experimentId, parent);
    const experimentId = next.experimentId ?? (await store.createExperiment(next.name));
    const run = await store.createRun({
      runId: uuid().replaceAll('-', ''),
      experimentId,
      runName: options.runName ?? randomRunName(),
      userId,
      startTime: Date.now(),
      tags: merge(
        [
          tag(MlflowTag.user, userId),
          tag(MlflowTag.sourceName, source.name),
          tag(MlflowTag.sourceType, options.sourceType ?? SourceType.LOCAL),
          tag(MlflowTag.gitCommit, options.sourceVersion ?? source.gitCommit),
          tag(MlflowTag.gitBranch, source.gitBranch),
          tag(MlflowTag.gitRepoUrl, source.gitRepoUrl),
          tag(MlflowTag.entryPoint, options.entryPointName),
          // A parent in another store would be found nowhere.
          tag(MlflowTag.parentRunId, parent?.ref.storeUri === store.uri ? parent.info.runId : undefined),
        ],
        tags,
      ),
    });
    return this.#push(new ActiveRun(run.info, store, this));
  }

  async #end(run: ActiveRun, status: TerminalStatus): Promise<void> {
    if (!this.#stack.current.includes(run)) return;
    try {
      await this.sink.submit(run.ref, { kind: 'update', update: { status, endTime: Date.now() } });
    } catch (error) {
      // A run that its store no longer takes writes for can't be ended better than by letting it go.
      if (isRunGone(error)) this.#remove(run);
      throw error;
    }
    this.#remove(run);
  }

  async #resume(store: TrackingStore, runId: string): Promise<ActiveRun> {
    if (this.#stack.current.some(run => run.info.runId === runId)) {
      throw new TrackingError('INVALID_STATE', `Run ${runId} is already active.`);
    }
    const { info } = await store.getRun(runId);
    if (info.lifecycleStage === 'deleted') throw deletedRun(info);
    return this.#push(
      new ActiveRun(await store.updateRun(runId, { status: 'RUNNING', endTime: null }), store, this),
    );
  }

  #push(run: ActiveRun): ActiveRun {
    this.#stack.set([...this.#stack.current, run]);
    return run;
  }

  #remove(run: ActiveRun): void {
    this.#stack.set(this.#stack.current.filter(other => other !== run));
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(async () => {
      const value = await work();
      await this.#context.stackKept();
      return value;
    });
    this.#last = result.catch(() => undefined);
    return result;
  }
}

const tag = (key: string, value: string | undefined): Tag | undefined =>
  value === undefined || value === '' ? undefined : { key, value };

/** The tags that the person gave win over ours. */
function merge(ours: readonly (Tag | undefined)[], theirs: readonly Tag[]): Tag[] {
  const byKey = new Map<string, Tag>();
  for (const each of [...ours, ...theirs]) if (each) byKey.set(each.key, each);
  return [...byKey.values()];
}

function deletedRun(info: RunInfo): TrackingError {
  return invalid(`Run "${info.runName}" (${info.runId}) is deleted: restore it before resuming it.`);
}
