import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openArtifacts } from '../../../src/tracking/artifacts/openArtifacts.ts';
import type { RunInfo } from '../../../src/tracking/entities.ts';
import { type RowSource, rowsOf, subjectsOf } from '../../../src/views/experimentRows.ts';
import type { ExperimentsNode } from '../../../src/views/nodes.ts';
import { ModelHarness, ready } from '../services/trackingModel/modelHarness.ts';

/** Rows as the tree would show them, from a model on a real store. */

let harness: ModelHarness;
let source: RowSource;

beforeEach(async () => {
  harness = await ModelHarness.create();
  source = { model: harness.model, activeRuns: [], chosen: undefined, revealed: [] };
});

afterEach(() => harness[Symbol.asyncDispose]());

async function expand(node?: ExperimentsNode): Promise<readonly ExperimentsNode[]> {
  for (const subject of subjectsOf(node, source)) await harness.model.load(subject);
  return rowsOf(node, source);
}

/** Follows the rows with these names and opens the last. */
async function open(...names: string[]): Promise<readonly ExperimentsNode[]> {
  let rows = await expand();
  for (const name of names) {
    const row = rows.find(each => nameOf(each) === name);
    if (!row) throw new Error(`No row ${name} among ${rows.map(nameOf).join(', ')}.`);
    rows = await expand(row);
  }
  return rows;
}

const show = async (...names: string[]) => (await open(...names)).map(nameOf);

function nameOf(node: ExperimentsNode): string {
  switch (node.kind) {
    case 'experiment':
      return node.experiment.name;
    case 'run':
      return node.run.info.runName;
    case 'group':
      return node.group;
    case 'param':
    case 'tag':
      return node.key;
    case 'metric':
      return node.metric.key;
    case 'dataset':
      return node.input.dataset.name;
    case 'artifact':
      return node.artifact.path;
    case 'loadMore':
      return 'load more';
    case 'message':
      return node.reason;
    case 'action':
      return node.action;
  }
}

const infoOf = async (runId: string): Promise<RunInfo> => (await harness.store.getRun(runId)).info;

test('an empty store has no rows: the welcome view speaks', async () => {
  expect(await show()).toEqual([]);
});

test('ids are unique, and the same when the rows are made again', async () => {
  const { store } = harness;
  const id = await store.createExperiment('first');
  await store.createExperiment('second');
  const parent = await harness.createRun(id, 'parent');
  await harness.createRun(id, 'child', parent);
  await store.logBatch(parent, {
    metrics: [{ key: 'a/b', value: 1, step: 0, timestamp: 0 }],
    params: [{ key: 'a/b', value: '1' }],
    tags: [{ key: 'a/b', value: '1' }],
  });
  const all = async () => {
    const ids: string[] = [];
    const visit = async (node?: ExperimentsNode) => {
      for (const row of await expand(node)) {
        ids.push(row.id);
        await visit(row);
      }
    };
    await visit();
    return ids;
  };
  const ids = await all();
  expect(ids.length).toBeGreaterThan(10);
  expect(new Set(ids).size).toBe(ids.length);
  expect(await all()).toEqual(ids);
});

describe('the runs of an experiment', () => {
  test('have their children below them, then what was logged', async () => {
    const id = await harness.store.createExperiment('nested');
    const parent = await harness.createRun(id, 'sweep');
    await harness.createRun(id, 'trial-1', parent);
    await harness.createRun(id, 'trial-2', parent);
    await harness.store.logBatch(parent, {
      metrics: ['val', 'acc', 'system/cpu'].map(key => ({ key, value: 1, step: 0, timestamp: 0 })),
      params: [{ key: 'lr', value: '0.1' }],
    });
    expect(await show('nested')).toEqual(['sweep']);
    expect(await show('nested', 'sweep')).toEqual(['trial-2', 'trial-1', 'params', 'metrics']);
    expect(await show('nested', 'sweep', 'metrics')).toEqual(['acc', 'val', 'system/cpu']);
    expect(await show('nested', 'sweep', 'trial-1')).toEqual(['nothingLogged']);
  });

  test('come in pages, and say how many of how many', async () => {
    const id = await harness.store.createExperiment('paged');
    for (const name of ['a', 'b', 'c', 'd']) await harness.createRun(id, name);
    const rows = await open('paged');
    expect(rows.map(nameOf)).toEqual(['d', 'c', 'b', 'load more']);
    expect(rows.at(-1)).toMatchObject({ shown: 3, total: 4 });
    await harness.model.loadMore({ kind: 'runs', experimentId: id });
    expect(await show('paged')).toEqual(['d', 'c', 'b', 'a']);
  });

  test('begin with the active one, also where no page has reached it', async () => {
    const id = await harness.store.createExperiment('active');
    const old = await harness.createRun(id, 'old');
    const child = await harness.createRun(id, 'nested', old);
    for (const name of ['a', 'b', 'c', 'd']) await harness.createRun(id, name);
    source = { ...source, activeRuns: [await infoOf(old), await infoOf(child)] };
    const rows = await open('active');
    expect(rows.map(nameOf)).toEqual(['old', 'd', 'c', 'b', 'load more']);
    expect(rows[0]).toMatchObject({ active: true });
    expect((await open('active', 'old'))[0]).toMatchObject({ active: true });
  });

  test('are none, or none that match', async () => {
    await harness.store.createExperiment('nothing');
    expect(await show('nothing')).toEqual(['noRuns']);
  });
});

