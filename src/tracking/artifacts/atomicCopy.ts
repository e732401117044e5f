import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { invalid, TrackingError } from '../errors.ts';
import { temporaryPrefix } from './artifactPath.ts';
import type { TransferOptions } from './artifactRepository.ts';
import { fileError } from '../fileError.ts';
import type { FileStamp } from './fileStamp.ts';
import { sameContent, stampOf } from './fileStamp.ts';
import { streamCopy } from './streamCopy.ts';
import { specialKind } from './walk.ts';

/** From this size on a copy reports progress and can be stopped half-way; below, it is one system call. */
const streamedFrom = 8 * 1024 * 1024;

/** The stamp of a plain file; rejects for anything else, before it is opened: opening a pipe would wait for ever. */
export async function stampFile(path: string): Promise<FileStamp> {
  const stats = await stat(path, { bigint: true });
  const special = specialKind(stats);
  if (special !== undefined) throw invalid(`"${path}" is ${special} and can't be logged. Log a plain file.`);
  if (stats.isDirectory())
    throw invalid(`"${path}" is a directory. Log it as a directory, or choose a file in it.`);
  return stampOf(stats);
}

/** Shares the blocks of the source where the file system can; otherwise copies them. */
async function copyContent(source: string, target: string, size: number, options: TransferOptions) {
  if (size < streamedFrom) {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return;
  }
  try {
    await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE);
  } catch {
    // Whatever kept it from being cloned, copying finds out whether it matters.
    await rm(target, { force: true });
    await streamCopy(source, target, size, options);
  }
}

async function flushToDisk(path: string): Promise<void> {
  // Windows flushes only what is open for writing; elsewhere a read-only file must do.
  const file = await open(path, process.platform === 'win32' ? 'r+' : 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/**
 * Copies a file so that `target` is either what it was or the whole new content, also after a loss of power: the
 * content goes to a temporary name in the same directory, to the disk, and is then renamed. Permissions are the
 * source's, as `shutil.copystat` has it in MLflow. The directory must exist.
 *
 * A source that changes meanwhile is refused with TEMPORARILY_UNAVAILABLE and leaves the target as it was.
 * @param before the source's stamp if it has just been taken.
 * @returns the bytes copied.
 */
export async function atomicCopy(
  source: string,
  target: string,
  options: TransferOptions = {},
  before?: FileStamp,
): Promise<number> {
  const { signal, onProgress } = options;
  signal?.throwIfAborted();
  const temporary = join(dirname(target), temporaryPrefix + randomUUID());
  try {
    const stamp = before ?? (await stampFile(source));
    await copyContent(source, temporary, stamp.size, options);
    await flushToDisk(temporary);
    if (!sameContent(stamp, await stampFile(source)))
      throw new TrackingError(
        'TEMPORARILY_UNAVAILABLE',
        `"${source}" changed while it was being copied. Log it again once it is complete.`,
      );
    signal?.throwIfAborted();
    await rename(temporary, target);
    onProgress?.(stamp.size, stamp.size);
    return stamp.size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, `Can't copy "${source}" to "${basename(target)}"`);
  }
}
