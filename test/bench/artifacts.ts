import { randomBytes } from 'node:crypto';
import { copyFile, cp, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LocalArtifactRepository } from '../../src/tracking/artifacts/local.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';
import { pythonOf } from '../support/mlflow/python.ts';
import { type Bench, compare, milliseconds, type Sample } from './area.ts';
import { Theirs } from './theirs.ts';

const smallCount = 500;
const smallSize = 10_000;
const largeSize = 512 * 2 ** 20;
const chunkSize = 8 * 2 ** 20;
const target = { timesTheirs: 1, shareOfLimit: 0.9 };

/**
 * Logging local files as artifacts, against MLflow's client and Node's plain copies. Ours are on the disk when the call
 * returns; theirs, and those of a plain copy, are still only in memory.
 */
export const artifacts: Bench = async function* () {
  await using folder = await makeTemporaryFolder('runlight-bench-');
  const directory = join(folder.path, 'small');
  const small = await writeSmallFiles(directory);
  const large = join(folder.path, 'large.bin');
  await writeLargeFile(large);

  const root = join(folder.path, 'artifacts');
  await using theirs = new Theirs(await pythonOf('3.17'), `sqlite:///${join(folder.path, 'mlflow.db')}`);
  const { result: experimentId } = await theirs.call('create_experiment', 'bench', root);

  /** Each sample finds an empty place, and no other's data on its way to the disk. */
  const cleared =
    (sample: Sample): Sample =>
    async () => {
      const value = await sample();
      await rm(root, { recursive: true, force: true });
      return value;
    };
  const copying = (copy: () => Promise<unknown>) =>
    cleared(async () => {
      await mkdir(root);
      return milliseconds(copy);
    });
  const logging = (log: (repository: LocalArtifactRepository) => Promise<unknown>) =>
    copying(() => log(new LocalArtifactRepository(root, root)));
  const loggingTheirs = (name: string, what: unknown) =>
    cleared(async () => {
      const { result: runId } = await theirs.call('create_run', experimentId);
      return (await theirs.call(name, runId, what)).milliseconds;
    });

  yield await compare({
    name: `${smallCount} artifacts of 10 kB, each by itself`,
    unit: 'ms',
    ours: logging(repository => Promise.all(small.map(path => repository.logArtifact(path)))),
    theirs: loggingTheirs('log_artifact_each', small),
    target: { timesTheirs: 1 },
  });
  yield await compare({
    name: `${smallCount} artifacts of 10 kB, as one directory (limit: a plain copy)`,
    unit: 'ms',
    ours: logging(repository => repository.logArtifacts(directory)),
    theirs: loggingTheirs('log_artifacts', directory),
    limit: copying(() => cp(directory, join(root, 'copy'), { recursive: true })),
    target,
  });
  yield await compare({
    name: 'one artifact of 512 MiB (limit: a plain copy)',
    unit: 'ms',
    ours: logging(repository => repository.logArtifact(large)),
    theirs: loggingTheirs('log_artifact_each', [large]),
    limit: copying(() => copyFile(large, join(root, 'copy'))),
    target,
  });
  yield await compare({
    name: 'one artifact of 512 MiB (limit: a copy that is on the disk, too)',
    unit: 'ms',
    ours: logging(repository => repository.logArtifact(large)),
    limit: copying(() => copyToDisk(large, join(root, 'copy'))),
    target: { shareOfLimit: 0.9 },
  });
};

async function writeSmallFiles(directory: string): Promise<readonly string[]> {
  await mkdir(directory);
  const paths = Array.from({ length: smallCount }, (_, index) => join(directory, `${index}.bin`));
  await Promise.all(paths.map(path => writeFile(path, randomBytes(smallSize))));
  return paths;
}

async function writeLargeFile(path: string): Promise<void> {
  await using file = await open(path, 'w');
  for (let written = 0; written < largeSize; written += chunkSize) await file.write(randomBytes(chunkSize));
  await file.sync();
}

async function copyToDisk(source: string, target: string): Promise<void> {
  await copyFile(source, target);
  await using file = await open(target, 'r+');
  await file.sync();
}
