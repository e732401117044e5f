import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as tracking from '../../src/tracking/index.ts';
import { silentLogger } from '../../src/tracking/logger.ts';
import { root } from './project.ts';

export interface ExpectedRun {
  readonly runName: string;
  readonly params: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * Prints what the workspace's store holds. Rejects unless it is one finished run as expected, whose artifacts are the
 * files of outputs/, byte by byte.
 */
export async function reportStore(workspace: string, expected: ExpectedRun): Promise<void> {
  // The core as it has just been built, in a plain Node without VS Code.
  const built = pathToFileURL(join(root, 'dist/tracking.mjs')).href;
  const { openArtifacts, openStore } = (await import(built)) as typeof tracking;
  await using store = openStore(`sqlite:///${join(workspace, 'mlflow.db')}`, {
    workerFile: join(root, 'dist/sqliteWorker.js'),
    logger: silentLogger,
  });
  const experiments = await store.searchExperiments({});
  const experimentIds = experiments.items.map(({ experimentId }) => experimentId);
  const { items: runs } = await store.searchRuns({ experimentIds });
  const [run] = runs;
  assert.ok(run, 'The store has no run.');
  const { info, params, metrics } = run;
  const experiment = experiments.items.find(({ experimentId }) => experimentId === info.experimentId);

  console.log(`\nTracking URI: ${store.uri}`);
  console.log(`Experiment: ${experiment?.name ?? ''} (${info.experimentId})`);
  console.log(`Run: ${info.runName} (${info.runId}) ${info.status}`);
  for (const [key, value] of params) console.log(`Parameter: ${key} = ${value}`);
  for (const [key, { value, step }] of metrics) console.log(`Metric: ${key} = ${value} at step ${step}`);
  const artifacts = openArtifacts(info.artifactUri, workspace);
  const held = new Map<string, Uint8Array>();
  for (const { path, size } of await listFiles(artifacts)) {
    console.log(`Artifact: ${path} (${size} bytes)`);
    held.set(path, await artifacts.read(path));
  }

  assert.equal(runs.length, 1);
  assert.equal(info.runName, expected.runName);
  assert.equal(info.status, 'FINISHED');
  assert.deepEqual(Object.fromEntries(params), expected.params);
  assert.deepEqual(
    Object.fromEntries([...metrics].map(([key, { value }]) => [key, value])),
    expected.metrics,
  );
  assert.deepEqual(held, await readFiles(join(workspace, 'outputs')));
  console.log('All of it is there.');
}

async function listFiles(
  artifacts: tracking.ArtifactRepository,
  path?: string,
): Promise<{ path: string; size: number }[]> {
  const files: { path: string; size: number }[] = [];
  for (const { path: child, isDirectory, size = 0 } of await artifacts.list(path)) {
    if (isDirectory) files.push(...(await listFiles(artifacts, child)));
    else files.push({ path: child, size });
  }
  return files;
}

/** By path relative to `folder`, with `/`. */
async function readFiles(folder: string): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
  const contents = new Map<string, Uint8Array>();
  for (const file of files) contents.set(file.slice(folder.length + 1), await readFile(file));
  return contents;
}
