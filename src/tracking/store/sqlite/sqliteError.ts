import { TrackingError } from '../../errors.ts';

/** Primary result codes of SQLite (https://sqlite.org/rescode.html). */
export const ResultCode = {
  error: 1,
  busy: 5,
  locked: 6,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  schema: 17,
  constraint: 19,
  notADatabase: 26,
} as const;

/** The primary result code of an error of `node:sqlite`; undefined for any other error. */
export function resultCodeOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('errcode' in thrown) || typeof thrown.errcode !== 'number')
    return undefined;
  return thrown.errcode & 0xff;
}

export const isBusy = (thrown: unknown) => {
  const code = resultCodeOf(thrown);
  return code === ResultCode.busy || code === ResultCode.locked;
};

/** What `node:sqlite` threw while it worked on the file at `path`, in words for a person. */
export function toTrackingError(thrown: unknown, path: string): TrackingError {
  if (thrown instanceof TrackingError) return thrown;
  const because = (code: ConstructorParameters<typeof TrackingError>[0], message: string) =>
    new TrackingError(code, message, { cause: thrown });
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  switch (resultCodeOf(thrown)) {
    case ResultCode.busy:
    case ResultCode.locked:
      return lockedError(path, thrown);
    case ResultCode.readOnly:
      return because('PERMISSION_DENIED', `The tracking store "${path}" can't be written: ${detail}.`);
    case ResultCode.full:
      return because(
        'RESOURCE_EXHAUSTED',
        `The disk that holds the tracking store "${path}" is full. Nothing was written: free some space and try again.`,
      );
    case ResultCode.corrupt:
      return because(
        'INVALID_STATE',
        `The tracking store "${path}" is damaged or cut short (${detail}). ` +
          'It was left as it is: restore it from a backup, or recover it with "sqlite3 FILE .recover".',
      );
    case ResultCode.notADatabase:
      return because(
        'INVALID_STATE',
        `"${path}" is not an SQLite database. It was left as it is: choose another tracking URI, or move the file away.`,
      );
    case ResultCode.cannotOpen:
      return because(
        'PERMISSION_DENIED',
        `The tracking store "${path}" can't be opened (${detail}): check that the file and its folder may be read and written.`,
      );
    case ResultCode.ioError:
      return because(
        'INTERNAL_ERROR',
        `The disk refused an access to the tracking store "${path}" (${detail}). Check the disk and try again.`,
      );
    default:
      return because('INTERNAL_ERROR', `The tracking store "${path}" failed: ${detail}.`);
  }
}

export const lockedError = (path: string, cause?: unknown) =>
  new TrackingError(
    'TEMPORARILY_UNAVAILABLE',
    `The tracking store "${path}" stayed locked by another program. Try again when that has finished its work.`,
    { cause },
  );
