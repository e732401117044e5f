import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TrackingModel } from '../../../src/services/trackingModel.ts';
import { openArtifacts } from '../../../src/tracking/artifacts/openArtifacts.ts';
import type { Observable } from '../../../src/tracking/observable.ts';
import type { TrackingStore } from '../../../src/tracking/store/trackingStore.ts';
import { ModelHarness, ready } from './trackingModel/modelHarness.ts';

/** On a real SQLite store in a folder of its own. */

const root = { kind: 'experiments' } as const;
const runsOf = (experimentId: string) => ({ kind: 'runs', experimentId }) as const;

let harness: ModelHarness;
let store: TrackingStore;
let model: TrackingModel;

const namesOf = (experimentId: string) =>
  model.slice(runsOf(experimentId))?.contents?.items.map(({ info }) => info.runName);

function until<T>(observable: Observable<T>, isIt: (value: T) => boolean): Promise<T> {
  return new Promise(resolve => {
    if (isIt(observable.current)) {
      resolve(observable.current);
      return;
    }
    const subscription = observable.onDidChange(value => {
      if (!isIt(value)) return;
      subscription.dispose();
      resolve(value);
    });
  });
}

beforeEach(async () => {
  harness = await ModelHarness.create();
  ({ store, model } = harness);
});

afterEach(() => harness[Symbol.asyncDispose]());

describe('what is read', () => {
  test('experiments come with the count of their runs', async () => {
    const first = await store.createExperiment('first');
    const second = await store.createExperiment('second');
    await harness.createRun(first, 'a');
    await harness.createRun(first, 'b');
    const { contents } = await model.load(root);
    const counts = contents?.items.map(({ experiment, runCount }) => [experiment.name, runCount]);
    expect(counts).toContainEqual(['first', 2]);
    expect(counts).toContainEqual(['second', 0]);
    expect(contents?.items.find(({ experiment }) => experiment.experimentId === second)).toBeDefined();
  });

  test('runs come in pages, newest first, and each only once', async () => {
    const id = await store.createExperiment('paged');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g']) await harness.createRun(id, name);
    await model.load(runsOf(id));
    expect(namesOf(id)).toEqual(['g', 'f', 'e']);
    await harness.createRun(id, 'h');
    await model.loadMore(runsOf(id));
    expect(namesOf(id)).toEqual(['g', 'f', 'e', 'd', 'c']);
    await model.refresh();
    expect(namesOf(id)).toEqual(['h', 'g', 'f', 'e', 'd', 'c']);
    await model.loadMore(runsOf(id));
    expect(namesOf(id)).toEqual(['h', 'g', 'f', 'e', 'd', 'c', 'b', 'a']);
    expect(model.slice(runsOf(id))?.contents?.nextPageToken).toBeUndefined();
  });

  test('children are below their parents only', async () => {
    const experimentId = await store.createExperiment('nested');
    const runId = await harness.createRun(experimentId, 'parent');
    await harness.createRun(experimentId, 'child', runId);
    await model.load(runsOf(experimentId));
    const { contents } = await model.load({ kind: 'children', experimentId, runId });
    expect(namesOf(experimentId)).toEqual(['parent']);
    expect(contents?.items.map(({ info }) => info.runName)).toEqual(['child']);
  });

  test('a run comes with what its metrics came to', async () => {
    const runId = await harness.createRun(await store.createExperiment('details'), 'a');
    const metrics = [0.5, 0.25, 1].map((value, step) => ({ key: 'loss', value, step, timestamp: step }));
    await store.logBatch(runId, { metrics, params: [{ key: 'lr', value: '0.01' }] });
    const { contents } = await model.load({ kind: 'run', runId });
    expect(contents?.run.params.get('lr')).toBe('0.01');
    expect(contents?.metricSummaries.get('loss')).toEqual({ key: 'loss', count: 3, min: 0.25, max: 1 });
  });

  test('artifacts are listed with their place on this machine', async () => {
    const runId = await harness.createRun(await store.createExperiment('files'), 'a');
    const { artifactUri } = (await store.getRun(runId)).info;
    const file = join(harness.directory, 'note.txt');
    await writeFile(file, 'hello');
    await openArtifacts(artifactUri).logArtifact(file, 'texts');
    const top = await model.load({ kind: 'artifacts', runId, artifactUri, path: '' });
    expect(top.contents?.items).toEqual([{ path: 'texts', isDirectory: true, size: undefined }]);
    const texts = await model.load({ kind: 'artifacts', runId, artifactUri, path: 'texts' });
    expect(texts.contents?.items).toEqual([{ path: 'texts/note.txt', isDirectory: false, size: 5 }]);
    expect(texts.contents?.localPaths.get('texts/note.txt')).toMatch(/note\.txt$/);
  });
});

