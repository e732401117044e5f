import type { ContextKeys } from '../contributions.ts';
import type { ArtifactRepository } from '../tracking/artifacts/artifactRepository.ts';
import type { Run } from '../tracking/entities.ts';
import { isCancellation, toError } from '../tracking/errors.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Logger } from '../tracking/logger.ts';
import { type Observable, ObservableValue } from '../tracking/observable.ts';
import type { Page, TrackingStore } from '../tracking/store/trackingStore.ts';
import type { ConnectionState } from './connection.ts';
import { contextKeysOf } from './trackingModel/contextKeysOf.ts';
import { mergeContents, mergePages } from './trackingModel/mergeContents.ts';
import { Reader } from './trackingModel/reader.ts';
import { RefreshLoop } from './refreshLoop.ts';
import {
  type Contents,
  type ExperimentSummary,
  type Slice,
  type Subject,
  type Listed,
  subjectKey,
} from './trackingModel/subjects.ts';
import type { Memento, PinnedColumns, ViewOptions } from './trackingModel/viewOptions.ts';
import { WatchCount } from './watchCount.ts';

export interface TrackingState {
  readonly connection: ConnectionState;
  /** What the slices were read with. */
  readonly options: ViewOptions;
  /** By `subjectKey`; `TrackingModel.slice` knows their types. */
  readonly slices: ReadonlyMap<string, Slice<unknown>>;
  /** By experiment id. */
  readonly pinned: Readonly<Record<string, PinnedColumns>>;
}

export type TrackingContextKeys = Pick<
  ContextKeys,
  'runlight.store' | 'runlight.filtered' | 'runlight.viewType'
>;

export interface TrackingModelDependencies {
  readonly connection: Observable<ConnectionState>;
  readonly openArtifacts: (artifactUri: string) => ArtifactRepository;
  /** Keeps view options and pinned columns of this workspace. */
  readonly memento: Memento;
  readonly logger: Logger;
  /** How many items of a list are read at first, and by each `loadMore`. */
  readonly pageSize?: number;
}

/** What `load` has been called for: read again by each refresh until it is released. */
interface Held {
  readonly subject: Subject;
  /** A read that only this subject waits for. */
  reading: Promise<void> | undefined;
  /** Counts what has been put into the slice, so that a refresh does not overwrite what came after it began. */
  version: number;
}

type AnySlice = Slice<Contents[Subject['kind']]>;

const viewOptionsKey = 'viewOptions';
const allActive: ViewOptions = { filter: '', orderBy: [], viewType: 'active' };

/**
 * The cached experiments and runs that every view reads. It holds what has been loaded and not released, in pages, and
 * reads it again when the store changes while somebody watches. What a read finds unchanged stays the same object.
 *
 * Nothing here rejects for what a store does: a failure is in the slice, with the contents that were read before.
 */
