import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ActiveRunService, type ActiveRunState } from '../../../src/services/activeRun.ts';
import { ActiveRunFile } from '../../../src/services/activeRunFile.ts';
import { Outbox } from '../../../src/services/outbox.ts';
import { WindowLease } from '../../../src/services/windowLease.ts';
import { openArtifacts } from '../../../src/tracking/artifacts/openArtifacts.ts';
import { Fluent } from '../../../src/tracking/fluent.ts';
import { silentLogger } from '../../../src/tracking/logger.ts';
import { openStore } from '../../../src/tracking/store/openStore.ts';
import type { TrackingStore } from '../../../src/tracking/store/trackingStore.ts';

/** Windows of one workspace, each with services of its own, over one real store and one real storage folder. */

let directory: string;
let store: TrackingStore;
let windows: ActiveRunService[];

interface Window {
  readonly fluent: Fluent;
  readonly activeRun: ActiveRunService;
}

function openWindow(): Window {
  const fluent: Fluent = new Fluent({
    sink: new Outbox({ store: () => store, artifacts: openArtifacts }),
    store: () => Promise.resolve(store),
    chosenExperimentId: () => undefined,
    environment: () => undefined,
    source: () =>
      Promise.resolve({ name: undefined, gitCommit: undefined, gitBranch: undefined, gitRepoUrl: undefined }),
    userId: () => 'ann',
    beforeStart: () => activeRun.beforeStart(),
    stackKept: () => activeRun.stackKept,
    ending: (run, _stopWaiting, end) => activeRun.ending(run, end),
  });
  const storage = join(directory, 'storage');
  const activeRun: ActiveRunService = new ActiveRunService({
    fluent,
    openStore: () => store,
    file: new ActiveRunFile(storage),
    lease: new WindowLease(storage),
    logger: silentLogger,
  });
  windows.push(activeRun);
  return { fluent, activeRun };
}

/** Resolves with the first state, present or future, of this kind. */
function reached<K extends ActiveRunState['kind']>({ activeRun: { state } }: Window, kind: K) {
  type Reached = Extract<ActiveRunState, { kind: K }>;
  return new Promise<Reached>(resolve => {
    const check = (current: ActiveRunState) => {
      if (current.kind === kind) resolve(current as Reached);
    };
    state.onDidChange(check);
    check(state.current);
  });
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'runlight-active-'));
  windows = [];
  store = openStore(`sqlite:///${directory}/mlflow.db`, {
    workerFile: new URL('../../../src/tracking/store/sqlite/worker.ts', import.meta.url),
    logger: silentLogger,
  });
});

afterEach(async () => {
  for (const window of windows) window.dispose();
  await store[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

test('a run goes from none to active, ending and none', async () => {
  const { fluent, activeRun } = openWindow();
  const kinds: string[] = [];
  activeRun.state.onDidChange(({ kind }) => kinds.push(kind));
  const run = await fluent.startRun();
  await run.end();
  expect(kinds).toEqual(['active', 'ending', 'none']);
});

test('a reloaded window takes up the stack that the one before left, and says so', async () => {
  const before = openWindow();
  const parent = await before.fluent.startRun({ runName: 'parent' });
  await before.fluent.startRun({ runName: 'child', nested: true });
  const after = openWindow();
  const restoring = after.activeRun.restore();
  before.activeRun.dispose();
  await restoring;
  const state = await reached(after, 'active');
  expect(state.runs.map(({ info }) => info.runName)).toEqual(['parent', 'child']);
  expect(state.restored).toBe(true);
  await after.fluent.endRun();
  await after.fluent.endRun('FAILED');
  expect((await store.getRun(parent.info.runId)).info.status).toBe('FAILED');
  const third = openWindow();
  await third.activeRun.restore();
  expect(third.activeRun.state.current.kind).toBe('none');
});

test('a second window of the workspace leaves the active run to the first', async () => {
  const first = openWindow();
  await first.fluent.startRun({ runName: 'mine' });
  const second = openWindow();
  await expect(second.fluent.startRun()).rejects.toThrow(/"mine" is active in another window/);
  expect(second.activeRun.state.current).toEqual({ kind: 'elsewhere', runName: 'mine' });
  await first.fluent.endRun();
  await second.fluent.startRun({ runName: 'yours' });
  expect(second.activeRun.state.current.kind).toBe('active');
});

test('a second window shows it no longer when the run has ended, and takes it up when the first is gone', async () => {
  const first = openWindow();
  const second = openWindow();
  await first.fluent.startRun({ runName: 'ended' });
  await second.activeRun.restore(0);
  expect(second.activeRun.state.current).toEqual({ kind: 'elsewhere', runName: 'ended' });
  await first.fluent.endRun();
  await reached(second, 'none');
  await first.fluent.startRun({ runName: 'left' });
  await second.activeRun.restore(0);
  first.activeRun.dispose();
  expect((await reached(second, 'active')).run.info.runName).toBe('left');
});

test('starting a run takes up the one that a crashed window has left, rather than losing it', async () => {
  const crashed = openWindow();
  await crashed.fluent.startRun({ runName: 'left' });
  crashed.activeRun.dispose();
  const next = openWindow();
  await expect(next.fluent.startRun()).rejects.toThrow(/"left" is already active/);
  expect((await reached(next, 'active')).run.info.runName).toBe('left');
});

test('a run that was deleted meanwhile is not taken up', async () => {
  const before = openWindow();
  const run = await before.fluent.startRun();
  before.activeRun.dispose();
  await store.deleteRun(run.info.runId);
  const after = openWindow();
  await after.activeRun.restore();
  expect(after.activeRun.state.current.kind).toBe('none');
});

test('a run that can’t be reached is shown with its reason, and can be retried or let go', async () => {
  const before = openWindow();
  await before.fluent.startRun({ runName: 'left' });
  before.activeRun.dispose();
  const after = openWindow();
  const storage = join(directory, 'storage', 'activeRun.json');
  await writeFile(storage, '{ not json');
  await after.activeRun.restore();
  expect(after.activeRun.state.current.kind).toBe('unreachable');
  await after.activeRun.forget();
  expect(after.activeRun.state.current.kind).toBe('none');
  await after.fluent.startRun();
});