describe('changes', () => {
  test('are read by themselves while somebody watches', async () => {
    const id = await store.createExperiment('watched');
    await model.load(runsOf(id));
    const watch = model.watch();
    await harness.createRun(id, 'appears');
    await until(model.state, () => namesOf(id)?.includes('appears') === true);
    watch.dispose();
  });

  test('of another process, or another connection, too', async () => {
    const id = await store.createExperiment('shared');
    await model.load(runsOf(id));
    const watch = model.watch();
    const other = harness.open();
    await other.createRun({
      runId: 'f'.repeat(32),
      experimentId: id,
      runName: 'from elsewhere',
      userId: 'bob',
      startTime: 1,
      tags: [],
    });
    await until(model.state, () => namesOf(id)?.includes('from elsewhere') === true);
    watch.dispose();
  });

  test('keep the objects of what has not changed', async () => {
    const id = await store.createExperiment('stable');
    await harness.createRun(id, 'a');
    const changing = await harness.createRun(id, 'b');
    const before = (await model.load(runsOf(id))).contents;
    const state = model.state.current;
    await model.refresh();
    expect(model.state.current).toBe(state);
    await store.logBatch(changing, { metrics: [{ key: 'acc', value: 1, step: 0, timestamp: 0 }] });
    await model.refresh();
    const after = model.slice(runsOf(id))?.contents;
    expect(after?.items[0]?.metrics.get('acc')?.value).toBe(1);
    expect(after?.items[0]).not.toBe(before?.items[0]);
    expect(after?.items[1]).toBe(before?.items[1]);
  });

  test('of what was released are not read', async () => {
    const id = await store.createExperiment('released');
    await model.load(runsOf(id));
    model.release(runsOf(id));
    expect(model.slice(runsOf(id))).toBeUndefined();
    await model.refresh();
    expect(model.slice(runsOf(id))).toBeUndefined();
  });
});

