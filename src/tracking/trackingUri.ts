/** Which store a person means, in MLflow's order (`mlflow/tracking/_tracking_service/utils.py`). */
import { lstat, readdir } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { pathToFileURL } from 'node:url';
import { invalid, TrackingError } from './errors.ts';
import { parseSqliteUri } from './store/sqlite/sqliteUri.ts';

/** Who decided: a call, the setting, `MLFLOW_TRACKING_URI`, a store that is there already, or nobody. */
export type TrackingUriSource = 'set' | 'setting' | 'environment' | 'workspace' | 'default';

export interface TrackingUriChoice {
  readonly uri: string;
  readonly source: TrackingUriSource;
}

/** Empty texts count as unset. */
export interface TrackingUriInputs {
  readonly set?: string | undefined;
  readonly setting?: string | undefined;
  readonly environment?: string | undefined;
  /** An absolute path. */
  readonly workspaceFolder?: string | undefined;
}

/** What is looked at on disk; nothing is ever opened, since closing a database's file would drop SQLite's locks. */
export interface FileProbe {
  exists(path: string): Promise<boolean>;
  /** Names of the entries; empty if it is no directory or can't be read. */
  list(directory: string): Promise<readonly string[]>;
  readonly windows: boolean;
}

const realFiles: FileProbe = {
  exists: path =>
    lstat(path).then(
      () => true,
      () => false,
    ),
  list: directory => readdir(directory).catch(() => []),
  windows: process.platform === 'win32',
};

/**
 * An explicit choice wins. Otherwise a store that lies in the workspace folder: `mlruns` with experiments (MLflow prefers
 * it even to an `mlflow.db`), `mlflow.db`, or an `mlflow.db` where MLflow with SQLAlchemy 2.0 puts it for a folder with
 * spaces or other special characters: in a sibling whose name is percent-encoded. Otherwise `mlflow.db` in the folder.
 *
 * @throws TrackingError INVALID_STATE without any choice and without a folder
 */
export async function resolveTrackingUri(
  { set, setting, environment, workspaceFolder }: TrackingUriInputs,
  files: FileProbe = realFiles,
): Promise<TrackingUriChoice> {
  if (set) return { uri: set, source: 'set' };
  if (setting) return { uri: setting, source: 'setting' };
  if (environment) return { uri: environment, source: 'environment' };
  if (!workspaceFolder) {
    throw new TrackingError(
      'INVALID_STATE',
      'There is no tracking store: open a folder, or set a tracking URI.',
    );
  }
  const mlruns = pathOf(files).join(workspaceFolder, 'mlruns');
  if (await holdsExperiments(mlruns, files)) {
    return { uri: pathToFileURL(mlruns, { windows: files.windows }).href, source: 'workspace' };
  }
  const database = pathOf(files).join(workspaceFolder, 'mlflow.db');
  const encoded = percentEncode(database, files.windows);
  for (const path of encoded === database ? [database] : [database, encoded]) {
    if (await files.exists(path)) return { uri: sqliteUri(path, files.windows), source: 'workspace' };
  }
  return { uri: sqliteUri(database, files.windows), source: 'default' };
}

/**
 * The tracking URI of a database file, with the path as it is: SQLAlchemy 2.0 decodes nothing.
 * @throws TrackingError INVALID_PARAMETER_VALUE for a path that can't be written as one
 */
export function sqliteUri(path: string, windows = realFiles.windows): string {
  if (path.includes('?')) {
    throw invalid(`"${path}" can't be an SQLite tracking URI, because of the "?": set another tracking URI.`);
  }
  return `sqlite:///${windows ? path.replaceAll('\\', '/') : path}`;
}

/** `_has_existing_mlruns_data`: a directory named by digits with a `meta.yaml`, whatever is in it. */
async function holdsExperiments(mlruns: string, files: FileProbe): Promise<boolean> {
  for (const name of await files.list(mlruns)) {
    if (/^\d+$/.test(name) && (await files.exists(pathOf(files).join(mlruns, name, 'meta.yaml'))))
      return true;
  }
  return false;
}

/** As Python's `urllib.request.pathname2url`, which leaves only letters, digits and `_.-~` (a drive's colon, too). */
function percentEncode(path: string, windows: boolean): string {
  const drive = windows ? (/^[a-zA-Z]:/.exec(path)?.[0] ?? '') : '';
  const encode = (part: string) =>
    encodeURIComponent(part).replace(/[!'()*]/g, c => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const separator = windows ? '\\' : '/';
  return drive + path.slice(drive.length).split(separator).map(encode).join(separator);
}

const pathOf = ({ windows }: FileProbe) => (windows ? win32 : posix);

const otherSchemes = ['file', 'databricks', 'databricks-uc', 'uc', 'postgresql', 'mysql', 'mssql'];

/**
 * Checks the form only; whether a kind of store can be opened is `openStore`'s to say.
 * @throws TrackingError INVALID_PARAMETER_VALUE for what MLflow would not take for a tracking URI
 */
export function validateTrackingUri(uri: string): void {
  const example = 'write for example sqlite:///mlflow.db or https://tracking.example:5000.';
  if (uri.trim() === '') throw invalid(`The tracking URI is empty: ${example}`);
  if (uri !== uri.trim()) throw invalid('The tracking URI has spaces around it: remove them.');
  // One letter is a drive of Windows, and a path without a scheme is a folder with a file store.
  const scheme = /^([a-zA-Z][a-zA-Z0-9-]+)(?:\+\w+)?:/.exec(uri)?.[1]?.toLowerCase();
  if (scheme === undefined || otherSchemes.includes(scheme)) return;
  if (scheme === 'sqlite') {
    parseSqliteUri(uri, '/');
  } else if (scheme !== 'http' && scheme !== 'https') {
    throw invalid(`MLflow has no tracking store for "${scheme}:": ${example}`);
  } else if (!URL.canParse(uri)) {
    throw invalid(`"${uri}" is not a complete URL: write for example https://tracking.example:5000.`);
  }
}
