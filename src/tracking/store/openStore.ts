import { dirname, join } from 'node:path';
import { invalid, TrackingError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { parseSqliteUri } from './sqlite/sqliteUri.ts';
import { openSqliteStore } from './sqlite/store.ts';
import type { TrackingStore } from './trackingStore.ts';

export interface StoreOptions {
  /** Where artifacts of new experiments go: a URI, or an absolute path. Default: `mlruns` beside the database. */
  readonly artifactRoot?: string | undefined;
  /** What relative paths are relative to. */
  readonly baseDirectory?: string | undefined;
  /** The program of the SQLite worker thread. */
  readonly workerFile: URL | string;
  readonly logger: Logger;
}

/**
 * The store that a tracking URI means. Nothing is touched until the first call.
 * @throws TrackingError INVALID_PARAMETER_VALUE for what is no tracking URI, NOT_IMPLEMENTED for stores
 * that can't be opened yet
 */
export function openStore(uri: string, options: StoreOptions): TrackingStore {
  const scheme = /^([a-zA-Z][a-zA-Z0-9-]*)(?:\+[\w.]+)?:/.exec(uri)?.[1]?.toLowerCase();
  if (scheme === 'sqlite') {
    const path = parseSqliteUri(uri, options.baseDirectory);
    return openSqliteStore({
      path,
      uri,
      artifactRoot: options.artifactRoot ?? join(dirname(path), 'mlruns'),
      baseDirectory: options.baseDirectory ?? dirname(path),
      workerFile: options.workerFile,
      logger: options.logger,
    });
  }
  if (uri.trim() === '') throw invalid('The tracking URI is empty: give one such as sqlite:///mlflow.db.');
  throw new TrackingError(
    'NOT_IMPLEMENTED',
    `The tracking URI "${uri}" can't be opened: only SQLite stores are supported. ` +
      'Choose one, such as sqlite:///mlflow.db in the workspace folder.',
  );
}
