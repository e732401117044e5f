import { lstat, mkdir, open, readdir, realpath, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { invalid, missing, TrackingError } from '../errors.ts';
import {
  checkArtifactPath,
  checkNewArtifactPath,
  joinArtifactPath,
  temporaryPrefix,
} from './artifactPath.ts';
import type {
  ArtifactInfo,
  ArtifactRepository,
  DirectoryResult,
  TransferOptions,
} from './artifactRepository.ts';
import { atomicCopy, stampFile } from './atomicCopy.ts';
import { copyTree } from './copyTree.ts';
import { fileError, systemCode } from '../fileError.ts';
import { examine, isInside } from './walk.ts';

const isMissing = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '');

/** Artifacts in a local directory, laid out as MLflow's LocalArtifactRepository has it. The directory may be absent. */
export class LocalArtifactRepository implements ArtifactRepository {
  readonly artifactUri: string;
  readonly #root: string;

  /** `root` is the absolute directory that `artifactUri` means. */
  constructor(artifactUri: string, root: string) {
    this.artifactUri = artifactUri;
    this.#root = root;
  }

  async list(path?: string): Promise<readonly ArtifactInfo[]> {
    const directory = path === undefined || path === '' ? this.#root : this.#absolute(path);
    try {
      await this.#confine(directory);
      const root = await realpath(this.#root);
      const prefix = path === undefined || path === '' ? undefined : path;
      const names = (await readdir(directory)).filter(name => !name.startsWith(temporaryPrefix));
      const infos = await Promise.all(names.map(name => describe(root, joinArtifactPath(prefix, name))));
      return infos.filter(info => info !== undefined).sort(directoriesFirst);
    } catch (error) {
      if (isMissing(error)) return [];
      throw fileError(error, `Can't list the artifacts in "${directory}"`);
    }
  }

  async logArtifact(localPath: string, artifactPath?: string, options?: TransferOptions): Promise<string> {
    const path = joinArtifactPath(artifactPath, basename(localPath));
    checkNewArtifactPath(path);
    const target = this.#absolute(path);
    try {
      const stamp = await stampFile(localPath);
      const isThere = await this.#confine(dirname(target));
      if (!isThere) await mkdir(dirname(target), { recursive: true });
      if (!(await isSameFile(localPath, target))) await atomicCopy(localPath, target, options, stamp);
      return path;
    } catch (error) {
      throw fileError(error, `Can't log "${localPath}" as artifact "${path}"`);
    }
  }

  async logArtifacts(
    localDir: string,
    artifactPath?: string,
    options?: TransferOptions,
  ): Promise<DirectoryResult> {
    if (artifactPath !== undefined && artifactPath !== '') checkNewArtifactPath(artifactPath);
    const target = artifactPath === undefined ? this.#root : join(this.#root, artifactPath);
    try {
      await this.#confine(target);
      return await copyTree(localDir, target, {
        ...options,
        check: path => {
          checkNewArtifactPath(joinArtifactPath(artifactPath, path));
        },
      });
    } catch (error) {
      throw fileError(error, `Can't log directory "${localDir}"`);
    }
  }

  async read(path: string, range?: { start: number; end: number }): Promise<Uint8Array> {
    const absolutePath = await this.#existing(path);
    try {
      await stampFile(absolutePath);
      await using file = await open(absolutePath, 'r');
      const { size } = await file.stat();
      const start = Math.min(Math.max(range?.start ?? 0, 0), size);
      const buffer = Buffer.alloc(Math.max(Math.min(range?.end ?? size, size) - start, 0));
      let length = 0;
      while (length < buffer.length) {
        const { bytesRead } = await file.read(buffer, length, buffer.length - length, start + length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return buffer.subarray(0, length);
    } catch (error) {
      throw fileError(error, `Can't read artifact "${path}"`);
    }
  }

  localPath(path: string): string {
    return this.#absolute(path);
  }

  async download(path: string, target: string, options?: TransferOptions): Promise<void> {
    const source = await this.#existing(path);
    try {
      if (await exists(target))
        throw new TrackingError(
          'RESOURCE_ALREADY_EXISTS',
          `"${target}" exists already. Choose another name.`,
        );
      if ((await stat(source)).isDirectory()) await copyTree(source, target, options);
      else await atomicCopy(source, target, options);
    } catch (error) {
      throw fileError(error, `Can't save artifact "${path}" as "${target}"`);
    }
  }

  async remove(path: string): Promise<void> {
    const absolutePath = this.#absolute(path);
    try {
      await this.#confine(dirname(absolutePath));
      await rm(absolutePath, { recursive: true, force: true });
    } catch (error) {
      if (!isMissing(error)) throw fileError(error, `Can't remove artifact "${path}"`);
    }
  }

  #absolute(path: string): string {
    checkArtifactPath(path);
    return join(this.#root, path.replaceAll('/', sep));
  }

  async #existing(path: string): Promise<string> {
    const absolutePath = this.#absolute(path);
    if (!(await exists(absolutePath))) throw missing(`No such artifact: "${path}".`);
    await this.#confine(absolutePath);
    return absolutePath;
  }

  /**
   * Refuses a path that a link leads out of the root, as MLflow's `validate_path_within_directory` does. What does not
   * exist yet is judged by the nearest directory above it that does.
   * @returns whether `path` exists.
   */
  async #confine(path: string): Promise<boolean> {
    let root: string;
    try {
      root = await realpath(this.#root);
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return false;
      throw error;
    }
    for (let nearest = path; ; nearest = dirname(nearest)) {
      try {
        if (isInside(root, await realpath(nearest))) return nearest === path;
        throw invalid(
          `"${path}" leads outside the run's artifacts through a link. Remove the link "${nearest}".`,
        );
      } catch (error) {
        if (systemCode(error) !== 'ENOENT' || nearest === this.#root) throw error;
      }
    }
  }
}

/** Links that lead out or nowhere, and what is neither file nor directory, are no artifacts. */
async function describe(root: string, path: string): Promise<ArtifactInfo | undefined> {
  const entry = await examine(root, path);
  if (entry?.kind === 'file') return { path, isDirectory: false, size: entry.stamp.size };
  return entry?.kind === 'directory' ? { path, isDirectory: true, size: undefined } : undefined;
}

function directoriesFirst(a: ArtifactInfo, b: ArtifactInfo): number {
  if (a.isDirectory !== b.isDirectory) return a.isDirectory ? -1 : 1;
  return a.path < b.path ? -1 : 1;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  if (!(await exists(b))) return false;
  const [first, second] = await Promise.all([stat(a, { bigint: true }), stat(b, { bigint: true })]);
  return first.dev === second.dev && first.ino === second.ino;
}
