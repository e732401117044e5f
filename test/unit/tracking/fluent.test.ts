import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Outbox } from '../../../src/services/outbox.ts';
import type { ActiveRun } from '../../../src/tracking/activeRun.ts';
import { openArtifacts } from '../../../src/tracking/artifacts/openArtifacts.ts';
import { MlflowTag, SourceType } from '../../../src/tracking/entities.ts';
import { Fluent, type FluentContext } from '../../../src/tracking/fluent.ts';
import { silentLogger } from '../../../src/tracking/logger.ts';
import { openStore } from '../../../src/tracking/store/openStore.ts';
import type { TrackingStore } from '../../../src/tracking/store/trackingStore.ts';

/** product.md §1, a test a sentence, on real stores and a real outbox. */

let directory: string;
let stores: Map<string, TrackingStore>;
let current: string;
let chosen: string | undefined;
let environment: Partial<Record<string, string>>;
let fluent: Fluent;

const store = (uri: string) => {
  let opened = stores.get(uri);
  if (!opened) {
    opened = openStore(uri, {
      workerFile: new URL('../../../src/tracking/store/sqlite/worker.ts', import.meta.url),
      logger: silentLogger,
    });
    stores.set(uri, opened);
  }
  return opened;
};
const currentStore = () => Promise.resolve(store(current));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runlight-fluent-'));
  stores = new Map();
  current = `sqlite:///${directory}/mlflow.db`;
  chosen = undefined;
  environment = {};
  const context: FluentContext = {
    sink: new Outbox({ store, artifacts: openArtifacts }),
    store: currentStore,
    chosenExperimentId: () => chosen,
    environment: name => environment[name],
    source: name =>
      Promise.resolve({
        name: name ?? 'train.py',
        gitCommit: 'c0ffee',
        gitBranch: 'main',
        gitRepoUrl: 'https://x/y.git',
      }),
    userId: () => 'ann',
    beforeStart: () => Promise.resolve(),
    stackKept: () => Promise.resolve(),
    ending: (_run, _stopWaiting, end) => end(),
  };
  fluent = new Fluent(context);
});

