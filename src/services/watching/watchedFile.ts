import { join } from 'node:path';
import { checkNewArtifactPath, joinArtifactPath } from '../../tracking/artifacts/artifactPath.ts';
import type { FileStamp } from '../../tracking/artifacts/fileStamp.ts';
import { toError } from '../../tracking/errors.ts';
import { Settling } from './settling.ts';
import type { WatchedFolder } from './watchedFolder.ts';

/** All that the watcher knows of one file. */
export class WatchedFile {
  readonly folder: WatchedFolder;
  /** Below the folder, `/`-separated. */
  readonly relativePath: string;
  readonly artifactPath: string;
  readonly settling: Settling;
  /** The version that was last seen; undefined while there is none that could be sent. */
  stamp: FileStamp | undefined;
  /** It came here whole, by a rename, and nobody has written to it since. */
  renamedHere = false;
  /** The last version that completed was seen to be whole, and did not just stay quiet. */
  wasWhole = false;
  /** A person has said that it may be larger than the limit. */
  allowed = false;
  /** Why it is not to be sent, whatever becomes of it. */
  refusal: string | undefined;

  constructor(folder: WatchedFolder, relativePath: string, settle: number) {
    this.folder = folder;
    this.relativePath = relativePath;
    this.artifactPath = joinArtifactPath(folder.prefix, relativePath);
    this.settling = new Settling(settle);
    try {
      checkNewArtifactPath(this.artifactPath);
    } catch (error) {
      this.refusal = toError(error).message;
    }
  }

  /** Absolute, as the folder was named in the settings. */
  get path(): string {
    return this.folder.pathOf(this.relativePath);
  }

  /** Absolute; only the file itself may be a link. */
  get realPath(): string {
    return join(this.folder.realPath, this.relativePath);
  }
}
