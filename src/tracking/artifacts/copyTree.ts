import { mkdir, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid, isCancellation, toError, TrackingError } from '../errors.ts';
import type { DirectoryResult, TransferOptions } from './artifactRepository.ts';
import { atomicCopy } from './atomicCopy.ts';
import { fileError } from '../fileError.ts';
import { isInside, walkDirectory } from './walk.ts';
import type { FoundEntry } from './walk.ts';

export interface TreeOptions extends TransferOptions {
  /** Throws for a relative path that must not be written; called for all of them before the first is. */
  readonly check?: (path: string) => void;
}

/** So many flushes wait together that the disk serves several with one commit of its journal. */
const copiesAtOnce = 32;

type FileEntry = Extract<FoundEntry, { kind: 'file' }>;
interface Failure {
  readonly path: string;
  readonly error: Error;
}

/**
 * Copies the contents of `source` into `target`, each file atomically, directories with them. Links that lead out of
 * `source`, links to directories, pipes, sockets and devices are left out.
 *
 * Files that can't be copied do not hold up the others; the rejection names them.
 */
export async function copyTree(
  source: string,
  target: string,
  options: TreeOptions = {},
): Promise<DirectoryResult> {
  const { files, directories, failures } = await survey(await realpath(source), target, options);
  await mkdir(target, { recursive: true });
  for (const directory of directories) await mkdir(join(target, directory), { recursive: true });

  const progress = sumProgress(files, options);
  let next = 0;
  const copyFiles = async () => {
    for (let file = files[next++]; file; file = files[next++]) {
      try {
        const onProgress = progress.ofOneFile();
        await atomicCopy(
          file.absolutePath,
          join(target, file.path),
          { signal: options.signal, onProgress },
          file.stamp,
        );
      } catch (error) {
        if (isCancellation(error) || options.signal?.aborted) throw error;
        failures.push({ path: file.path, error: toError(error) });
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: copiesAtOnce }, copyFiles));
  const stopped = outcomes.find(outcome => outcome.status === 'rejected');
  if (stopped) throw stopped.reason;
  if (failures.length > 0) throw summarize(source, failures, files.length);
  return { files: files.length, bytes: progress.total };
}

async function survey(root: string, target: string, { check, signal }: TreeOptions) {
  const files: FileEntry[] = [];
  const directories: string[] = [];
  const failures: Failure[] = [];
  for await (const batch of walkDirectory(root, { signal })) {
    for (const entry of batch) {
      if (entry.kind === 'failed')
        failures.push({
          path: entry.path || root,
          error: fileError(entry.error, `Can't read "${entry.path}"`),
        });
      if (entry.kind === 'file' || entry.kind === 'directory') check?.(entry.path);
      if (entry.kind === 'file') files.push(entry);
      if (entry.kind === 'directory') directories.push(entry.path);
    }
  }
  if (isInside(root, target))
    throw invalid(`"${root}" contains the place where it would be copied to. Choose a directory inside it.`);
  return { files, directories, failures };
}

/** Adds up the progress of all files for one listener. */
function sumProgress(files: readonly FileEntry[], { onProgress }: TransferOptions) {
  const total = files.reduce((sum, file) => sum + file.stamp.size, 0);
  let done = 0;
  const ofOneFile = () => {
    let before = 0;
    return (transferred: number) => {
      done += transferred - before;
      before = transferred;
      onProgress?.(done, total);
    };
  };
  return { total, ofOneFile };
}

function summarize(source: string, failures: readonly Failure[], files: number): TrackingError {
  const [first] = failures;
  const named = failures.slice(0, 5).map(({ path }) => `"${path}"`);
  if (failures.length > named.length) named.push('…');
  return new TrackingError(
    first?.error instanceof TrackingError ? first.error.errorCode : 'INTERNAL_ERROR',
    `${failures.length} of ${Math.max(files, failures.length)} files of "${source}" could not be logged: ${named.join(', ')}. ${first?.error.message ?? ''}`,
    { cause: first?.error },
  );
}