afterEach(async () => {
  for (const opened of stores.values()) await opened[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

const saved = async (run: ActiveRun) => store(run.ref.storeUri).getRun(run.info.runId);

test('logging a metric or a parameter without an active run creates one', async () => {
  await (await fluent.ensureRun()).logMetric('loss', 0.5, 3);
  const run = fluent.activeRun();
  await (await fluent.ensureRun()).logParam('lr', '0.1');
  expect(fluent.activeRun()).toBe(run);
  const { metrics, params, info } = await saved(run!);
  expect(info.status).toBe('RUNNING');
  expect(metrics.get('loss')).toMatchObject({ value: 0.5, step: 3 });
  expect(params).toEqual(new Map([['lr', '0.1']]));
});

test('many log calls at once without an active run create one run, and keep their order', async () => {
  const calls = Array.from({ length: 100 }, async (_, step) =>
    (await fluent.ensureRun()).logMetric('loss', step, step),
  );
  await Promise.all(calls);
  expect(fluent.stack.current).toHaveLength(1);
  const history = await (await currentStore()).getMetricHistory(fluent.activeRun()!.info.runId, 'loss');
  expect(history.items).toHaveLength(100);
});

test('getArtifactUri without an active run creates one, and names the place of the artifact', async () => {
  const uri = await fluent.getArtifactUri('plots/roc.png');
  expect(uri).toBe(`${fluent.activeRun()!.info.artifactUri}/plots/roc.png`);
  expect(await fluent.getArtifactUri()).toBe(fluent.activeRun()!.info.artifactUri);
});

test('logArtifact logs a file or a directory, logArtifacts the contents of a directory', async () => {
  await writeFile(join(directory, 'a.txt'), 'a');
  const data = await mkdtemp(join(directory, 'data-'));
  await writeFile(join(data, 'b.txt'), 'b');
  const run = await fluent.ensureRun();
  await run.logArtifact(join(directory, 'a.txt'), 'one');
  await run.logArtifact(data);
  await run.logArtifacts(data, 'two');
  const artifacts = openArtifacts(run.info.artifactUri);
  const text = async (path: string) => new TextDecoder().decode(await artifacts.read(path));
  expect(await text('one/a.txt')).toBe('a');
  expect(await text(`${data.split('/').at(-1)!}/b.txt`)).toBe('b');
  expect(await text('two/b.txt')).toBe('b');
});

test('setting the tracking URI does not touch the active run; the next run uses it', async () => {
  const first = await fluent.startRun();
  const firstUri = current;
  current = `sqlite:///${directory}/other.db`;
  await first.logParam('where', 'first');
  await first.end();
  const second = await fluent.startRun();
  expect(first.ref.storeUri).toBe(firstUri);
  expect(second.ref.storeUri).toBe(current);
  expect((await saved(first)).params.get('where')).toBe('first');
  expect((await saved(first)).info.status).toBe('FINISHED');
});

test('getRun asks the current tracking store', async () => {
  const run = await fluent.startRun();
  expect((await fluent.getRun(run.info.runId)).info.runName).toBe(run.info.runName);
  current = `sqlite:///${directory}/other.db`;
  await expect(fluent.getRun(run.info.runId)).rejects.toMatchObject({ errorCode: 'RESOURCE_DOES_NOT_EXIST' });
});

test('startRun with runUuid resumes: RUNNING, no end time, all else as it was, other arguments ignored', async () => {
  const first = await fluent.startRun({ runName: 'first', sourceName: 'a.py', tags: { team: 'x' } });
  await first.end('FAILED');
  const before = await saved(first);
  const resumed = await fluent.startRun({
    runUuid: first.info.runId,
    runName: 'other',
    sourceName: 'b.py',
    tags: { team: 'y' },
  });
  const after = await saved(resumed);
  expect(after.info).toEqual({ ...before.info, status: 'RUNNING', endTime: undefined });
  expect(after.tags).toEqual(before.tags);
});

test('startRun resumes the run of MLFLOW_RUN_ID, once', async () => {
  const first = await fluent.startRun();
  await first.end();
  environment['MLFLOW_RUN_ID'] = first.info.runId;
  const resumed = await fluent.startRun();
  expect(resumed.info.runId).toBe(first.info.runId);
  await resumed.end();
  expect((await fluent.startRun()).info.runId).not.toBe(first.info.runId);
});

test('runUuid wins over MLFLOW_RUN_ID', async () => {
  const first = await fluent.startRun();
  await first.end();
  const second = await fluent.startRun();
  await second.end();
  environment['MLFLOW_RUN_ID'] = first.info.runId;
  expect((await fluent.startRun({ runUuid: second.info.runId })).info.runId).toBe(second.info.runId);
});

test('resuming a deleted run, or an unknown one, is a clear error', async () => {
  const run = await fluent.startRun({ runName: 'gone' });
  await run.end();
  await (await currentStore()).deleteRun(run.info.runId);
  await expect(fluent.startRun({ runUuid: run.info.runId })).rejects.toThrow(/"gone".*deleted.*restore/);
  await expect(fluent.startRun({ runUuid: '0'.repeat(32) })).rejects.toMatchObject({
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
  });
  expect(fluent.activeRun()).toBeUndefined();
});

test('the experiment is the argument, else the chosen one, else that of the environment, else one with a random name', async () => {
  const mlflow = await currentStore();
  const [argument, picked, named] = [
    await mlflow.createExperiment('argument'),
    await mlflow.createExperiment('chosen'),
    await mlflow.createExperiment('named'),
  ];
  const experimentOf = async (options = {}) => {
    const run = await fluent.startRun(options);
    await run.end();
    return run.info.experimentId;
  };
  chosen = picked;
  environment['MLFLOW_EXPERIMENT_NAME'] = 'named';
  expect(await experimentOf({ experimentId: argument })).toBe(argument);
  expect(await experimentOf()).toBe(picked);
  chosen = undefined;
  expect(await experimentOf()).toBe(named);
  environment['MLFLOW_EXPERIMENT_NAME'] = 'made on the way';
  const made = await experimentOf();
  expect((await mlflow.getExperiment(made)).name).toBe('made on the way');
  environment = { MLFLOW_EXPERIMENT_ID: argument };
  expect(await experimentOf()).toBe(argument);
  environment = {};
  const random = await mlflow.getExperiment(await experimentOf());
  expect(random.name).toMatch(/^[a-z]+-[a-z]+-\d+$/);
  const another = await experimentOf();
  expect(another).not.toBe(random.experimentId);
});

test('an experiment that is deleted, unknown, or named two ways is a clear error', async () => {
  const mlflow = await currentStore();
  const id = await mlflow.createExperiment('old');
  await mlflow.deleteExperiment(id);
  await expect(fluent.startRun({ experimentId: id })).rejects.toThrow(/"old" is deleted/);
  await expect(fluent.startRun({ experimentId: '4711' })).rejects.toMatchObject({
    errorCode: 'RESOURCE_DOES_NOT_EXIST',
  });
  environment = { MLFLOW_EXPERIMENT_ID: '4711' };
  await expect(fluent.startRun()).rejects.toThrow(/MLFLOW_EXPERIMENT_ID is 4711/);
  environment = { MLFLOW_EXPERIMENT_ID: '0', MLFLOW_EXPERIMENT_NAME: 'new' };
  await expect(fluent.startRun()).rejects.toThrow(/another experiment/);
});

test('source, version, type and user are written as MLflow’s tags, and given ones win', async () => {
  const run = await fluent.startRun({ entryPointName: 'main', runName: 'named' });
  const { tags, info } = await saved(run);
  expect(Object.fromEntries(tags)).toEqual({
    [MlflowTag.runName]: 'named',
    [MlflowTag.user]: 'ann',
    [MlflowTag.sourceName]: 'train.py',
    [MlflowTag.sourceType]: 'LOCAL',
    [MlflowTag.gitCommit]: 'c0ffee',
    [MlflowTag.gitBranch]: 'main',
    [MlflowTag.gitRepoUrl]: 'https://x/y.git',
    [MlflowTag.entryPoint]: 'main',
  });
  expect(info).toMatchObject({ runName: 'named', userId: 'ann' });
  await run.end();
  const other = await fluent.startRun({
    sourceName: 'job.sh',
    sourceVersion: 'v1',
    sourceType: SourceType.JOB,
    tags: { [MlflowTag.user]: 'bob' },
  });
  expect(Object.fromEntries((await saved(other)).tags)).toMatchObject({
    [MlflowTag.sourceName]: 'job.sh',
    [MlflowTag.gitCommit]: 'v1',
    [MlflowTag.sourceType]: 'JOB',
    [MlflowTag.user]: 'bob',
  });
});

test('starting while a run is active is refused, unless nested: then it is a child on a stack', async () => {
  const parent = await fluent.startRun({ runName: 'parent' });
  await expect(fluent.startRun()).rejects.toThrow(/"parent" is already active/);
  const child = await fluent.startRun({ nested: true });
  expect((await saved(child)).tags.get(MlflowTag.parentRunId)).toBe(parent.info.runId);
  expect(fluent.activeRun()).toBe(child);
  await fluent.endRun();
  expect(fluent.activeRun()).toBe(parent);
  await fluent.endRun('KILLED');
  expect((await saved(parent)).info.status).toBe('KILLED');
  await expect(fluent.endRun()).rejects.toMatchObject({ errorCode: 'INVALID_STATE' });
});

test('a nested run goes to its parent’s experiment, and has no parent in another store', async () => {
  const parent = await fluent.startRun();
  chosen = await (await currentStore()).createExperiment('chosen');
  const child = await fluent.startRun({ nested: true });
  expect(child.info.experimentId).toBe(parent.info.experimentId);
  await child.end();
  chosen = undefined;
  current = `sqlite:///${directory}/other.db`;
  const elsewhere = await fluent.startRun({ nested: true });
  expect((await saved(elsewhere)).tags.has(MlflowTag.parentRunId)).toBe(false);
});

test('two starts at once: one wins, the other is refused', async () => {
  const results = await Promise.allSettled([fluent.startRun(), fluent.startRun()]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test('endRun writes what is queued first, then the status and the end time', async () => {
  const run = await fluent.startRun();
  const logged = Array.from({ length: 50 }, (_, step) => run.logMetric('m', step, step));
  await fluent.endRun();
  await Promise.all(logged);
  const { info, metrics } = await saved(run);
  expect(info.status).toBe('FINISHED');
  expect(info.endTime).toBeGreaterThanOrEqual(info.startTime!);
  expect(metrics.get('m')?.step).toBe(49);
});

test('withRun ends FINISHED, and FAILED when the body throws', async () => {
  const good = await fluent.withRun({}, run => run);
  expect((await saved(good)).info.status).toBe('FINISHED');
  let bad: ActiveRun | undefined;
  const failing = fluent.withRun({}, run => {
    bad = run;
    throw new Error('out of memory');
  });
  await expect(failing).rejects.toThrow('out of memory');
  expect((await saved(bad!)).info.status).toBe('FAILED');
  expect(fluent.activeRun()).toBeUndefined();
});

test('await using ends the run when its scope is left', async () => {
  let inner: ActiveRun;
  {
    await using run = await fluent.startRun();
    inner = run;
    await run.logParam('p', '1');
  }
  expect((await saved(inner)).info.status).toBe('FINISHED');
});

test('a run deleted while it is active is let go when it is ended, with a clear error', async () => {
  const run = await fluent.startRun();
  await (await currentStore()).deleteRun(run.info.runId);
  await expect(run.logMetric('m', 1)).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
  await expect(fluent.endRun()).rejects.toMatchObject({ errorCode: 'INVALID_PARAMETER_VALUE' });
  expect(fluent.activeRun()).toBeUndefined();
});

test('a logged file is the artifact, byte by byte, also after the original has gone', async () => {
  const file = join(directory, 'x y#.txt'.replace('#', ''));
  await writeFile(file, 'content');
  const run = await fluent.startRun();
  await run.logArtifact(file);
  await rm(file);
  expect(await readFile(openArtifacts(run.info.artifactUri).localPath('x y.txt')!, 'utf8')).toBe('content');
});
