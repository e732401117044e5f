import { fileError } from '../../tracking/fileError.ts';
import type { FileStamp } from '../../tracking/artifacts/fileStamp.ts';
import { sameContent, sameStamp } from '../../tracking/artifacts/fileStamp.ts';
import type { FoundEntry } from '../../tracking/artifacts/walk.ts';
import type { WatchedFolder } from './watchedFolder.ts';
import { WatchedFile } from './watchedFile.ts';
import type { FileState } from './watcherState.ts';

export interface FileLedgerOptions {
  /** Files that have not changed since are none of ours. */
  readonly since: Date;
  /** Milliseconds; see Settling. */
  readonly settle: number;
  readonly onChanged: (file: WatchedFile) => void;
  /** Nothing of the file can be sent now. */
  readonly onLeftOut: (file: WatchedFile, state: FileState) => void;
  readonly onGone: (file: WatchedFile) => void;
}

/** A file's change time may lag behind the wall clock by a tick of the kernel's; in milliseconds. */
const clockSlack = 20;

/** What has been seen in the folders, and what that means: new, changed, the same, from before the run, gone. */
export class FileLedger {
  readonly #options: FileLedgerOptions;
  readonly #sinceNs: bigint;
  readonly #files = new Map<string, WatchedFile>();
  /** Files from before the run: what they are while nothing has been done to them. */
  readonly #old = new Map<string, FileStamp>();
  /** Paths where an entry has just come into its directory and no write has been seen since. */
  readonly #arrivals = new Set<string>();

  constructor(options: FileLedgerOptions) {
    this.#options = options;
    this.#sinceNs = BigInt(options.since.getTime() - clockSlack) * 1_000_000n;
  }

  get(path: string): WatchedFile | undefined {
    return this.#files.get(path);
  }

  filesIn(folder: WatchedFolder): readonly WatchedFile[] {
    return [...this.#files.values()].filter(file => file.folder === folder);
  }

  /** An entry has been created at `path`, or moved there, or removed. */
  entryChanged(path: string): void {
    this.#arrivals.add(path);
  }

  /** Somebody writes to the file: it has not come whole, whatever a look in between saw. */
  written(path: string): void {
    this.#arrivals.delete(path);
    const file = this.#files.get(path);
    if (!file?.renamedHere) return;
    file.renamedHere = false;
    this.#options.onChanged(file);
  }

  /** Takes note of what is at the path `relativePath` of the folder now. */
  found(folder: WatchedFolder, relativePath: string, found: FoundEntry | undefined): void {
    const path = folder.pathOf(relativePath);
    const known = this.#files.get(path);
    const hasArrived = this.#arrivals.delete(path);
    const file = () => known ?? this.#add(folder, relativePath);
    switch (found?.kind) {
      case undefined:
      case 'directory':
        if (known) this.#remove(known);
        break;
      case 'leftOut':
        if (known || found.ctimeNs >= this.#sinceNs)
          this.#leaveOut(file(), { kind: 'skipped', reason: found.reason });
        break;
      case 'failed': {
        const { message } = fileError(found.error, `Can't read "${path}"`);
        this.#leaveOut(file(), { kind: 'failed', reason: message });
        break;
      }
      case 'file':
        if (known || !this.#isOld(path, found.stamp)) this.#foundFile(file(), found.stamp, hasArrived);
        break;
    }
  }

  #foundFile(file: WatchedFile, stamp: FileStamp, hasArrived: boolean): void {
    const before = file.stamp;
    if (before && sameStamp(before, stamp)) return;
    file.stamp = stamp;
    file.renamedHere = hasArrived && before?.ino !== stamp.ino && stamp.size > 0;
    if (file.refusal === undefined) this.#options.onChanged(file);
    else this.#options.onLeftOut(file, { kind: 'skipped', reason: file.refusal });
  }

  #isOld(path: string, stamp: FileStamp): boolean {
    const old = this.#old.get(path);
    const isOld = old ? sameContent(old, stamp) : stamp.ctimeNs < this.#sinceNs;
    if (isOld) this.#old.set(path, stamp);
    else this.#old.delete(path);
    return isOld;
  }

  #leaveOut(file: WatchedFile, state: FileState): void {
    file.stamp = undefined;
    this.#options.onLeftOut(file, state);
  }

  #add(folder: WatchedFolder, relativePath: string): WatchedFile {
    const file = new WatchedFile(folder, relativePath, this.#options.settle);
    this.#files.set(file.path, file);
    return file;
  }

  #remove(file: WatchedFile): void {
    this.#files.delete(file.path);
    this.#options.onGone(file);
  }
}
