import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../../../src/tracking/logger.ts';
import { openStore } from '../../../../../src/tracking/store/openStore.ts';
import { parseSqliteUri } from '../../../../../src/tracking/store/sqlite/sqliteUri.ts';
import { refusal } from './temporaryStore.ts';

describe.skipIf(process.platform === 'win32')('on POSIX', () => {
  test.each([
    ['sqlite:////abs/mlflow.db', '/abs/mlflow.db'],
    ['sqlite:///mlflow.db', '/base/mlflow.db'],
    ['sqlite:///./sub/../mlflow.db', '/base/mlflow.db'],
    ['sqlite+pysqlite:////abs/mlflow.db', '/abs/mlflow.db'],
    ['sqlite:////abs/mlflow.db?timeout=5&x=y', '/abs/mlflow.db'],
    ['sqlite:////with space/per%20cent/#hash.db', '/with space/per%20cent/#hash.db'],
  ])('%s', (uri, path) => {
    expect(parseSqliteUri(uri, '/base')).toBe(path);
  });
});

test.each([
  'sqlite://',
  'sqlite:///',
  'sqlite:///:memory:',
  'sqlite://?x=y',
  'sqlite:///file:x?mode=memory&uri=true',
])('a database in memory is refused: %s', uri => {
  expect(() => parseSqliteUri(uri, '/base')).toThrow(refusal('INVALID_PARAMETER_VALUE', /in memory/));
});

test.each(['sqlite:mlflow.db', 'sqlite:/abs.db', 'sqlite://host/x.db', 'mlflow.db', ''])(
  '%s is no SQLite URI',
  uri => {
    expect(() => parseSqliteUri(uri, '/base')).toThrow(
      refusal('INVALID_PARAMETER_VALUE', /sqlite:\/\/\/relative/),
    );
  },
);

test('a relative path without a folder is refused', () => {
  expect(() => parseSqliteUri('sqlite:///mlflow.db', undefined)).toThrow(
    refusal('INVALID_PARAMETER_VALUE', /no folder is open/),
  );
});

test.each(['http://localhost:5000', 'file:///mlruns', './mlruns', 'databricks', 'postgresql://db/mlflow'])(
  'a store that is not supported says what is: %s',
  uri => {
    const options = { workerFile: 'never started', logger: silentLogger };
    expect(() => openStore(uri, options)).toThrow(
      refusal('NOT_IMPLEMENTED', /only SQLite stores.*sqlite:\/\/\//),
    );
  },
);
