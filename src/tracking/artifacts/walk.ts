import type { BigIntStats, Stats } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { FileStamp } from './fileStamp.ts';
import { stampOf } from './fileStamp.ts';
import { systemCode } from '../fileError.ts';

/** Something found in a directory. `path` is relative to the walk's root and `/`-separated. */
export type FoundEntry = { readonly path: string; readonly absolutePath: string } & (
  | { readonly kind: 'file'; readonly stamp: FileStamp }
  | { readonly kind: 'directory' }
  | { readonly kind: 'leftOut'; readonly reason: string; readonly ctimeNs: bigint }
  | { readonly kind: 'failed'; readonly error: unknown }
);

export interface WalkOptions {
  /** What is not looked at, and for a directory not walked. */
  readonly ignored?: ((path: string, isDirectory: boolean) => boolean) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How many files of a directory are examined at once. */
const batchSize = 64;

/** True if `path` is `directory` or in it; both absolute and without links. */
export const isInside = (directory: string, path: string) =>
  path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);

/** Why a thing that is neither file nor directory can't be an artifact; undefined for those two. */
export function specialKind(stats: Stats | BigIntStats): string | undefined {
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  if (stats.isCharacterDevice() || stats.isBlockDevice()) return 'a device';
  return undefined;
}

async function examineLink(realRoot: string, absolutePath: string): Promise<BigIntStats | string> {
  try {
    const target = await realpath(absolutePath);
    if (!isInside(realRoot, target)) return 'It is a link that leads outside its folder.';
    const stats = await stat(target, { bigint: true });
    return stats.isDirectory() ? 'It is a link to a directory; what is in there is logged once.' : stats;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 'It is a link to a file that does not exist.';
    if (systemCode(error) === 'ELOOP') return 'It is a link that leads round in a circle.';
    throw error;
  }
}

const later = (a: bigint, b: bigint) => (a > b ? a : b);

/**
 * What is at `path` below `realRoot` (which is free of links); undefined if nothing. A link counts as the file that it
 * leads to, as long as that is inside, and has changed when either has; other links, pipes, sockets and devices are left
 * out.
 */
export async function examine(realRoot: string, path: string): Promise<FoundEntry | undefined> {
  const absolutePath = join(realRoot, path);
  const found = { path, absolutePath };
  try {
    const own = await lstat(absolutePath, { bigint: true });
    const stats = own.isSymbolicLink() ? await examineLink(realRoot, absolutePath) : own;
    if (typeof stats === 'string') return { ...found, kind: 'leftOut', reason: stats, ctimeNs: own.ctimeNs };
    if (stats.isDirectory()) return { ...found, kind: 'directory' };
    if (!stats.isFile()) {
      const reason = `It is ${specialKind(stats) ?? 'no plain file'}.`;
      return { ...found, kind: 'leftOut', reason, ctimeNs: own.ctimeNs };
    }
    const stamp = stampOf(stats);
    return { ...found, kind: 'file', stamp: { ...stamp, ctimeNs: later(own.ctimeNs, stamp.ctimeNs) } };
  } catch (error) {
    const code = systemCode(error);
    return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : { ...found, kind: 'failed', error };
  }
}

/**
 * Everything below `realRoot`, in batches, a directory before its contents. Links to directories are never followed,
 * so that loops are harmless and everything is found once. What vanishes meanwhile is silently left out.
 */
export async function* walkDirectory(
  realRoot: string,
  { ignored, signal }: WalkOptions = {},
): AsyncGenerator<readonly FoundEntry[], void> {
  const pending = [''];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    signal?.throwIfAborted();
    const prefix = directory === '' ? '' : `${directory}/`;
    const absolutePath = join(realRoot, directory);
    let paths: string[];
    try {
      const children = await readdir(absolutePath, { withFileTypes: true });
      paths = children
        .filter(child => !ignored?.(prefix + child.name, child.isDirectory()))
        .map(child => prefix + child.name);
    } catch (error) {
      const code = systemCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR')
        yield [{ path: directory, absolutePath, kind: 'failed', error }];
      continue;
    }
    for (let start = 0; start < paths.length; start += batchSize) {
      signal?.throwIfAborted();
      const batch = await Promise.all(
        paths.slice(start, start + batchSize).map(path => examine(realRoot, path)),
      );
      const found = batch.filter(entry => entry !== undefined);
      for (const entry of found) if (entry.kind === 'directory') pending.push(entry.path);
      yield found;
    }
  }
}
