import assert from 'node:assert/strict';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import { viewIds } from '../../src/contributions.ts';
import { openArtifacts } from '../../src/tracking/artifacts/openArtifacts.ts';
import { MlflowTag } from '../../src/tracking/entities.ts';
import { silentLogger } from '../../src/tracking/logger.ts';
import { openStore } from '../../src/tracking/store/openStore.ts';
import type { TrackingStore } from '../../src/tracking/store/trackingStore.ts';
import type { TreeRow } from '../host/viewPane.ts';
import { control } from './support/control.ts';
import { activated, endAll, eventually, execute, inWorkspace } from './support/extension.ts';
import { pictures } from './support/pictures.ts';

/** The views on a store that another connection writes to, as a training does. */

let api: RunlightApi;
let writer: TrackingStore;
let runs = 0;

before(async () => {
  api = await activated();
  await vscode.commands.executeCommand('workbench.view.extension.runlight');
});

after(async () => {
  await endAll(api);
  await writer[Symbol.asyncDispose]();
});

async function createRun(experimentId: string, runName: string, parent?: string): Promise<string> {
  runs += 1;
  const runId = `f${runs.toString(16).padStart(31, '0')}`;
  const tags = parent === undefined ? [] : [{ key: MlflowTag.parentRunId, value: parent }];
  const startTime = Date.now() - 3 * 60 * 60 * 1000 + runs;
  await writer.createRun({ runId, experimentId, runName, userId: 'ann', startTime, tags });
  return runId;
}

const metric = (key: string, ...values: readonly number[]) =>
  values.map((value, step) => ({ key, value, step, timestamp: Date.now() }));

/** Looks again, each time at what is on the screen by then, until it is as wanted. */
async function shows<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await read();
    if (wanted(value)) return value;
  }
}

const experiments = (wanted: (rows: readonly TreeRow[]) => boolean) =>
  shows(() => control.readRows('Experiments'), wanted);
const activeRun = (wanted: (rows: readonly TreeRow[]) => boolean) =>
  shows(() => control.readRows('Active Run'), wanted);
const text = (view: string, part: string) =>
  shows(
    () => control.readView(view),
    all => all.includes(part),
  );
const labels = (rows: readonly TreeRow[]) => rows.map(({ label }) => label);
const below = (rows: readonly TreeRow[], label: string): readonly TreeRow[] => {
  const start = rows.findIndex(row => row.label === label) + 1;
  const level = rows[start - 1]?.level ?? 0;
  const end = rows.findIndex((row, index) => index >= start && row.level <= level);
  return start === 0 ? [] : rows.slice(start, end === -1 ? undefined : end);
};

describe('Before there is a store', () => {
  it('the views say what will appear in them, and offer the one command that makes it', async () => {
    const welcome = await text('Experiments', 'Experiments and runs of this workspace appear here.');
    assert.match(welcome, /Start a Run/);
    assert.match(welcome, /use another store/);
    assert.equal(
      await text('Active Run', 'active'),
      'What a run has logged appears here while it is active.',
    );
    assert.match((await control.statusBarItem('MLflow')).label, /no run is active/);
    await pictures('state-empty-store');
  });
});

