import { describe, expect, test } from 'vitest';
import { appendUriPath, resolveLocation } from '../../../../src/tracking/store/artifactLocation.ts';

// The right side is what `mlflow.utils.uri.append_to_uri_path` of MLflow 3.17 gives.
test.each([
  ['/w/mlruns', '/w/mlruns/1/artifacts'],
  ['/w/mlruns/', '/w/mlruns/1/artifacts'],
  ['mlruns', 'mlruns/1/artifacts'],
  ['/with space/#1?', '/with space/#1?/1/artifacts'],
  ['file:///w/mlruns', 'file:///w/mlruns/1/artifacts'],
  ['s3://bucket', 's3://bucket/1/artifacts'],
  ['s3://bucket/root/?region=x&y=z', 's3://bucket/root/1/artifacts?region=x&y=z'],
  ['mlflow-artifacts:/2', 'mlflow-artifacts:/2/1/artifacts'],
  ['dbfs:/a#b', 'dbfs:/a/1/artifacts#b'],
])('%s', (base, expected) => {
  expect(appendUriPath(base, '1', 'artifacts')).toBe(expected);
});

describe.skipIf(process.platform === 'win32')('a location', () => {
  test.each([
    ['artifacts', '/base/artifacts'],
    ['./a/../b', '/base/b'],
    ['/abs', '/abs'],
    ['s3://bucket/x', 's3://bucket/x'],
    ['file:///x', 'file:///x'],
  ])('%s is %s', (location, expected) => {
    expect(resolveLocation(location, '/base')).toBe(expected);
  });
});
