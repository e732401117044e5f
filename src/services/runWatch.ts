import { basename, isAbsolute, normalize, posix, sep } from 'node:path';
import * as vscode from 'vscode';
import type { ActiveRun } from '../tracking/activeRun.ts';
import { localRoot } from '../tracking/artifacts/localRoot.ts';
import { isCancellation } from '../tracking/errors.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Logger } from '../tracking/logger.ts';
import { type Observable, ObservableValue } from '../tracking/observable.ts';
import type { ActiveRunState } from './activeRun.ts';
import type { ArtifactWatcher } from './artifactWatcher.ts';
import type { Outbox } from './outbox.ts';
import type { SentFiles } from './sentFiles.ts';
import type { SettingsService } from './settings.ts';
import type { FolderToWatch } from './watching/watchedFolder.ts';
import type { WatcherState } from './watching/watcherState.ts';

export interface RunWatchDependencies {
  readonly activeRun: Observable<ActiveRunState>;
  readonly outbox: Outbox;
  readonly settings: SettingsService;
  readonly sentFiles: SentFiles;
  readonly logger: Logger;
}

interface Watch {
  readonly run: ActiveRun;
  /** Resolves to undefined when the watch was given up before it began. */
  readonly watcher: Promise<ArtifactWatcher | undefined>;
  readonly stopped: AbortController;
}

/** Milliseconds that a run around a nested one has for the files that it has not sent yet. */
const drainFor = 30_000;

/** The watcher of the workspace's output folders while a run is active: it always logs to the innermost one. */
export class RunWatch implements Disposable {
  readonly #dependencies: RunWatchDependencies;
  readonly #state = new ObservableValue<WatcherState | undefined>(undefined);
  readonly #subscriptions: Disposable[];
  #watch: Watch | undefined;

  constructor(dependencies: RunWatchDependencies) {
    this.#dependencies = dependencies;
    const { activeRun, settings } = dependencies;
    this.#subscriptions = [
      activeRun.onDidChange(state => this.#follow(state)),
      settings.onDidChange(
        ['runlight.autoLog.folders', 'runlight.autoLog.exclude', 'runlight.autoLog.sizeLimit'],
        () => this.#restart(),
      ),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#restart()),
    ];
    this.#follow(activeRun.current);
  }

  /** What the watcher of the active run does; undefined while no run is active or no folder is watched. */
  get state(): Observable<WatcherState | undefined> {
    return this.#state;
  }

  /** Resolves once everything in the output folders is in `run`, or refused, or `stopWaiting` is aborted. */
  async settle(run: ActiveRun, stopWaiting: AbortSignal | undefined): Promise<void> {
    if (this.#watch?.run !== run) return;
    const watcher = await this.#watch.watcher;
    try {
      await watcher?.flush(stopWaiting);
    } catch (error) {
      if (!stopWaiting?.aborted && !isCancellation(error)) throw error;
    }
  }

  /** Sends a file again that failed. */
  async retry(path: string): Promise<void> {
    await (await this.#watch?.watcher)?.retry(path);
  }

  /** Sends a file in spite of its size. */
  async logAnyway(path: string): Promise<void> {
    await (await this.#watch?.watcher)?.logAnyway(path);
  }

  /** Leaves a file out of the run. */
  async skip(path: string): Promise<void> {
    (await this.#watch?.watcher)?.skip(path);
  }

  /** Looks through the output folders again. */
  async rescan(): Promise<void> {
    await (await this.#watch?.watcher)?.rescan();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#stop();
    this.#state.dispose();
  }

  #follow(state: ActiveRunState): void {
    if (state.kind === 'ending') return;
    const before = this.#watch?.run;
    if (state.kind !== 'active') {
      this.#stop();
    } else if (state.run !== before) {
      // A nested run takes over: what already lies in the folders still goes to the run around it.
      this.#stop(before !== undefined && state.runs.includes(before));
      this.#start(state.run, state.watchedSince);
    }
    const isOver = before && !(state.kind === 'active' && state.runs.includes(before));
    if (isOver) void this.#dependencies.sentFiles.remove(before.info.runId);
  }

  #restart(): void {
    const { current } = this.#dependencies.activeRun;
    if (current.kind !== 'active') return;
    this.#stop();
    this.#start(current.run, current.watchedSince);
  }

  #start(run: ActiveRun, since: number): void {
    const stopped = new AbortController();
    this.#watch = { run, stopped, watcher: this.#open(run, since, stopped.signal) };
  }

  async #open(run: ActiveRun, since: number, stopped: AbortSignal): Promise<ArtifactWatcher | undefined> {
    const { outbox, settings, sentFiles, logger } = this.#dependencies;
    const folders = foldersToWatch(settings, logger);
    if (folders.length === 0) return undefined;
    const alreadySent = await sentFiles.load(run.info.runId);
    if (stopped.aborted) return undefined;
    const { ArtifactWatcher } = await import('./artifactWatcher.ts');
    const watcher = new ArtifactWatcher({
      folders,
      exclude: settings.get('runlight.autoLog.exclude'),
      // Where artifacts lie in a watched folder, logging them would make new ones without end.
      neverIn: [localRoot(run.info.artifactUri)],
      since: new Date(since),
      sizeLimit: settings.get('runlight.autoLog.sizeLimit') * 2 ** 20,
      alreadySent,
      submit: (localPath, artifactPath, signal, onProgress) =>
        outbox.submit(
          run.ref,
          { kind: 'artifact', localPath, artifactPath, contentsOnly: false },
          { signal, onProgress },
        ),
      logger,
    });
    watcher.onDidSend(sent => void sentFiles.add(run.info.runId, sent));
    const publish = () => {
      if (!stopped.aborted) this.#state.set(watcher.state.current);
    };
    watcher.state.onDidChange(publish);
    publish();
    return watcher;
  }

  /** @param drain let the watcher send what it knows of first. */
  #stop(drain = false): void {
    const watch = this.#watch;
    if (!watch) return;
    this.#watch = undefined;
    watch.stopped.abort();
    this.#state.set(undefined);
    void watch.watcher.then(watcher =>
      drain ? watcher?.drain(AbortSignal.timeout(drainFor)) : watcher?.dispose(),
    );
  }
}

/**
 * The folders that the settings name, in every workspace folder. Only folders inside of the workspace: a path that leads
 * out of it is left out and said in the log. With several, each one's own name comes first in the run.
 */
function foldersToWatch(settings: SettingsService, logger: Logger): readonly FolderToWatch[] {
  const found = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .flatMap(root =>
      settings.get('runlight.autoLog.folders', root.uri).flatMap(folder => {
        const inside = normalize(folder);
        if (isAbsolute(inside) || inside.split(sep)[0] === '..') {
          logger.warn(
            `runlight.autoLog.folders: "${folder}" leads out of the workspace folder and is not watched.`,
          );
          return [];
        }
        return [{ path: vscode.Uri.joinPath(root.uri, inside).fsPath, root: root.name }];
      }),
    );
  if (found.length === 1) return found.map(({ path }) => ({ path, prefix: undefined }));
  const names = found.map(({ path }) => basename(path));
  const isShared = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  return found.map(({ path, root }) => {
    const name = basename(path);
    return { path, prefix: isShared(name) ? posix.join(root, name) : name };
  });
}
