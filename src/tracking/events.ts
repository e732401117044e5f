import { toError } from './errors.ts';

/** The part of VS Code's event contract that the core needs; `vscode.Event` satisfies it and is satisfied by it. */
export interface Disposable {
  dispose(): void;
}

export type Event<T> = (listener: (event: T) => unknown) => Disposable;

/** A set of listeners. One that throws does not keep the others from hearing: the error surfaces as an uncaught one. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(event: T) => unknown>();

  readonly event: Event<T> = listener => {
    // A wrapper of its own, so that the same function registered twice is heard twice and disposed one by one.
    const entry = (event: T) => listener(event);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  fire(event: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => {
          throw toError(error);
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
