import Mocha from 'mocha';
import { control, suiteControl } from './support/control.ts';

/** The test files of one phase, each by its name. Importing one declares its tests. */
export type Phase = Readonly<Record<string, () => Promise<unknown>>>;

/**
 * Runs the tests of the phase that the window is in, inside the extension host, and reports each as it ends. VS Code
 * takes a rejection for failure and a resolution for success.
 */
export async function runPhase(phases: readonly Phase[]): Promise<void> {
  const phase = phases[await suiteControl.phase()];
  if (!phase) throw new Error('The window was reloaded after the last phase.');
  const mocha = new Mocha({
    reporter: Silent,
    timeout: 60_000,
    rootHooks: { afterEach: pictureOfFailure },
  });
  for (const [file, load] of Object.entries(phase)) {
    mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, file, mocha);
    await load();
  }
  const failures = await new Promise<number>(resolve => {
    const runner = mocha.run(count => void reports.done().then(() => resolve(count)));
    const reports = reporting(runner);
  });
  await suiteControl.finishPhase();
  if (failures > 0) throw new Error(`${failures} tests failed.`);
}

/** Mocha's own reporters write for a terminal. */
class Silent extends Mocha.reporters.Base {
  override epilogue(): void {
    return;
  }
}

async function pictureOfFailure(this: Mocha.Context): Promise<void> {
  const { currentTest } = this;
  if (currentTest?.state === 'failed') await control.screenshot(`failed-${currentTest.fullTitle()}`);
}

/** Reports the tests of `runner` one after the other; a failing hook as a test of its own. */
function reporting(runner: Mocha.Runner): { readonly done: () => Promise<void> } {
  let reported = Promise.resolve();
  const report = (test: Mocha.Runnable, error?: string) => {
    const title = test.titlePath().join(' › ');
    const milliseconds = test.duration ?? 0;
    const result = error === undefined ? { passed: true } : { passed: false, error };
    reported = reported.then(() => suiteControl.report({ title, milliseconds, ...result }));
  };
  const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;
  runner.on(EVENT_TEST_PASS, test => report(test));
  runner.on(EVENT_TEST_FAIL, (test, error: Error) => report(test, error.stack ?? error.message));
  runner.on(EVENT_TEST_PENDING, test => report(test, 'The test was skipped.'));
  return { done: () => reported };
}
