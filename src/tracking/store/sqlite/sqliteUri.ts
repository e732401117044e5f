import { isAbsolute, resolve } from 'node:path';
import { invalid } from '../../errors.ts';

/**
 * The absolute path of the file that an SQLAlchemy URL means: `sqlite:///relative`, `sqlite:////absolute`,
 * `sqlite:///C:/absolute`, with a driver (`sqlite+pysqlite:`) and a query, which both are left aside. The path is taken
 * as it is written, percent signs too, as SQLAlchemy 2.0 takes it.
 *
 * @param baseDirectory what a relative path is relative to
 * @throws TrackingError INVALID_PARAMETER_VALUE for anything else, and for databases in memory
 */
export function parseSqliteUri(uri: string, baseDirectory: string | undefined): string {
  const path = /^sqlite(?:\+\w+)?:\/\/\/([^?]*)(?:\?.*)?$/s.exec(uri)?.[1];
  if (path === undefined && !/^sqlite(?:\+\w+)?:\/\/(\?.*)?$/s.test(uri)) {
    throw invalid(
      `"${uri}" is not an SQLite tracking URI: write sqlite:///relative/path.db or sqlite:////absolute/path.db.`,
    );
  }
  if (path === undefined || path === '' || path === ':memory:' || path.startsWith('file:')) {
    throw invalid(
      `"${uri}" names no file: a database in memory can't be shared, so give the path of a file.`,
    );
  }
  if (isAbsolute(path)) return resolve(path);
  if (baseDirectory === undefined) {
    throw invalid(
      `"${uri}" is relative, but no folder is open: open one, or write sqlite:////absolute/path.db.`,
    );
  }
  return resolve(baseDirectory, path);
}
