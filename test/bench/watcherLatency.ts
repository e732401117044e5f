import { watch } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { localRoot } from '../../src/tracking/artifacts/localRoot.ts';
import { silentLogger } from '../../src/tracking/logger.ts';
import { openStore } from '../../src/tracking/store/openStore.ts';
import { build, root } from '../host/project.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';
import { findVsCode } from '../host/vsCodeInstallation.ts';
import { openSession } from '../host/vsCodeSession.ts';
import { type Bench, compare, percentile } from './area.ts';

const filesInSample = 100;
/** Milliseconds that a small file of a format without an end must be quiet (artifactWatcher.ts). */
const settle = 1_000;

/** How long a file that a program has finished takes to be in the run, beyond the wait that tells that it is finished. */
export const watcherLatency: Bench = async function* () {
  build();
  await using folder = await makeTemporaryFolder('runlight-bench-');
  await using session = await openSession(await findVsCode());
  const window = await session.openWindow({ folder: folder.path, extension: root });
  await window.openContainer('MLflow');
  await window.runCommand('MLflow: Start Run', 'latency');
  await window.statusBarItem('latency').waitFor();

  const artifacts = await artifactFolder(folder.path);
  await mkdir(artifacts, { recursive: true });
  const outputs = join(folder.path, 'outputs');
  await mkdir(outputs);
  let sample = 0;
  yield await compare({
    name: 'From a finished file in outputs/ to the run, beyond the settle window, p99',
    unit: 'ms',
    ours: async () => percentile(await measureLatencies(outputs, artifacts, `${sample++}-`), 0.99) - settle,
    target: { atMost: 100 },
  });
};

/** The one run's, as the store names it. */
async function artifactFolder(folder: string): Promise<string> {
  await using store = openStore(`sqlite:///${join(folder, 'mlflow.db')}`, {
    workerFile: join(root, 'dist/sqliteWorker.js'),
    logger: silentLogger,
  });
  const experiments = await store.searchExperiments({});
  const experimentIds = experiments.items.map(({ experimentId }) => experimentId);
  const [run] = (await store.searchRuns({ experimentIds })).items;
  if (!run) throw new Error('No run was started.');
  return localRoot(run.info.artifactUri);
}

/** Milliseconds of each file from its end of writing to its whole arrival under its name. */
async function measureLatencies(outputs: string, artifacts: string, prefix: string): Promise<number[]> {
  const written = new Map<string, number>();
  const latencies: number[] = [];
  const arrived = Promise.withResolvers<undefined>();
  const watcher = watch(artifacts, (_event, name) => {
    const at = written.get(name ?? '');
    if (at === undefined) return;
    latencies.push(performance.now() - at);
    written.delete(name ?? '');
    if (latencies.length === filesInSample) arrived.resolve(undefined);
  });
  try {
    for (let i = 0; i < filesInSample; i++) {
      const name = `${prefix}${i}.dat`;
      await writeFile(join(outputs, name), name.repeat(100));
      written.set(name, performance.now());
      await setTimeout(10);
    }
    await arrived.promise;
  } finally {
    watcher.close();
  }
  return latencies;
}
