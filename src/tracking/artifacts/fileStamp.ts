import type { BigIntStats } from 'node:fs';

/** What tells one version of a file from another without reading it. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
}

export const stampOf = (stats: BigIntStats): FileStamp => ({
  size: Number(stats.size),
  mtimeNs: stats.mtimeNs,
  ctimeNs: stats.ctimeNs,
  ino: stats.ino,
});

/** Equal as far as the file system's clock can tell that nobody has written to the file. */
export const sameContent = (a: FileStamp, b: FileStamp) =>
  a.size === b.size && a.mtimeNs === b.mtimeNs && a.ino === b.ino;

/** Also equal in permissions, name and links: nothing at all has happened to the file. */
export const sameStamp = (a: FileStamp, b: FileStamp) => sameContent(a, b) && a.ctimeNs === b.ctimeNs;
