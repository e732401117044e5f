import type { TrackingError } from '../../errors.ts';
import type { Request, Response } from './protocol.ts';
import type { Session } from './storeFile.ts';

/** A request on its way through the worker. */
export interface Job extends Request {
  /** The rest of a read that goes on piece by piece. */
  rest?: Generator<unknown, unknown, Session>;
  /** When it was first tried, by `performance.now()`. It may wait for others until the lock timeout has passed. */
  firstTry?: number;
}

/** What the tables of `requests.ts` hold, without their argument types. */
export type Handler = (session: Session, ...args: readonly unknown[]) => unknown;

export function hasWaited(job: Job, milliseconds: number): boolean {
  job.firstTry ??= performance.now();
  return performance.now() - job.firstTry >= milliseconds;
}

export function refusal({ id }: Job, { errorCode, message, cause }: TrackingError): Response {
  return { id, error: { errorCode, message, cause: cause instanceof Error ? cause.message : undefined } };
}