export class TrackingModel implements Disposable {
  readonly #openArtifacts: (artifactUri: string) => ArtifactRepository;
  readonly #memento: Memento;
  readonly #logger: Logger;
  readonly #pageSize: number;
  readonly #state: ObservableValue<TrackingState>;
  readonly #contextKeys: ObservableValue<TrackingContextKeys>;
  readonly #loop = new RefreshLoop(() => this.#refresh());
  readonly #watchers = new WatchCount(
    () => this.#listen(),
    () => this.#stopListening(),
  );
  readonly #held = new Map<string, Held>();
  readonly #subscriptions: Disposable[];
  /** Replaced when the store or the view options change: what an earlier one reads is of no use any more. */
  #reader: Reader | undefined;
  #reading = new AbortController();
  #options: ViewOptions;
  #storeChanges: Disposable | undefined;

  constructor({ connection, openArtifacts, memento, logger, pageSize = 100 }: TrackingModelDependencies) {
    this.#openArtifacts = openArtifacts;
    this.#memento = memento;
    this.#logger = logger;
    this.#pageSize = pageSize;
    this.#options = { ...allActive, ...(memento.get(viewOptionsKey) as Partial<ViewOptions> | undefined) };
    this.#state = new ObservableValue(this.#emptyState(connection.current));
    this.#contextKeys = new ObservableValue(contextKeysOf(this.#state.current));
    this.#subscriptions = [
      this.#state.onDidChange(state =>
        this.#contextKeys.set(contextKeysOf(state, this.#contextKeys.current)),
      ),
      connection.onDidChange(state => this.#connectionChanged(state)),
    ];
    this.#connectionChanged(connection.current);
  }

  get state(): Observable<TrackingState> {
    return this.#state;
  }

  /** What `when` clauses need to know of this state. */
  get contextKeys(): Observable<TrackingContextKeys> {
    return this.#contextKeys;
  }

  slice<S extends Subject>(subject: S): Slice<Contents[S['kind']]> | undefined {
    return this.#state.current.slices.get(subjectKey(subject)) as Slice<Contents[S['kind']]> | undefined;
  }

  /**
   * Reads the subject unless it is held, and holds it from then on. While the store is being opened it waits for that;
   * without a store the slice is empty.
   */
  async load<S extends Subject>(subject: S): Promise<Slice<Contents[S['kind']]>> {
    const key = subjectKey(subject);
    let store: TrackingStore | undefined;
    do {
      await this.#connected();
      store = this.#reader?.store;
      let held = this.#held.get(key);
      if (!held && store) {
        held = { subject, reading: undefined, version: 0 };
        this.#held.set(key, held);
        this.#startReading(held);
      }
      await held?.reading;
    } while (store !== this.#reader?.store);
    return this.slice(subject) ?? { contents: undefined, error: undefined };
  }

  /** Reads one more page of a list that is held; nothing to do where there is none. */
  async loadMore(subject: Listed): Promise<void> {
    const held = this.#held.get(subjectKey(subject));
    const reader = this.#reader;
    const token = this.slice(subject)?.contents?.nextPageToken;
    if (!held || !reader || held.reading || token === undefined) return;
    const read = async () => {
      const slice = await this.#readSlice(reader, held, token);
      if (slice && this.#isCurrent(held, reader)) this.#put(new Map([[held, slice]]));
    };
    held.reading = read().finally(() => (held.reading = undefined));
    await held.reading;
  }

  /** Stops holding it: it is not read again until the next `load`. */
  release(subject: Subject): void {
    const key = subjectKey(subject);
    if (!this.#held.delete(key)) return;
    const slices = new Map(this.#state.current.slices);
    slices.delete(key);
    this.#state.set({ ...this.#state.current, slices });
  }

  /** While at least one watch is held, changes of the store are read by themselves. */
  watch(): Disposable {
    return this.#watchers.watch();
  }

  /** Reads everything held again; resolves when a read that began after the call is done. */
  refresh(): Promise<void> {
    return this.#loop.now();
  }

  /** Something changed that stores don't tell, such as artifacts: read again, if somebody watches. */
  refreshSoon(): void {
    if (this.#watchers.isWatched) this.#loop.soon();
  }

  /** Resolves when what is held has been read with the options. */
  async setOptions(change: Partial<ViewOptions>): Promise<void> {
    this.#options = { ...this.#options, ...change };
    void this.#memento.update(viewOptionsKey, this.#options);
    if (!this.#reader) {
      this.#state.set({ ...this.#state.current, options: this.#options });
      return;
    }
    this.#replaceReader(new Reader(this.#reader.store, this.#options, this.#openArtifacts));
    const matches = subjectKey({ kind: 'matches' });
    if (this.#options.filter.trim() === '') this.#held.delete(matches);
    else if (!this.#held.has(matches) && this.#held.has(subjectKey({ kind: 'experiments' })))
      this.#held.set(matches, { subject: { kind: 'matches' }, reading: undefined, version: 0 });
    await this.#loop.now();
  }

  pin(experimentId: string, columns: PinnedColumns): void {
    const { connection, pinned } = this.#state.current;
    if (connection.kind !== 'ready') return;
    const next = { ...pinned, [experimentId]: columns };
    void this.#memento.update(pinnedKey(connection.uri), next);
    this.#state.set({ ...this.#state.current, pinned: next });
  }

  dispose(): void {
    this.#reading.abort();
    this.#stopListening();
    this.#loop.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#state.dispose();
    this.#contextKeys.dispose();
  }

  #connectionChanged(connection: ConnectionState): void {
    const store = connection.kind === 'ready' ? connection.store : undefined;
    if (store && store === this.#reader?.store) {
      this.#state.set({ ...this.#state.current, connection });
      this.refreshSoon();
      return;
    }
    this.#stopListening();
    this.#held.clear();
    this.#replaceReader(store && new Reader(store, this.#options, this.#openArtifacts));
    this.#state.set(this.#emptyState(connection));
    if (this.#watchers.isWatched) this.#listen();
  }

  #emptyState(connection: ConnectionState): TrackingState {
    const pinned = connection.kind === 'ready' ? this.#memento.get(pinnedKey(connection.uri)) : undefined;
    return {
      connection,
      options: this.#options,
      slices: new Map(),
      pinned: (pinned ?? {}) as Record<string, PinnedColumns>,
    };
  }

  #replaceReader(reader: Reader | undefined): void {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#reader = reader;
  }

  #connected(): Promise<void> {
    return new Promise(resolve => {
      if (this.#state.current.connection.kind !== 'connecting') {
        resolve();
        return;
      }
      const subscription = this.#state.onDidChange(({ connection }) => {
        if (connection.kind === 'connecting') return;
        subscription.dispose();
        resolve();
      });
    });
  }

  #listen(): void {
    if (!this.#reader) return;
    this.#storeChanges ??= this.#reader.store.onDidChange(() => this.#loop.soon());
    // Nobody has listened until now.
    if (this.#held.size > 0) this.#loop.soon();
  }

  #stopListening(): void {
    this.#storeChanges?.dispose();
    this.#storeChanges = undefined;
  }

  #isCurrent(held: Held, reader: Reader): boolean {
    return reader === this.#reader && this.#held.get(subjectKey(held.subject)) === held;
  }

  #startReading(held: Held): void {
    const read = async () => {
      // Again with each reader that replaces the one that was used, while this subject is still held.
      for (let reader = this.#reader; reader && this.#isCurrent(held, reader); reader = this.#reader) {
        const slice = await this.#readSlice(reader, held);
        if (reader !== this.#reader) continue;
        if (slice) this.#put(new Map([[held, slice]]));
        return;
      }
    };
    held.reading = read().finally(() => (held.reading = undefined));
  }

  /** All that is held, as one change of state. */
  async #refresh(): Promise<void> {
    const reader = this.#reader;
    if (!reader) return;
    const fresh = new Map<Held, AnySlice>();
    for (const held of [...this.#held.values()]) {
      const experiments = [...fresh].find(([{ subject }]) => subject.kind === 'experiments')?.[1];
      let slice: AnySlice | undefined;
      let version: number;
      do {
        version = held.version;
        slice = await this.#readSlice(reader, held, undefined, experiments);
        if (reader !== this.#reader) return;
      } while (held.version !== version && this.#isCurrent(held, reader));
      if (slice) fresh.set(held, slice);
    }
    this.#put(fresh, reader.options);
  }

  /** One page more with a token, else everything shown so far. Undefined if it was cancelled. */
  async #readSlice(
    reader: Reader,
    { subject }: Held,
    pageToken?: string,
    experiments: AnySlice | undefined = this.slice({ kind: 'experiments' }),
  ): Promise<AnySlice | undefined> {
    const before = this.slice(subject)?.contents;
    const shown = before && 'items' in before && pageToken === undefined ? before.items.length : 0;
    const maxResults = Math.max(1, Math.ceil(shown / this.#pageSize)) * this.#pageSize;
    const experimentIds = (experiments?.contents as Page<ExperimentSummary> | undefined)?.items.map(
      ({ experiment }) => experiment.experimentId,
    );
    const { signal } = this.#reading;
    try {
      const read = await reader.read(subject, { maxResults, pageToken, signal }, experimentIds ?? []);
      const latest = this.slice(subject)?.contents;
      const contents =
        pageToken === undefined
          ? mergeContents(subject, latest, read)
          : mergePages(latest as Page<Run>, read as Page<Run>);
      return { contents, error: undefined };
    } catch (error) {
      if (isCancellation(error) || signal.aborted) return undefined;
      this.#logger.warn(`Can't read ${subjectKey(subject)}:`, error);
      // With other options, what was read before is something else.
      const kept = reader.options === this.#state.current.options ? before : undefined;
      return { contents: kept, error: toError(error) };
    }
  }

  #put(changes: ReadonlyMap<Held, AnySlice>, options = this.#state.current.options): void {
    const before = this.#state.current;
    const slices = new Map(before.slices);
    for (const key of slices.keys()) if (!this.#held.has(key)) slices.delete(key);
    let changed = slices.size !== before.slices.size;
    for (const [held, slice] of changes) {
      const key = subjectKey(held.subject);
      const old = slices.get(key);
      if (this.#held.get(key) !== held) continue;
      held.version += 1;
      if (old && old.contents === slice.contents && old.error?.message === slice.error?.message) continue;
      slices.set(key, slice);
      changed = true;
    }
    if (changed || options !== before.options) this.#state.set({ ...before, options, slices });
  }
}

const pinnedKey = (storeUri: string) => `pinnedColumns:${storeUri}`;
