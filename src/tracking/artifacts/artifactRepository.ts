/** A file or directory of a run's artifacts. */
export interface ArtifactInfo {
  /** Relative to the run's artifact root, `/`-separated, never empty. */
  readonly path: string;
  readonly isDirectory: boolean;
  /** Bytes; undefined for directories. */
  readonly size: number | undefined;
}

export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes transferred so far and the bytes in all; at most a few times a second a file. */
  readonly onProgress?: ((transferred: number, total: number) => void) | undefined;
}

/** What a directory upload came to. */
export interface DirectoryResult {
  readonly files: number;
  readonly bytes: number;
}

/**
 * The artifacts of one run. Paths are relative, `/`-separated, and checked against everything that MLflow refuses
 * (mlflow-contract §6): a bad one rejects with INVALID_PARAMETER_VALUE before anything is touched.
 *
 * Guarantees: a file is listed only once it is there whole; an aborted or failed transfer leaves neither a part nor a
 * temporary file in a listing; memory does not grow with a file's size.
 */
export interface ArtifactRepository {
  /** The artifact root, as MLflow writes it. */
  readonly artifactUri: string;
  /** Direct children of `path` (default: the root), directories first, then by name. A missing one is empty. */
  list(path?: string): Promise<readonly ArtifactInfo[]>;
  /** Copies a local file to `<artifactPath>/<its name>`, replacing what is there. Resolves to the artifact's path. */
  logArtifact(localPath: string, artifactPath?: string, options?: TransferOptions): Promise<string>;
  /** Copies the contents of a local directory, with subdirectories (links that lead out of it are left out). */
  logArtifacts(localDir: string, artifactPath?: string, options?: TransferOptions): Promise<DirectoryResult>;
  /** Reads a file, or `range` of it (bytes; `end` exclusive). */
  read(path: string, range?: { start: number; end: number }): Promise<Uint8Array>;
  /** The artifact as a file of this machine, without copying it; undefined where there is none. */
  localPath(path: string): string | undefined;
  /** Copies the artifact to `target`, a path that must not exist yet. */
  download(path: string, target: string, options?: TransferOptions): Promise<void>;
  /** Removes a file or directory; a missing one is fine. */
  remove(path: string): Promise<void>;
}