describe('a filter', () => {
  test('leaves the experiments with matches, open and counted', async () => {
    const { store, model } = harness;
    const [some, none] = [await store.createExperiment('some'), await store.createExperiment('none')];
    const parent = await harness.createRun(some, 'calm-owl');
    await harness.createRun(some, 'brave-child', parent);
    await harness.createRun(none, 'calm-fox');
    await expand();
    await model.setOptions({ filter: 'brave' });
    const rows = await open();
    expect(rows.map(nameOf)).toEqual(['some']);
    expect(rows[0]).toMatchObject({ runCount: 1, expanded: true });
    expect(await show('some')).toEqual(['brave-child']);
    expect(await show('some', 'brave-child')).toEqual(['nothingLogged']);
  });

  test('with more matches than a page does not count, and hides nothing', async () => {
    const { store, model } = harness;
    const [many, other] = [await store.createExperiment('many'), await store.createExperiment('other')];
    await harness.createRun(other, 'x0');
    for (const name of ['x1', 'x2', 'x3', 'x4']) await harness.createRun(many, name);
    await expand();
    await model.setOptions({ filter: 'x' });
    const rows = await open();
    expect(rows.map(nameOf)).toContain('other');
    expect(rows.find(row => nameOf(row) === 'many')).toMatchObject({ runCount: undefined, expanded: true });
  });

  test('that nothing matches has no rows: the welcome view speaks', async () => {
    await harness.createRun(await harness.store.createExperiment('some'), 'a');
    await expand();
    await harness.model.setOptions({ filter: 'nobody' });
    expect(await show()).toEqual([]);
    expect(harness.model.contextKeys.current).toMatchObject({
      'runlight.store': 'ready',
      'runlight.filtered': true,
    });
  });

  test('that MLflow refuses has one row: the way out', async () => {
    await harness.createRun(await harness.store.createExperiment('some'), 'a');
    await expand();
    await harness.model.setOptions({ filter: 'metrics.acc >' });
    expect(await show()).toEqual(['clearFilter']);
  });
});

test('artifacts are counted with their size, and lie in folders', async () => {
  const { store, directory } = harness;
  const runId = await harness.createRun(await store.createExperiment('files'), 'run');
  const artifacts = openArtifacts((await infoOf(runId)).artifactUri);
  const file = join(directory, 'a.txt');
  await writeFile(file, '12345');
  await artifacts.logArtifact(file);
  expect(await open('files', 'run')).toMatchObject([{ group: 'artifacts', count: 1, size: 5 }]);
  await artifacts.logArtifact(file, 'deep/er');
  await harness.model.refresh();
  expect(await open('files', 'run')).toMatchObject([{ group: 'artifacts', count: 2, size: undefined }]);
  expect(await show('files', 'run', 'artifacts')).toEqual(['deep', 'a.txt']);
  expect(await show('files', 'run', 'artifacts', 'deep', 'deep/er')).toEqual(['deep/er/a.txt']);
});

test('an artifact location that can not be reached is said where the files would be', async () => {
  const { store } = harness;
  const id = await store.createExperiment('far', { artifactLocation: 's3://bucket/path' });
  await harness.createRun(id, 'run');
  const rows = await open('far', 'run', 'artifacts');
  expect(rows).toMatchObject([{ kind: 'message', reason: 'error' }]);
});

test('a store that can not be opened has rows for the ways out', async () => {
  harness.connection.set({
    kind: 'error',
    uri: 'sqlite:///x.db',
    source: 'workspace',
    error: new Error('"x.db" is a directory.'),
  });
  expect(await show()).toEqual(['setTrackingUri', 'refresh', 'showLog']);
  harness.connection.set(ready(harness.store));
  expect(await show()).toEqual([]);
});
