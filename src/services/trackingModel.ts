import type { ContextKeys } from '../contributions.ts';
import type { ArtifactRepository } from '../tracking/artifacts/artifactRepository.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Logger } from '../tracking/logger.ts';
import type { Observable } from '../tracking/observable.ts';
import type { ConnectionState } from './connection.ts';
import type { Contents, Slice, Subject, SubjectOf } from './trackingModel/subjects.ts';
import type { Memento, PinnedColumns, ViewOptions } from './trackingModel/viewOptions.ts';

export interface TrackingState {
  readonly connection: ConnectionState;
  readonly options: ViewOptions;
  /** By `subjectKey`. Read it with `TrackingModel.slice`. */
  readonly slices: ReadonlyMap<string, Slice<unknown>>;
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
}

/**
 * The cached experiments and runs that every view reads. It holds what has been loaded and not released, in pages, and
 * reads it again when the store changes while somebody watches. What a read finds unchanged stays the same object.
 */
export declare class TrackingModel implements Disposable {
  constructor(dependencies: TrackingModelDependencies);
  readonly state: Observable<TrackingState>;
  /** What `when` clauses need to know of this state. */
  readonly contextKeys: Observable<TrackingContextKeys>;
  slice<K extends Subject['kind']>(subject: SubjectOf<K>): Slice<Contents[K]> | undefined;
  /** Reads the subject unless it is held, and holds it from then on. Never rejects: failures are in the slice. */
  load<K extends Subject['kind']>(subject: SubjectOf<K>): Promise<Slice<Contents[K]>>;
  /** Reads one more page of a list. */
  loadMore(subject: SubjectOf<'experiments' | 'runs' | 'children'>): Promise<void>;
  /** Stops holding it: it is not read again until the next `load`. */
  release(subject: Subject): void;
  /** While at least one watch is held, changes of the store are read by themselves. */
  watch(): Disposable;
  /** Reads everything held again. */
  refresh(): Promise<void>;
  setOptions(change: Partial<ViewOptions>): void;
  pinned(experimentId: string): PinnedColumns;
  pin(experimentId: string, columns: PinnedColumns): void;
  dispose(): void;
}
