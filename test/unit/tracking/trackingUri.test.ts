import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FileProbe } from '../../../src/tracking/trackingUri.ts';
import { resolveTrackingUri, validateTrackingUri } from '../../../src/tracking/trackingUri.ts';
import { messageOf } from '../../../src/tracking/validation.ts';

/** A disk with just these files. */
function disk(paths: readonly string[], windows = false): FileProbe {
  const separator = windows ? '\\' : '/';
  return {
    windows,
    exists: path => Promise.resolve(paths.some(each => each === path || each.startsWith(path + separator))),
    list: directory => {
      const inside = paths.filter(path => path.startsWith(directory + separator));
      return Promise.resolve(inside.map(path => path.slice(directory.length + 1).split(separator)[0] ?? ''));
    },
  };
}

const resolve = (workspaceFolder: string, ...paths: readonly string[]) =>
  resolveTrackingUri({ workspaceFolder }, disk(paths));

describe('what is chosen', () => {
  const all = {
    set: 'http://set',
    setting: 'http://setting',
    environment: 'http://env',
    workspaceFolder: '/w',
  };

  it('is first what was set', async () => {
    expect(await resolveTrackingUri(all, disk([]))).toEqual({ uri: 'http://set', source: 'set' });
  });

  it('then the setting', async () => {
    const inputs = { ...all, set: '' };
    expect(await resolveTrackingUri(inputs, disk([]))).toEqual({ uri: 'http://setting', source: 'setting' });
  });

  it('then MLFLOW_TRACKING_URI', async () => {
    const inputs = { ...all, set: undefined, setting: '' };
    expect(await resolveTrackingUri(inputs, disk([]))).toEqual({ uri: 'http://env', source: 'environment' });
  });

  it('not an empty MLFLOW_TRACKING_URI', async () => {
    const inputs = { environment: '', workspaceFolder: '/w' };
    expect((await resolveTrackingUri(inputs, disk([]))).source).toBe('default');
  });

  it('is a clear error without any of them and without a folder', async () => {
    await expect(resolveTrackingUri({}, disk([]))).rejects.toMatchObject({ errorCode: 'INVALID_STATE' });
  });
});

describe('what lies in the workspace folder', () => {
  it('is nothing: mlflow.db is the default', async () => {
    expect(await resolve('/w')).toEqual({ uri: 'sqlite:////w/mlflow.db', source: 'default' });
  });

  it('is an mlflow.db', async () => {
    expect(await resolve('/w', '/w/mlflow.db')).toEqual({
      uri: 'sqlite:////w/mlflow.db',
      source: 'workspace',
    });
  });

  it('is mlruns with an experiment', async () => {
    expect(await resolve('/w', '/w/mlruns/0/meta.yaml')).toEqual({
      uri: 'file:///w/mlruns',
      source: 'workspace',
    });
  });

  it('is mlruns with an experiment, even beside an mlflow.db', async () => {
    const { uri } = await resolve('/w', '/w/mlflow.db', '/w/mlruns/123456789012345678/meta.yaml');
    expect(uri).toBe('file:///w/mlruns');
  });

  it('is mlruns with nothing but artifacts, which is no store', async () => {
    const paths = ['/w/mlruns/1/abc/artifacts/model.pt', '/w/mlruns/models/meta.yaml'];
    expect(await resolve('/w', ...paths)).toEqual({ uri: 'sqlite:////w/mlflow.db', source: 'default' });
  });

  it('is an mlflow.db in the percent-encoded sibling of a folder with spaces', async () => {
    expect(await resolve('/w/q ace', '/w/q%20ace/mlflow.db')).toEqual({
      uri: 'sqlite:////w/q%20ace/mlflow.db',
      source: 'workspace',
    });
  });

  it('is rather an mlflow.db of its own than the sibling', async () => {
    const { uri } = await resolve('/w/q ace', '/w/q%20ace/mlflow.db', '/w/q ace/mlflow.db');
    expect(uri).toBe('sqlite:////w/q ace/mlflow.db');
  });

  it('is, with spaces and no store, an mlflow.db in the folder itself', async () => {
    expect(await resolve('/w/q ace')).toEqual({ uri: 'sqlite:////w/q ace/mlflow.db', source: 'default' });
  });

  it('is encoded as Python does', async () => {
    const { uri } = await resolve("/w/é(1)!'*~", '/w/%C3%A9%281%29%21%27%2A~/mlflow.db');
    expect(uri).toBe('sqlite:////w/%C3%A9%281%29%21%27%2A~/mlflow.db');
  });

  it('has a name that no SQLite URI can hold', async () => {
    await expect(resolve('/w/what?')).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
  });
});

describe('on Windows', () => {
  const onWindows = (workspaceFolder: string, ...paths: readonly string[]) =>
    resolveTrackingUri({ workspaceFolder }, disk(paths, true));

  it('has a drive after three slashes', async () => {
    expect(await onWindows('C:\\w')).toEqual({ uri: 'sqlite:///C:/w/mlflow.db', source: 'default' });
  });

  it('finds a file store', async () => {
    expect((await onWindows('C:\\w x', 'C:\\w x\\mlruns\\0\\meta.yaml')).uri).toBe('file:///C:/w%20x/mlruns');
  });

  it('finds the percent-encoded sibling', async () => {
    expect((await onWindows('C:\\w x', 'C:\\w%20x\\mlflow.db')).uri).toBe('sqlite:///C:/w%20x/mlflow.db');
  });
});

it('looks at the real disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tracking-uri-'));
  try {
    const source = async () => (await resolveTrackingUri({ workspaceFolder: folder })).source;
    expect(await source()).toBe('default');
    await writeFile(join(folder, 'mlflow.db'), '');
    expect(await source()).toBe('workspace');
    await mkdir(join(folder, 'mlruns', '0', 'meta.yaml'), { recursive: true });
    expect((await resolveTrackingUri({ workspaceFolder: folder })).uri).toMatch(/^file:.*\/mlruns$/);
  } finally {
    await rm(folder, { recursive: true });
  }
});

describe('validateTrackingUri', () => {
  const messageFor = (uri: string) =>
    messageOf(() => {
      validateTrackingUri(uri);
    });

  it.each([
    'sqlite:///mlflow.db',
    'sqlite:////abs/mlflow.db',
    'sqlite+pysqlite:///C:/x.db',
    'http://localhost:5000',
    'https://host/prefix',
    'file:///mlruns',
    './mlruns',
    'C:\\mlruns',
    'databricks',
    'databricks://profile',
    'postgresql+psycopg2://u:p@h/db',
  ])('takes %s', uri => {
    expect(messageFor(uri)).toBeUndefined();
  });

  it.each([
    ['', 'empty'],
    [' sqlite:///a.db', 'spaces around'],
    ['sqlite://a.db', 'not an SQLite tracking URI'],
    ['sqlite://', 'names no file'],
    ['ftp://host', 'no tracking store for "ftp:"'],
    ['http://', 'not a complete URL'],
  ])('refuses %j: %s', (uri, reason) => {
    expect(messageFor(uri)).toContain(reason);
  });
});
