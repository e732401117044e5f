/** MLflow's error codes (`mlflow.protos.databricks_pb2.ErrorCode`) that this extension raises or receives. */
export type ErrorCode =
  | 'INTERNAL_ERROR'
  | 'INVALID_PARAMETER_VALUE'
  | 'INVALID_STATE'
  | 'RESOURCE_ALREADY_EXISTS'
  | 'RESOURCE_DOES_NOT_EXIST'
  | 'RESOURCE_EXHAUSTED'
  | 'PERMISSION_DENIED'
  | 'TEMPORARILY_UNAVAILABLE'
  | 'NOT_IMPLEMENTED'
  | 'BAD_REQUEST';

/**
 * What the core throws. `message` is a sentence or two for a person: it names the thing, and the way out.
 * `errorCode` is what MLflow's own client would have raised in the same place.
 */
export class TrackingError extends Error {
  override readonly name = 'TrackingError';
  readonly errorCode: ErrorCode;

  constructor(errorCode: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorCode = errorCode;
  }
}

export const invalid = (message: string, cause?: unknown) =>
  new TrackingError('INVALID_PARAMETER_VALUE', message, cause === undefined ? undefined : { cause });

export const missing = (message: string) => new TrackingError('RESOURCE_DOES_NOT_EXIST', message);

/** True for the refusal to work on a run that is unknown or deleted: trying again does not help. */
export function isRunGone(thrown: unknown): boolean {
  return (
    thrown instanceof TrackingError &&
    (thrown.errorCode === 'RESOURCE_DOES_NOT_EXIST' || thrown.errorCode === 'INVALID_PARAMETER_VALUE')
  );
}

/** Whatever was thrown, as an Error. */
export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** True for what an aborted `AbortSignal` makes: cancellation is silent everywhere. */
export function isCancellation(thrown: unknown): boolean {
  return thrown instanceof Error && (thrown.name === 'AbortError' || thrown.name === 'Canceled');
}