describe('The Experiments view', () => {
  let classifier: string;
  let sweep: string;

  before(async () => {
    writer = openStore(api.getTrackingUri(), {
      workerFile: await workerFile(),
      artifactRoot: inWorkspace('mlruns').fsPath,
      logger: silentLogger,
    });
    classifier = await writer.createExperiment('image-classifier');
    sweep = await createRun(classifier, 'sweep-7');
    const trial = await createRun(classifier, 'trial-3', sweep);
    await writer.logBatch(trial, { metrics: metric('acc', 0.5, 0.9475123) });
    await writer.updateRun(trial, { status: 'FINISHED', endTime: Date.now() - 2 * 60 * 60 * 1000 });
    await writer.updateRun(await createRun(classifier, 'trial-4', sweep), {
      status: 'FAILED',
      endTime: Date.now(),
    });
  });

  it('shows what another connection writes, without being asked', async () => {
    const row = await control.row('Experiments', '3 runs');
    assert.equal(row.label, 'image-classifier');
    assert.match(row.spoken, /Experiment image-classifier, 3 runs/);
  });

  it('shows children below their parent, each with status, metric and age', async () => {
    await control.expandRow('Experiments', 'image-classifier');
    await control.expandRow('Experiments', 'sweep-7');
    const rows = await experiments(all => labels(all).includes('trial-4'));
    const children = below(rows, 'sweep-7');
    assert.deepEqual(labels(children), ['trial-4', 'trial-3']);
    assert.deepEqual(
      children.map(({ description }) => description),
      ['failed · just now', 'acc 0.94751 · 2 h ago'],
    );
    assert.match(children[1]?.spoken ?? '', /Run trial-3, finished/);
  });

  it('keeps what is expanded while values change in place', async () => {
    await writer.logBatch(sweep, { metrics: metric('acc', 0.1), params: [{ key: 'lr', value: '0.001' }] });
    await control.row('Experiments', 'Metrics (1)');
    await control.expandRow('Experiments', 'Metrics (1)');
    await control.row('Experiments', 'acc0.1');
    await writer.logBatch(sweep, { metrics: metric('acc', 0.1, 0.93129) });
    const rows = await experiments(all => all.some(({ description }) => description.startsWith('0.93129')));
    assert.equal(below(rows, 'Metrics (1)')[0]?.description, '0.93129 · min 0.1 · max 0.93129');
    assert.deepEqual(labels(below(rows, 'sweep-7')), [
      'trial-4',
      'trial-3',
      'Parameters (1)',
      'Metrics (1)',
      'acc',
    ]);
  });

  it('lists artifacts as files, with their sizes', async () => {
    const { info } = await writer.getRun(sweep);
    const folder = inWorkspace('logged');
    await mkdir(join(folder.fsPath, 'plots'), { recursive: true });
    await writeFile(join(folder.fsPath, 'report.md'), '# Report\n');
    await writeFile(join(folder.fsPath, 'plots', 'roc.svg'), '<svg/>');
    await openArtifacts(info.artifactUri).logArtifacts(folder.fsPath);
    await execute('runlight.refresh');
    await control.expandRow('Experiments', 'Artifacts (2)');
    await control.expandRow('Experiments', 'plots');
    const rows = await experiments(all => labels(all).includes('roc.svg'));
    assert.deepEqual(labels(below(rows, 'Artifacts (2)')), ['plots', 'roc.svg', 'report.md']);
    assert.equal(rows.find(({ label }) => label === 'report.md')?.description, '9 B');
    await pictures('state-tree');
  });

  it('filters by a part of the name, over all levels', async () => {
    await execute('runlight.filterRuns', { filter: 'trial' });
    const rows = await experiments(all => labels(all).join() === 'image-classifier,trial-4,trial-3');
    assert.equal(rows[0]?.description, '2 runs');
  });

  it("filters by MLflow's search", async () => {
    await execute('runlight.filterRuns', { filter: 'metrics.acc > 0.94' });
    const rows = await experiments(
      all => labels(all).includes('trial-3') && !labels(all).includes('trial-4'),
    );
    assert.deepEqual(labels(rows), ['image-classifier', 'trial-3']);
    await execute('runlight.filterRuns', { filter: 'nothing is called so' });
    await text('Experiments', 'No run matches the filter.');
    await pictures('state-no-match');
    await control.pressButton('Clear Filter');
    // As expanded as it was before.
    await experiments(all => labels(all).includes('roc.svg'));
  });

  it('shows deleted runs apart', async () => {
    await execute('runlight.showDeleted');
    await text('Experiments', 'There are none.');
    await pictures('state-none-deleted');
    await writer.deleteRun(await createRun(classifier, 'thrown away'));
    await control.expandRow('Experiments', 'image-classifier');
    const row = await control.row('Experiments', 'thrown away');
    assert.match(row.spoken, /deleted/);
    await execute('runlight.showActive');
    await experiments(all => labels(all).includes('sweep-7'));
  });

  it('opens an experiment of thousands at once, a page at a time', async () => {
    const many = await writer.createExperiment('many');
    await Promise.all(Array.from({ length: 2500 }, (_, index) => createRun(many, `bulk-${index}`)));
    const row = await control.row('Experiments', '2500 runs');
    assert.equal(row.label, 'many');
    await vscode.commands.executeCommand(`workbench.actions.treeView.${viewIds.experiments}.collapseAll`);
    await control.expandRow('Experiments', 'many');
    const first = await control.row('Experiments', 'bulk-2499');
    assert.equal(first.level, 2);
    // Below its hundred runs stand "Load more…" and the two other experiments.
    await vscode.commands.executeCommand(`${viewIds.experiments}.focus`);
    for (const command of ['list.focusLast', 'list.focusUp', 'list.focusUp']) {
      await vscode.commands.executeCommand(command);
    }
    assert.match((await control.row('Experiments', 'Load more')).description, /^100 of 2500 shown$/);
    await vscode.commands.executeCommand('list.select');
    await eventually(async () =>
      (await control.readRows('Experiments')).some(({ label }) => label === 'bulk-2399'),
    );
    await vscode.commands.executeCommand(`workbench.actions.treeView.${viewIds.experiments}.collapseAll`);
    await control.row('Experiments', 'image-classifier');
  });

  it('names what keeps a store from opening, and the ways out', async () => {
    const before = api.getTrackingUri();
    await api.setTrackingUri(`sqlite:///${inWorkspace('mlruns').fsPath}`);
    await text('Experiments', 'is a folder, not a tracking store');
    await experiments(all => labels(all).join() === 'Set tracking URI…,Try again,Show log');
    await pictures('state-store-error');
    await api.setTrackingUri(before);
    await control.row('Experiments', 'image-classifier');
  });
});

