import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { localRoot } from '../../../../src/tracking/artifacts/localRoot.ts';
import { openArtifacts } from '../../../../src/tracking/artifacts/openArtifacts.ts';

describe('artifact locations', () => {
  it.each([
    ['/w/mlruns/0/r/artifacts', '/w/mlruns/0/r/artifacts'],
    ['file:///w/q%20ace/a', '/w/q ace/a'],
    ['file:///w/q ace/a', '/w/q ace/a'],
    ['file:/w/a', '/w/a'],
    ['file://localhost/w/a', '/w/a'],
    ['FILE:///w/a', '/w/a'],
    ['/w/q%20ace', '/w/q ace'],
    ['/w/100%', '/w/100%'],
    ['file:///w/%C3%A9', '/w/é'],
    ['file:///w/a?version=1', '/w/a'],
    ['./mlruns/0', 'mlruns/0'],
  ])('POSIX: %s is %s', (uri, path) => {
    expect(localRoot(uri, 'linux')).toBe(path);
  });

  it.each([
    ['file:///C:/w/q%20ace', 'C:\\w\\q ace'],
    ['file:///C:/w/q ace', 'C:\\w\\q ace'],
    ['C:\\w\\a', 'C:\\w\\a'],
    ['c:/w/a', 'c:\\w\\a'],
    ['file://server/share/a', '\\\\server\\share\\a'],
  ])('Windows: %s is %s', (uri, path) => {
    expect(localRoot(uri, 'win32')).toBe(path);
  });

  it('keeps the URI as MLflow wrote it', () => {
    const uri = pathToFileURL(join('/w', 'q ace')).href;
    const repository = openArtifacts(uri);
    expect(repository.artifactUri).toBe(uri);
    expect(repository.localPath('a/b')).toBe(join('/w', 'q ace', 'a', 'b'));
  });

  it('resolves the relative paths of MLflow 1.x against a given directory, and refuses them without one', () => {
    expect(openArtifacts('./mlruns/0/r', '/w').localPath('a')).toBe(join('/w', 'mlruns/0/r/a'));
    expect(() => openArtifacts('./mlruns/0/r')).toThrow(
      expect.objectContaining({ errorCode: 'INVALID_PARAMETER_VALUE' }) as Error,
    );
  });

  it.each(['s3://bucket/a', 'mlflow-artifacts:/0/r/artifacts', 'dbfs:/a', 'wasbs://c@a/x'])(
    '%s is not implemented, and says the way out',
    uri => {
      expect(() => openArtifacts(uri)).toThrow(
        expect.objectContaining({ errorCode: 'NOT_IMPLEMENTED' }) as Error,
      );
      expect(() => openArtifacts(uri)).toThrow(/not supported\. Use /);
    },
  );
});
