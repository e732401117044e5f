import * as vscode from 'vscode';
import type { ArtifactRepository } from '../tracking/artifacts/artifactRepository.ts';
import { openArtifacts } from '../tracking/artifacts/openArtifacts.ts';
import { TrackingError, toError } from '../tracking/errors.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Logger } from '../tracking/logger.ts';
import { type Observable, ObservableValue } from '../tracking/observable.ts';
import { openStore, type StoreOptions } from '../tracking/store/openStore.ts';
import type { StoreAccess, TrackingStore } from '../tracking/store/trackingStore.ts';
import { resolveTrackingUri, type TrackingUriSource } from '../tracking/trackingUri.ts';
import { environmentVariable } from './environment.ts';
import type { OutboxTargets } from './outbox.ts';
import type { SettingsService } from './settings.ts';

/** What the current tracking URI came to. */
export type ConnectionState =
  | { readonly kind: 'none'; readonly reason: 'noFolder' | 'restricted' }
  | { readonly kind: 'connecting'; readonly uri: string; readonly source: TrackingUriSource }
  | {
      readonly kind: 'ready';
      readonly uri: string;
      readonly source: TrackingUriSource;
      readonly store: TrackingStore;
      readonly access: StoreAccess;
    }
  | {
      readonly kind: 'error';
      readonly uri: string;
      readonly source: TrackingUriSource;
      readonly error: Error;
    };

const noStore = {
  noFolder: 'There is no tracking store: open a folder, or set a tracking URI.',
  restricted:
    'This workspace is in Restricted Mode: trust it to use its tracking store, or set a tracking URI in the user settings.',
};

/**
 * The current tracking URI and the stores that are open. Changing the URI closes nothing: an active run keeps the store
 * it was started in, so stores stay open, one a URI, until this is disposed.
 */
export class Connection implements OutboxTargets, Disposable {
  readonly #settings: SettingsService;
  readonly #storeOptions: Omit<StoreOptions, 'artifactRoot'>;
  readonly #logger: Logger;
  readonly #state = new ObservableValue<ConnectionState>({ kind: 'none', reason: 'noFolder' });
  readonly #stores = new Map<string, TrackingStore>();
  readonly #subscriptions: Disposable[];
  #override: string | undefined;
  #connecting: Promise<void> = Promise.resolve();

  constructor(settings: SettingsService, storeOptions: Omit<StoreOptions, 'artifactRoot'>, logger: Logger) {
    this.#settings = settings;
    this.#storeOptions = storeOptions;
    this.#logger = logger;
    this.#subscriptions = [
      settings.onDidChange(['runlight.trackingUri'], () => this.reconnect()),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.reconnect()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.reconnect()),
    ];
    void this.reconnect();
  }

  get state(): Observable<ConnectionState> {
    return this.#state;
  }

  /** The current tracking URI. @throws TrackingError INVALID_STATE where nothing says which store to use. */
  getTrackingUri(): string {
    const state = this.#state.current;
    if (state.kind === 'none') throw new TrackingError('INVALID_STATE', noStore[state.reason]);
    return state.uri;
  }

  /** Sets the URI for this window until it closes; runs started from here on use it, an active one keeps its own. */
  async setTrackingUri(uri: string | undefined): Promise<void> {
    this.#override = uri;
    await this.reconnect();
  }

  /** Looks again which store to use, and opens it. Never rejects: the state says how it went. */
  reconnect(): Promise<void> {
    this.#connecting = this.#connecting.then(() => this.#connect());
    return this.#connecting;
  }

  /** The store of the current tracking URI. Rejects with the reason why there is none. */
  async currentStore(): Promise<TrackingStore> {
    await this.#connecting;
    const state = this.#state.current;
    switch (state.kind) {
      case 'ready':
        return state.store;
      case 'error':
        throw state.error;
      case 'none':
      case 'connecting':
        throw new TrackingError('INVALID_STATE', noStore[state.kind === 'none' ? state.reason : 'noFolder']);
    }
  }

  /** The store at `uri`, opened once. @throws TrackingError for what is no URI of a store that can be opened. */
  store(uri: string): TrackingStore {
    let store = this.#stores.get(uri);
    if (!store) {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
      const artifactRoot = folder && vscode.Uri.joinPath(folder, 'mlruns').fsPath;
      store = openStore(uri, { ...this.#storeOptions, artifactRoot, baseDirectory: folder?.fsPath });
      this.#stores.set(uri, store);
    }
    return store;
  }

  /** Relative artifact locations, as MLflow 1.x wrote them, are taken from the workspace folder. */
  artifacts(artifactUri: string): ArtifactRepository {
    return openArtifacts(artifactUri, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#state.dispose();
  }

  /** Closes the stores after what they have accepted has been written. */
  async close(): Promise<void> {
    const stores = [...this.#stores.values()];
    this.#stores.clear();
    await Promise.all(stores.map(store => store[Symbol.asyncDispose]()));
  }

  async #connect(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const setting = this.#settings.get('runlight.trackingUri') || undefined;
    const environment = environmentVariable('MLFLOW_TRACKING_URI');
    if ((this.#override ?? setting ?? environment) === undefined) {
      const reason =
        folder === undefined ? 'noFolder' : vscode.workspace.isTrusted ? undefined : 'restricted';
      if (reason) {
        this.#state.set({ kind: 'none', reason });
        return;
      }
    }
    const { uri, source } = await resolveTrackingUri({
      set: this.#override,
      setting,
      environment,
      workspaceFolder: folder,
    });
    const before = this.#state.current;
    if (before.kind !== 'ready' || before.uri !== uri) this.#state.set({ kind: 'connecting', uri, source });
    try {
      const store = this.store(uri);
      this.#state.set({ kind: 'ready', uri, source, store, access: await store.access() });
      this.#logger.info(`Tracking URI: ${uri} (${source})`);
    } catch (error) {
      this.#logger.warn(`Can't open ${uri}:`, error);
      this.#state.set({ kind: 'error', uri, source, error: toError(error) });
    }
  }
}
