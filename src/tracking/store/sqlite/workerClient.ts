import { Worker } from 'node:worker_threads';
import { TrackingError } from '../../errors.ts';
import type { FromWorker, Request, Response, ToWorker, WorkerOptions } from './protocol.ts';
import type { AnyRequestName, ArgumentsOf, ResultOf } from './requests.ts';

interface Pending {
  readonly isWrite: boolean;
  readonly resolve: (result: never) => void;
  readonly reject: (reason: unknown) => void;
}

/** The calling side of a store's worker thread, which is started by the first call and lives until `close`. */
export class WorkerClient {
  readonly #file: URL | string;
  readonly #options: WorkerOptions;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #lastId = 0;
  #outgoing: { requests: Request[]; cancelled: number[] } | undefined;
  #closing: Promise<void> | undefined;
  #ended = false;
  #drained: (() => void) | undefined;

  /** @param file the worker's program: the bundle, or the source where Node runs TypeScript */
  constructor(file: URL | string, options: WorkerOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Rejects with the signal's reason as soon as it is aborted; what has not begun is then not done. */
  read<N extends AnyRequestName>(name: N, args: ArgumentsOf<N>, signal?: AbortSignal): Promise<ResultOf<N>> {
    return this.#call(name, args, false, signal);
  }

  /** Writes are applied in the order of the calls, and settle once they are committed or refused. */
  write<N extends AnyRequestName>(name: N, args: ArgumentsOf<N>): Promise<ResultOf<N>> {
    return this.#call(name, args, true);
  }

  /** Waits for the writes that were accepted, rejects the reads that are waiting, ends the thread. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const [id, { isWrite, reject }] of this.#pending) {
      if (isWrite) continue;
      this.#settle(id);
      this.#send().cancelled.push(id);
      reject(closed());
    }
    if (this.#pending.size > 0) {
      await new Promise<void>(resolve => {
        this.#drained = resolve;
      });
    }
    this.#ended = true;
    await this.#worker?.terminate();
  }

  #call<N extends AnyRequestName>(
    name: N,
    args: ArgumentsOf<N>,
    isWrite: boolean,
    signal?: AbortSignal,
  ): Promise<ResultOf<N>> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closing) throw closed();
      const id = ++this.#lastId;
      const abort = () => {
        this.#settle(id);
        this.#send().cancelled.push(id);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', abort);
          how(value);
        };
      this.#pending.set(id, { isWrite, resolve: settle(resolve), reject: settle(reject) });
      this.#send().requests.push({ id, name, args });
    });
  }

  /** What is said within one turn goes in one message. */
  #send(): { requests: Request[]; cancelled: number[] } {
    if (!this.#outgoing) {
      this.#outgoing = { requests: [], cancelled: [] };
      queueMicrotask(() => {
        const message = this.#outgoing;
        this.#outgoing = undefined;
        if (!message || this.#ended) return;
        try {
          this.#start().postMessage(message satisfies ToWorker);
        } catch (error) {
          for (const { id } of message.requests) this.#settle(id)?.reject(error);
        }
      });
    }
    return this.#outgoing;
  }

  #start(): Worker {
    if (this.#worker) {
      this.#worker.ref();
      return this.#worker;
    }
    const worker = new Worker(this.#file, { name: 'runlight-sqlite', workerData: this.#options });
    this.#worker = worker;
    worker.on('message', (responses: FromWorker) => {
      for (const response of responses) this.#receive(response);
    });
    let failure: unknown;
    worker.on('error', error => (failure = error));
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = undefined;
      this.#abandon(failure);
    });
    return worker;
  }

  #receive(response: Response): void {
    const pending = this.#settle(response.id);
    if (!pending) return;
    if ('result' in response) {
      pending.resolve(response.result as never);
      return;
    }
    const { errorCode, message, cause } = response.error;
    pending.reject(
      new TrackingError(errorCode, message, cause === undefined ? undefined : { cause: new Error(cause) }),
    );
  }

  /** An idle thread does not keep the process alive. */
  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#pending.size === 0) {
      this.#worker?.unref();
      this.#drained?.();
    }
    return pending;
  }

  /** The thread has ended by itself, for want of memory perhaps; the next call starts another one. */
  #abandon(cause: unknown): void {
    for (const [id, { reject }] of this.#pending) {
      this.#settle(id);
      reject(
        new TrackingError(
          'INTERNAL_ERROR',
          'The thread that works on the tracking store has failed. Try again.',
          {
            cause,
          },
        ),
      );
    }
  }
}

const closed = () => new TrackingError('INVALID_STATE', 'The tracking store has been closed.');