describe('view options', () => {
  test('a text filters by name, over all levels', async () => {
    const id = await store.createExperiment('filtered');
    const parent = await harness.createRun(id, 'brave-fox');
    await harness.createRun(id, 'Brave-child', parent);
    await harness.createRun(id, 'calm-owl');
    await model.load(root);
    await model.load(runsOf(id));
    await model.setOptions({ filter: 'brave' });
    expect(namesOf(id)).toEqual(['Brave-child', 'brave-fox']);
    const matches = model.slice({ kind: 'matches' })?.contents?.items.map(({ info }) => info.runName);
    expect(matches).toEqual(['Brave-child', 'brave-fox']);
    await model.setOptions({ filter: '' });
    expect(namesOf(id)).toEqual(['calm-owl', 'brave-fox']);
    expect(model.slice({ kind: 'matches' })).toBeUndefined();
  });

  test("MLflow's filter and order hold", async () => {
    const id = await store.createExperiment('searched');
    for (const [index, name] of ['a', 'b', 'c'].entries()) {
      const metrics = [{ key: 'acc', value: index, step: 0, timestamp: 0 }];
      await store.logBatch(await harness.createRun(id, name), { metrics });
    }
    await model.load(runsOf(id));
    await model.setOptions({ filter: 'metrics.acc > 0', orderBy: ['metrics.acc ASC'] });
    expect(namesOf(id)).toEqual(['b', 'c']);
  });

  test('a filter that MLflow refuses is an error, and nothing of before is shown for it', async () => {
    const id = await store.createExperiment('refused');
    await harness.createRun(id, 'a');
    await model.load(root);
    await model.load(runsOf(id));
    await model.setOptions({ filter: 'metrics.acc >' });
    expect(model.slice(runsOf(id))?.error?.message).toMatch(/filter/);
    expect(model.slice(runsOf(id))?.contents).toBeUndefined();
    expect(model.slice({ kind: 'matches' })?.error).toBeDefined();
    await model.setOptions({ filter: '' });
    expect(namesOf(id)).toEqual(['a']);
  });

  test('while typing only the last one counts', async () => {
    const id = await store.createExperiment('typed');
    for (const name of ['xa', 'xb', 'xyz']) await harness.createRun(id, name);
    await model.load(runsOf(id));
    await Promise.all(['x', 'xy', 'xyz'].map(filter => model.setOptions({ filter })));
    expect(model.state.current.options.filter).toBe('xyz');
    expect(namesOf(id)).toEqual(['xyz']);
  });

  test('deleted things are shown apart, with the experiments that hold them', async () => {
    const kept = await store.createExperiment('kept');
    const gone = await store.createExperiment('gone');
    await store.createExperiment('nothing deleted');
    const parent = await harness.createRun(kept, 'alive');
    await store.deleteRun(await harness.createRun(kept, 'deleted child', parent));
    await store.deleteExperiment(gone);
    await model.load(root);
    await model.load(runsOf(kept));
    await model.setOptions({ viewType: 'deleted' });
    const shown = model.slice(root)?.contents?.items.map(({ experiment }) => experiment.name);
    expect(shown?.toSorted()).toEqual(['gone', 'kept']);
    expect(namesOf(kept)).toEqual(['deleted child']);
    expect(model.contextKeys.current['runlight.viewType']).toBe('deleted');
  });

  test('are kept for the next window, as are pinned columns of this store', async () => {
    await model.setOptions({ filter: 'fox', orderBy: ['metrics.acc DESC'] });
    model.pin('1', { metric: 'acc' });
    harness.replaceModel();
    ({ model } = harness);
    expect(model.state.current.options).toEqual({
      filter: 'fox',
      orderBy: ['metrics.acc DESC'],
      viewType: 'active',
    });
    expect(model.state.current.pinned).toEqual({ 1: { metric: 'acc' } });
    harness.connection.set(ready(harness.open('other.db')));
    expect(model.state.current.pinned).toEqual({});
  });
});

describe('the connection', () => {
  test('what was asked for while it is opened is read then', async () => {
    harness.connection.set({ kind: 'connecting', uri: store.uri, source: 'workspace' });
    const loading = model.load(root);
    await store.createExperiment('late');
    harness.connection.set(ready(store));
    const { contents } = await loading;
    expect(contents?.items.map(({ experiment }) => experiment.name)).toContain('late');
  });

  test('another store: nothing of the first one is shown', async () => {
    await store.createExperiment('of the first');
    await model.load(root);
    const other = harness.open('other.db');
    await other.createExperiment('of the second');
    model.release(root);
    const loading = model.load(root);
    // The read has begun, and can't have ended.
    await Promise.resolve();
    harness.connection.set(ready(other));
    expect(model.slice(root)).toBeUndefined();
    const { contents } = await loading;
    const names = contents?.items.map(({ experiment }) => experiment.name);
    expect(names).toContain('of the second');
    expect(names).not.toContain('of the first');
  });

  test('without a store there is nothing, and no error', async () => {
    harness.connection.set({ kind: 'none', reason: 'noFolder' });
    expect(await model.load(root)).toEqual({ contents: undefined, error: undefined });
    expect(model.contextKeys.current['runlight.store']).toBe('none');
  });

  test('what can not be read is an error with its cause, and heals', async () => {
    const path = join(harness.directory, 'broken.db');
    await writeFile(path, 'this is not a database, and longer than a header of one hundred bytes '.repeat(9));
    const broken = harness.open('broken.db');
    harness.connection.set(ready(broken));
    const { contents, error } = await model.load(root);
    expect(contents).toBeUndefined();
    expect(error?.message).toContain('broken.db');
    expect(model.contextKeys.current['runlight.store']).toBe('error');
    harness.connection.set(ready(store));
    await model.load(root);
    expect(model.contextKeys.current['runlight.store']).toBe('empty');
  });
});

test('a store is empty until something was made in it', async () => {
  expect(model.contextKeys.current['runlight.store']).toBe('connecting');
  await model.load(root);
  expect(model.contextKeys.current['runlight.store']).toBe('empty');
  await harness.createRun('0', 'in Default');
  await model.refresh();
  expect(model.contextKeys.current['runlight.store']).toBe('ready');
});
