import { toError, TrackingError } from './errors.ts';
import type { ErrorCode } from './errors.ts';

const known: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['RESOURCE_DOES_NOT_EXIST', 'it does not exist. Check the path'],
  ENOTDIR: ['INVALID_PARAMETER_VALUE', 'a part of its path is a file, not a directory. Choose another path'],
  EISDIR: ['INVALID_PARAMETER_VALUE', 'there is a directory of that name. Choose another name'],
  ENOTEMPTY: ['INVALID_PARAMETER_VALUE', 'there is a directory of that name. Choose another name'],
  EEXIST: ['RESOURCE_ALREADY_EXISTS', 'it exists already. Choose another name'],
  ENAMETOOLONG: ['INVALID_PARAMETER_VALUE', 'its name is too long for the disk. Choose a shorter one'],
  ELOOP: ['INVALID_PARAMETER_VALUE', 'its links lead round in a circle. Remove the link'],
  EACCES: ['PERMISSION_DENIED', 'permission is denied. Change its permissions'],
  EPERM: ['PERMISSION_DENIED', 'permission is denied. Change its permissions'],
  EROFS: ['PERMISSION_DENIED', 'the disk is read-only. Choose another location'],
  ENOSPC: ['RESOURCE_EXHAUSTED', 'the disk is full. Free some space'],
  EDQUOT: ['RESOURCE_EXHAUSTED', 'the disk quota is used up. Free some space'],
  EMFILE: ['RESOURCE_EXHAUSTED', 'too many files are open. Try again'],
};

/** The `code` of a system error (`ENOENT`, …). */
export const systemCode = (error: unknown) =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** A file-system error as a TrackingError: `action` is what failed, with the thing's name, as in `Can't read "x"`. */
export function fileError(error: unknown, action: string): Error {
  if (error instanceof TrackingError) return error;
  const code = systemCode(error);
  if (code === undefined) return toError(error);
  const [errorCode, reason] = known[code] ?? ['INTERNAL_ERROR', `the system says ${code}`];
  return new TrackingError(errorCode, `${action}: ${reason}.`, { cause: error });
}
