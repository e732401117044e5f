import { Emitter, type Disposable, type Event } from './events.ts';

/** State that is replaced as a whole: read it, watch it; only its owner, who holds the `ObservableValue`, sets it. */
export interface Observable<T> {
  readonly current: T;
  readonly onDidChange: Event<T>;
}

export class ObservableValue<T> implements Observable<T>, Disposable {
  readonly #emitter = new Emitter<T>();
  #current: T;

  constructor(initial: T) {
    this.#current = initial;
  }

  get current(): T {
    return this.#current;
  }

  readonly onDidChange: Event<T> = listener => this.#emitter.event(listener);

  set(next: T): void {
    if (Object.is(next, this.#current)) return;
    this.#current = next;
    this.#emitter.fire(next);
  }

  dispose(): void {
    this.#emitter.dispose();
  }
}
