import { cp, glob } from 'node:fs/promises';
import { join } from 'node:path';
import type { Suite } from '../integration/suites.ts';
import { pythonOf } from '../support/mlflow/python.ts';
import {
  controlVariable,
  pythonVariable,
  serveControl,
  type SuiteControl,
  type TestResult,
} from './control.ts';
import { root } from './project.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';
import type { VsCode } from './vsCodeInstallation.ts';
import { openSession, type VsCodeSession } from './vsCodeSession.ts';
import type { VsCodeWindow } from './vsCodeWindow.ts';
import { windowControl } from './windowControl.ts';

const pictures = join(root, '.cache/pictures');
/** Of a whole suite, in milliseconds. */
const patience = 10 * 60_000;

export interface SuiteRun {
  readonly suite: Suite;
  /** The bundle that exports run(). */
  readonly tests: string;
  readonly onResult: (result: TestResult) => void;
  readonly onLog: (line: string) => void;
}

/**
 * Runs a suite in a session and on a copy of its workspace of its own. Rejects when it does not come to its end: the
 * tests do not start, hang, or the window closes under them.
 */
export async function runSuite(vsCode: VsCode, { suite, tests, onResult, onLog }: SuiteRun): Promise<void> {
  await using workspace = await makeTemporaryFolder('runlight-workspace-');
  const fixture = suite.workspace && join(root, 'test/fixtures/workspaces', suite.workspace);
  if (fixture) await cp(fixture, workspace.path, { recursive: true });
  const window = { folder: fixture && (await toOpen(workspace.path)), extension: root, onLog };

  const { promise: finished, resolve: finish, reject: fail } = Promise.withResolvers<void>();
  const stage: { session?: VsCodeSession; first?: Promise<VsCodeWindow>; second?: Promise<VsCodeWindow> } =
    {};
  let phase = 0;
  const suiteControl: SuiteControl = {
    phase: () => Promise.resolve(phase),
    report: result => {
      onResult(result);
      return Promise.resolve();
    },
    finishPhase: async () => {
      phase++;
      if (phase < suite.phases.length) await (await stage.first)?.reload();
      else finish();
    },
  };
  await using control = await serveControl({
    suite: () => suiteControl,
    window: async () => windowControl(await present(stage.first), pictures),
    secondWindow: async () => {
      stage.second ??= present(stage.session).openWindow(window);
      return windowControl(await stage.second, pictures);
    },
  });
  const { trusted = true, settings = {} } = suite;
  const python = await pythonOf('3.17');
  const env = { ...suite.env, [controlVariable]: control.url, [pythonVariable]: python };
  await using session = await openSession(vsCode, { trusted, settings, env });
  stage.session = session;
  const onExit = (code: number) =>
    fail(new Error(`VS Code ended the tests with ${code} before they had reported all.`));
  stage.first = session.openWindow({ ...window, tests, onExit });
  const opened = stage.first.then(({ page }) => {
    page.on('close', () => fail(new Error('The window closed before the tests ended.')));
    page.on('crash', () => fail(new Error('The window crashed.')));
  });
  const timer = setTimeout(() => {
    fail(new Error(`The tests did not end within ${patience / 60_000} minutes.`));
  }, patience);
  try {
    await Promise.all([opened, finished]);
  } finally {
    clearTimeout(timer);
  }
}

function present<T>(value: T | undefined): T {
  if (!value) throw new Error('The window is not open yet.');
  return value;
}

/** A workspace file in the folder, or else the folder. */
async function toOpen(folder: string): Promise<string> {
  for await (const file of glob('*.code-workspace', { cwd: folder })) return join(folder, file);
  return folder;
}
