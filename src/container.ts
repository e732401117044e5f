import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import * as vscode from 'vscode';
import { createApi, type RunlightApi } from './api.ts';
import { createCommandHandlers } from './commands/handlers.ts';
import { registerCommands } from './commands/registry.ts';
import { ActiveRunService } from './services/activeRun.ts';
import { ActiveRunData } from './services/activeRunData.ts';
import { ActiveRunFile } from './services/activeRunFile.ts';
import { Connection } from './services/connection.ts';
import { ContextKeyService } from './services/contextKeys.ts';
import { currentUser, environmentVariable } from './services/environment.ts';
import { ExperimentChoice } from './services/experimentChoice.ts';
import { gitState } from './services/git.ts';
import { Outbox } from './services/outbox.ts';
import { RunWatch } from './services/runWatch.ts';
import { SentFiles } from './services/sentFiles.ts';
import { SettingsService } from './services/settings.ts';
import { TrackingModel } from './services/trackingModel.ts';
import { WindowLease } from './services/windowLease.ts';
import { Fluent, type RunSource } from './tracking/fluent.ts';
import { registerActiveRunView } from './views/activeRunTree.ts';
import { registerExperimentsView } from './views/experimentsTree.ts';
import { registerStatusBar } from './views/statusBar.ts';

/** Everything that lives as long as the window: constructed here, in the order of dependence, and disposed in reverse. */
export class Container {
  readonly api: RunlightApi;
  readonly #connection: Connection;
  readonly #activeRun: ActiveRunService;
  readonly #disposables: vscode.Disposable[] = [];

  constructor(context: vscode.ExtensionContext) {
    const log = this.#own(vscode.window.createOutputChannel('MLflow', { log: true }));
    const settings = new SettingsService();
    const storage = sharedStorage(context.globalStorageUri).fsPath;
    const memento = context.storageUri ? context.workspaceState : context.globalState;

    const workerFile = context.asAbsolutePath(join('dist', 'sqliteWorker.js'));
    const connection = this.#own(new Connection(settings, { workerFile, logger: log }, log));
    const outbox = new Outbox(connection);
    const choice = this.#own(new ExperimentChoice(memento));
    const fluent: Fluent = new Fluent({
      sink: outbox,
      store: () => connection.currentStore(),
      chosenExperimentId: store => choice.experimentIdIn(store.uri),
      environment: environmentVariable,
      source: name => sourceOfRun(name, log),
      userId: currentUser,
      beforeStart: () => activeRun.beforeStart(),
      stackKept: () => activeRun.stackKept,
      ending: (run, stopWaiting, end) =>
        activeRun.ending(run, async () => {
          await runWatch.settle(run, stopWaiting);
          await end();
        }),
    });
    const activeRun: ActiveRunService = this.#own(
      new ActiveRunService({
        fluent,
        openStore: uri => connection.store(uri),
        file: new ActiveRunFile(storage),
        lease: new WindowLease(storage),
        logger: log,
      }),
    );
    const runWatch = this.#own(
      new RunWatch({
        activeRun: activeRun.state,
        outbox,
        settings,
        sentFiles: new SentFiles(storage),
        logger: log,
      }),
    );
    const data = this.#own(new ActiveRunData({ activeRun: activeRun.state, logger: log }));
    const model = this.#own(
      new TrackingModel({
        connection: connection.state,
        openArtifacts: uri => connection.artifacts(uri),
        memento,
        logger: log,
      }),
    );

    this.#own(outbox.onDidLogArtifact(() => model.refreshSoon()));
    this.#setContextKeys(model, activeRun, fluent);
    const experiments = this.#own(registerExperimentsView({ model, activeRun, choice }));
    this.#own(registerActiveRunView({ activeRun, data, runWatch }));
    this.#own(registerStatusBar({ activeRun, data, runWatch }));
    this.#own(
      registerCommands(
        createCommandHandlers({
          fluent,
          activeRun,
          connection,
          outbox,
          settings,
          model,
          choice,
          runWatch,
          experiments,
          log,
        }),
        log,
      ),
    );

    this.#connection = connection;
    this.#activeRun = activeRun;
    this.api = createApi(fluent, connection);
  }

  /** What goes on after activation: taking up the run that the window before left active. */
  start(): void {
    void this.#activeRun.restore();
  }

  /** Resolves when what was accepted has been written and every worker has ended. */
  async dispose(): Promise<void> {
    for (const disposable of this.#disposables.reverse()) disposable.dispose();
    await this.#connection.close();
  }

  #setContextKeys(model: TrackingModel, activeRun: ActiveRunService, fluent: Fluent): void {
    const keys = new ContextKeyService();
    const update = () => {
      const { current } = model.contextKeys;
      keys.set('runlight.store', current['runlight.store']);
      keys.set('runlight.filtered', current['runlight.filtered']);
      keys.set('runlight.viewType', current['runlight.viewType']);
      keys.set('runlight.runActive', fluent.activeRun() !== undefined);
    };
    this.#own(model.contextKeys.onDidChange(update));
    this.#own(activeRun.state.onDidChange(update));
    update();
  }

  #own<T extends vscode.Disposable>(disposable: T): T {
    this.#disposables.push(disposable);
    return disposable;
  }
}

/**
 * A folder that all windows of this workspace share. (`storageUri` is not one: VS Code gives a second window on the same
 * workspace a storage of its own, and may do so after a reload while the host before is still ending.)
 */
function sharedStorage(globalStorage: vscode.Uri): vscode.Uri {
  const { workspaceFile, workspaceFolders } = vscode.workspace;
  const workspace = (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? '';
  return vscode.Uri.joinPath(
    globalStorage,
    'workspaces',
    createHash('sha256').update(workspace).digest('hex'),
  );
}

/** The file in front of the person, or the one asked for, with what Git knows of it. */
async function sourceOfRun(asked: string | undefined, log: vscode.LogOutputChannel): Promise<RunSource> {
  const file =
    vscode.window.activeTextEditor?.document.uri ?? vscode.window.activeNotebookEditor?.notebook.uri;
  const current = file?.scheme === 'file' ? file : undefined;
  const folder =
    (current && vscode.workspace.getWorkspaceFolder(current)) ?? vscode.workspace.workspaceFolders?.[0];
  const place = current ?? folder?.uri;
  const git = place ? await gitState(place, log) : undefined;
  const inFolder = current && folder && relative(folder.uri.fsPath, current.fsPath).replaceAll('\\', '/');
  return {
    name: asked ?? (inFolder?.startsWith('..') ? current?.fsPath : inFolder) ?? current?.fsPath,
    gitCommit: git?.commit,
    gitBranch: git?.branch,
    gitRepoUrl: git?.repoUrl,
  };
}