describe('The active run', () => {
  it('is the first of its experiment, bold, and in the status bar with its duration', async () => {
    const [{ experimentId } = { experimentId: '' }] = (await api.listExperiments()).filter(
      ({ name }) => name === 'image-classifier',
    );
    await api.startRun({ experimentId, runName: 'brave-fox-12' });
    await control.expandRow('Experiments', 'image-classifier');
    const rows = await experiments(all => labels(all).includes('brave-fox-12'));
    const [first] = below(rows, 'image-classifier');
    assert.equal(first?.label, 'brave-fox-12');
    assert.match(first.spoken, /active/);
    const item = await control.statusBarItem('brave-fox-12');
    assert.match(item.text, /brave-fox-12 · \d+:\d\d/);
    assert.match(item.label, /run brave-fox-12 is active/);
  });

  it('shows what has been logged to it', async () => {
    await api.logMetric('acc', 0.9312);
    await api.logParam('lr', '0.010');
    const rows = await activeRun(
      all =>
        all.some(({ description }) => description === '1 metric · 1 parameter') &&
        below(all, 'Logged').length === 2,
    );
    assert.deepEqual(
      below(rows, 'Logged').map(({ label, description }) => [label, description]),
      [
        ['acc', '0.9312'],
        ['lr', '0.010'],
      ],
    );
  });

  it('gives the exact value to the clipboard', async () => {
    await control.chooseFromRow('Active Run', 'lr', 'Copy Value');
    await eventually(async () => (await vscode.env.clipboard.readText()) === '0.010');
  });

  it('shows files on their way, and what has arrived', async () => {
    await mkdir(inWorkspace('outputs').fsPath, { recursive: true });
    await writeFile(inWorkspace('outputs', 'a.txt').fsPath, 'first');
    await writeFile(inWorkspace('outputs', 'b.txt').fsPath, 'second');
    await activeRun(
      all =>
        all.some(({ description }) => description === '2 sent') &&
        labels(below(all, 'Artifacts')).join() === 'Everything has been sent',
    );
    await pictures('state-active-run');
  });

  it('shows the stack of nested runs, and the nested one below its parent', async () => {
    const { experimentId } = api.activeRun()?.info ?? {};
    await api.startRun({ experimentId, runName: 'inner', nested: true });
    await control.expandRow('Active Run', 'Active runs');
    const stack = below(await activeRun(all => labels(all).includes('inner')), 'Active runs');
    assert.deepEqual(
      stack.map(({ label, description }) => [label, description]),
      [
        ['brave-fox-12', ''],
        ['inner', 'logs go here'],
      ],
    );
    await control.expandRow('Experiments', 'brave-fox-12');
    const rows = await experiments(all => labels(all).includes('inner'));
    assert.equal(below(rows, 'brave-fox-12')[0]?.label, 'inner');
    await api.endRun();
  });

  it('is revealed wherever it is hidden', async () => {
    await execute('runlight.filterRuns', { filter: 'trial' });
    await experiments(all => !labels(all).includes('brave-fox-12'));
    await execute('runlight.revealRun');
    await experiments(all => labels(all).includes('brave-fox-12'));
  });

  it('leaves both views as it ends', async () => {
    await api.endRun('KILLED');
    const rows = await experiments(all =>
      all.some(({ label, description }) => label === 'brave-fox-12' && description.startsWith('killed')),
    );
    assert.match(rows.find(({ label }) => label === 'brave-fox-12')?.spoken ?? '', /killed/);
    await text('Active Run', 'Start a Run');
    await control.statusBarItem('MLflow');
  });
});

/** The extension's own, whatever module format it is built in. */
async function workerFile(): Promise<string> {
  const extension = vscode.extensions.getExtension('runlight.runlight');
  assert.ok(extension);
  const dist = join(extension.extensionPath, 'dist');
  const name = (await readdir(dist)).find(file => /^sqliteWorker\.[cm]?js$/.test(file));
  assert.ok(name, 'the SQLite worker is not built');
  return join(dist, name);
}
