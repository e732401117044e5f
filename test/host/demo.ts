/**
 * `npm run demo [-- --keep]`: the main job in a real VS Code, by keys and mouse alone. It starts a run from the palette,
 * logs a parameter and a metric, lets a program write files, sees them arrive, ends the run, and finds all of it in the
 * store; otherwise it fails. With a display or with --keep it leaves the window to the person.
 */
import { mkdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { reportStore } from './demoReport.ts';
import { makeDemoWorkspace, pictures, workspace } from './demoWorkspace.ts';
import { leaveToPerson } from './leaveToPerson.ts';
import { build, root } from './project.ts';
import { findVsCode, hasDisplay } from './vsCodeInstallation.ts';
import { openSession } from './vsCodeSession.ts';
import type { VsCodeWindow } from './vsCodeWindow.ts';

const expected = {
  runName: 'two-moons',
  params: { learning_rate: '0.02' },
  metrics: { baseline_accuracy: 0.5 },
} as const;

build();
await makeDemoWorkspace({ anew: true });
await mkdir(pictures, { recursive: true });
const vsCode = await findVsCode();
await using session = await openSession(vsCode);
const window = await session.openWindow({ folder: workspace, extension: root });
try {
  await performMainJob(window);
} catch (error) {
  await takePictures(window, 'failed');
  throw error;
}
await reportStore(workspace, expected);
if (hasDisplay() || process.argv.includes('--keep')) await leaveToPerson(window);

async function performMainJob(window: VsCodeWindow): Promise<void> {
  const { runName, params, metrics } = expected;
  const experiments = window.view('Experiments');
  const activeRun = window.view('Active Run');

  step('Opens the MLflow side bar: nothing is there yet');
  await window.openContainer('MLflow');
  await experiments.button('Start a Run').waitFor();
  await takePictures(window, 'empty');

  step(`Starts run ${runName} from the palette`);
  await window.runCommand('MLflow: Start Run', runName);
  await window.statusBarItem(runName).waitFor();
  await activeRun.row('Logged').waitFor();

  step('Logs a parameter and a metric');
  for (const [key, value] of Object.entries(params)) {
    await window.runCommand('MLflow: Log Parameter', key);
    await window.readQuestion('Log Parameter', `Value of parameter "${key}"`);
    await window.answer(value);
    await activeRun.row(key).waitFor();
  }
  for (const [key, value] of Object.entries(metrics)) {
    await window.runCommand('MLflow: Log Metric', key);
    await window.readQuestion('Log Metric', `Value of metric "${key}"`);
    await window.answer(String(value));
    await window.readQuestion('Log Metric', `Step of metric "${key}"`);
    await window.answer('0');
    await activeRun.row(key).waitFor();
  }

  step('Runs train.py in a terminal; its files arrive in the run');
  await window.openFile('train.py');
  await window.runInTerminal('python3 train.py');
  await activeRun.row('train.log').waitFor();
  await takePictures(window, 'training');
  await activeRun.row(/7 sent$/).waitFor({ timeout: 60_000 });

  step('Looks at the run in the tree');
  await window.runCommand('MLflow: Show Run in Experiments');
  await experiments.expand(runName);
  for (const group of ['Parameters', 'Metrics', 'Artifacts']) await experiments.expand(group);
  await experiments.row('weights.bin').or(experiments.row('train.log')).first().waitFor();
  await takePictures(window, 'run');

  step('Ends the run');
  await window.runCommand('MLflow: End Run');
  await window.statusBarItem('MLflow').waitFor();
  await takePictures(window, 'ended');
}

async function takePictures(window: VsCodeWindow, name: string): Promise<void> {
  for (const theme of ['dark', 'light'] as const) {
    await window.useTheme(theme);
    const path = join(pictures, `${name}-${theme}.png`);
    await window.screenshot(path);
    console.log(`  ${relative(root, path)}`);
  }
}

function step(text: string): void {
  console.log(text);
}
