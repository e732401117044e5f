import type { ActiveRun } from './tracking/activeRun.ts';
import {
  type Experiment,
  type Run,
  SourceType,
  type TerminalStatus,
  type ViewType,
} from './tracking/entities.ts';
import type { Event } from './tracking/events.ts';
import type { Fluent, StartRunOptions } from './tracking/fluent.ts';
import type { Connection } from './services/connection.ts';

export type { ActiveRun };

/**
 * What `activate()` returns: `mlflow.tracking` for other extensions, with the run that the person sees in the editor.
 *
 * ```ts
 * const mlflow = await vscode.extensions.getExtension<RunlightApi>('runlight.runlight')!.activate();
 * await mlflow.withRun({ runName: 'from my extension' }, async run => {
 *   await run.logParam('lr', '0.01');
 *   await run.logMetric('loss', 0.3, 1);
 *   await run.logArtifact('/tmp/plot.png', 'plots');
 * });
 * ```
 *
 * Every promise rejects with an `Error` whose `message` names the thing and the way out, and whose `errorCode` is MLflow's.
 */
export interface RunlightApi {
  readonly SourceType: typeof SourceType;
  /** Fires with the run that is active from here on, or undefined when there is none. */
  readonly onDidChangeActiveRun: Event<ActiveRun | undefined>;
  /** The innermost active run of this window, if any. */
  activeRun(): ActiveRun | undefined;
  /** @returns the new experiment's id. Rejects with RESOURCE_ALREADY_EXISTS when the name is in use, also by a deleted one. */
  createExperiment(name: string, artifactLocation?: string): Promise<string>;
  /** Where the active run's artifacts are, or `artifactPath` among them. Starts a run when none is active. */
  getArtifactUri(artifactPath?: string): Promise<string>;
  /** Asks the current tracking store, whatever store the active run is in. */
  getRun(runUuid: string): Promise<Run>;
  /** The current tracking URI; the active run may be in another store. */
  getTrackingUri(): string;
  /** Every experiment, the newest first. Default: the active ones. */
  listExperiments(viewType?: ViewType): Promise<readonly Experiment[]>;
  /** Logs a file, or a directory with its name, to the active run. Starts a run when none is active. */
  logArtifact(localPath: string, artifactPath?: string): Promise<void>;
  /** Logs the contents of a directory to the active run. Starts a run when none is active. */
  logArtifacts(localDir: string, artifactPath?: string): Promise<void>;
  /** Logs a metric, now, at `step` (default 0). Starts a run when none is active. */
  logMetric(key: string, value: number, step?: number | bigint): Promise<void>;
  /** Logs a parameter. Starts a run when none is active. */
  logParam(key: string, value: string): Promise<void>;
  /** Uses another store from here on, while this window is open. The active run keeps its own until it ends. */
  setTrackingUri(uri: string): Promise<void>;
  /** Starts a run, or resumes one, and makes it the active run. Rejects while a run is active, unless `nested`. */
  startRun(options?: StartRunOptions): Promise<ActiveRun>;
  /** Ends the active run (default FINISHED) once its output folders have settled and all that was logged is stored. */
  endRun(status?: TerminalStatus): Promise<void>;
  /** Runs `body` in a run of its own: FINISHED when it returns, FAILED when it throws. */
  withRun<T>(options: StartRunOptions, body: (run: ActiveRun) => T | Promise<T>): Promise<T>;
}

/** @internal */
export function createApi(fluent: Fluent, connection: Connection): RunlightApi {
  return {
    SourceType,
    onDidChangeActiveRun: listener => {
      let before = fluent.activeRun();
      return fluent.stack.onDidChange(() => {
        const run = fluent.activeRun();
        if (run === before) return;
        before = run;
        listener(run);
      });
    },
    activeRun: () => fluent.activeRun(),
    createExperiment: (name, artifactLocation) => fluent.createExperiment(name, artifactLocation),
    getArtifactUri: artifactPath => fluent.getArtifactUri(artifactPath),
    getRun: runUuid => fluent.getRun(runUuid),
    getTrackingUri: () => connection.getTrackingUri(),
    listExperiments: viewType => fluent.listExperiments(viewType),
    logArtifact: async (localPath, artifactPath) =>
      (await fluent.ensureRun()).logArtifact(localPath, artifactPath),
    logArtifacts: async (localDir, artifactPath) =>
      (await fluent.ensureRun()).logArtifacts(localDir, artifactPath),
    logMetric: async (key, value, step) => (await fluent.ensureRun()).logMetric(key, value, step),
    logParam: async (key, value) => (await fluent.ensureRun()).logParam(key, value),
    setTrackingUri: uri => connection.setTrackingUri(uri),
    startRun: options => fluent.startRun(options),
    endRun: status => fluent.endRun(status),
    withRun: (options, body) => fluent.withRun(options, body),
  };
}
