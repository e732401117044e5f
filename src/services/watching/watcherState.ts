import { isDeepStrictEqual } from 'node:util';
import type { Disposable, Event } from '../../tracking/events.ts';
import { Emitter } from '../../tracking/events.ts';
import type { Observable } from '../../tracking/observable.ts';
import type { Clock } from './clock.ts';

/** Where a file is on its way into the run. */
export type FileState =
  | { readonly kind: 'settling' }
  | { readonly kind: 'waiting' }
  /** Bytes; `transferred` is 0 where nothing is known. */
  | { readonly kind: 'sending'; readonly transferred: number; readonly total: number }
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  | { readonly kind: 'tooLarge'; readonly size: number };

export interface WatchedFileState {
  /** Absolute; what retry(), logAnyway() and skip() take. */
  readonly path: string;
  /** Where it is, or would be, in the run. */
  readonly artifactPath: string;
  readonly state: FileState;
}

export type FileCounts = Readonly<Record<FileState['kind'], number>>;

export interface WatcherState {
  readonly counts: FileCounts;
  /** What is not simply sent, what needs a person first; at most 500 of them. */
  readonly files: readonly WatchedFileState[];
  /** What is wrong with the watching itself, each said once: a sentence with the way out. */
  readonly problems: readonly string[];
}

const order: readonly FileState['kind'][] = [
  'failed',
  'tooLarge',
  'sending',
  'waiting',
  'settling',
  'skipped',
];
const listedAtMost = 500;
/** Milliseconds in which changes are told together. */
const coalesced = 50;

/** The watcher's state as others see it: thousands of changes cost one event and one list. */
export class StateBoard implements Observable<WatcherState>, Disposable {
  readonly #clock: Clock;
  readonly #changed = new Emitter<WatcherState>();
  readonly #kinds = new Map<string, FileState['kind']>();
  /** All but the sent ones, of which there may be very many. */
  readonly #unsent = new Map<string, WatchedFileState>();
  readonly #problems = new Set<string>();
  readonly #counts: Record<FileState['kind'], number> = {
    failed: 0,
    tooLarge: 0,
    sending: 0,
    waiting: 0,
    settling: 0,
    skipped: 0,
    sent: 0,
  };
  #current: WatcherState | undefined;
  #timer: Disposable | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly onDidChange: Event<WatcherState> = listener => this.#changed.event(listener);

  get current(): WatcherState {
    return (this.#current ??= {
      counts: { ...this.#counts },
      files: [...this.#unsent.values()]
        .sort((a, b) => order.indexOf(a.state.kind) - order.indexOf(b.state.kind))
        .slice(0, listedAtMost),
      problems: [...this.#problems],
    });
  }

  set(file: WatchedFileState): void {
    const { path, state } = file;
    if (state.kind === this.#kinds.get(path)) {
      if (state.kind === 'sent' || isDeepStrictEqual(state, this.#unsent.get(path)?.state)) return;
    }
    this.#forget(path);
    this.#counts[state.kind]++;
    this.#kinds.set(path, state.kind);
    if (state.kind !== 'sent') this.#unsent.set(path, file);
    this.#touch();
  }

  remove(path: string): void {
    if (this.#forget(path)) this.#touch();
  }

  addProblem(message: string): void {
    if (this.#problems.has(message)) return;
    this.#problems.add(message);
    this.#touch();
  }

  #forget(path: string): boolean {
    const kind = this.#kinds.get(path);
    if (kind) this.#counts[kind]--;
    this.#unsent.delete(path);
    return this.#kinds.delete(path);
  }

  #touch(): void {
    this.#current = undefined;
    this.#timer ??= this.#clock.after(coalesced, () => {
      this.#timer = undefined;
      this.#changed.fire(this.current);
    });
  }

  dispose(): void {
    this.#timer?.dispose();
    this.#changed.dispose();
  }
}
