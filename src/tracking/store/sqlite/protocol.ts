/** What crosses between a store and its worker thread. All of it can be cloned. */
import type { ErrorCode } from '../../errors.ts';
import type { AnyRequestName } from './requests.ts';

/** `workerData` of the worker. */
export interface WorkerOptions {
  readonly path: string;
  readonly artifactRoot: string;
  /** Milliseconds. */
  readonly lockTimeout: number;
}

export interface Request {
  readonly id: number;
  readonly name: AnyRequestName;
  readonly args: readonly unknown[];
}

/** Several at once, because each message wakes the other thread. */
export interface ToWorker {
  readonly requests: readonly Request[];
  /** Ids of reads that nobody waits for any more. */
  readonly cancelled: readonly number[];
}

export type Response =
  { readonly id: number; readonly result: unknown } | { readonly id: number; readonly error: WireError };

export type FromWorker = readonly Response[];

/** A TrackingError without its class, which cloning would drop. */
export interface WireError {
  readonly errorCode: ErrorCode;
  readonly message: string;
  readonly cause: string | undefined;
}
