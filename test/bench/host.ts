import { execFileSync } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build, root } from '../host/project.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';
import { findVsCode, type VsCode } from '../host/vsCodeInstallation.ts';
import { openSession } from '../host/vsCodeSession.ts';
import type { VsCodeWindow } from '../host/vsCodeWindow.ts';
import { type Bench, compare } from './area.ts';

const windows = 7;

/** Milliseconds, as VS Code itself measures them. */
interface Startup {
  readonly load: number;
  readonly activate: number;
}

/** What the extension costs a window, against VS Code's own Git extension in the same window. */
export const host: Bench = async function* () {
  build();
  const vsCode = await findVsCode();
  const samples = await measureStartups(vsCode);
  const inTurn = (who: 'ours' | 'git', what: keyof Startup) => {
    const values = samples.map(sample => sample[who][what]).values();
    return () => values.next().value ?? NaN;
  };
  const target = { timesTheirs: 2 };
  for (const [what, name] of [
    ['load', 'Loading the extension (theirs: vscode.git)'],
    ['activate', 'Activating the extension (theirs: vscode.git)'],
  ] as const) {
    const [ours, theirs] = [inTurn('ours', what), inTurn('git', what)];
    yield await compare({ name, unit: 'ms', ours, theirs, target, samples: windows });
  }

  const kilobytes = async (file: string) => (await stat(file)).size / 1000;
  const git =
    vsCode.kind === 'server' ? join(vsCode.serverMain, '../../extensions/git/dist/main.js') : undefined;
  yield await compare({
    name: 'Host bundle (theirs: vscode.git)',
    unit: 'kB',
    ours: () => kilobytes(join(root, 'dist/extension.cjs')),
    ...(git === undefined ? {} : { theirs: () => kilobytes(git) }),
    target: { atMost: 200 },
  });
};

async function measureStartups(vsCode: VsCode): Promise<{ ours: Startup; git: Startup }[]> {
  await using folder = await makeTemporaryFolder('runlight-bench-');
  execFileSync('git', ['init', '--quiet'], { cwd: folder.path });
  await using session = await openSession(vsCode);
  const samples: { ours: Startup; git: Startup }[] = [];
  for (let opened = 0; opened < windows; opened++) {
    const window = await session.openWindow({ folder: folder.path, extension: root });
    await window.openContainer('MLflow');
    samples.push({
      ours: await readStartup(window, 'runlight.runlight'),
      git: await readStartup(window, 'vscode.git'),
    });
    await window.close();
  }
  return samples;
}

/** From the table of `Developer: Startup Performance`, once the extension is in it with its activation finished. */
async function readStartup(window: VsCodeWindow, extension: string): Promise<Startup> {
  // The editor renders only what is in sight.
  await window.page.setViewportSize({ width: 1400, height: 6000 });
  for (;;) {
    await window.runCommand('Developer: Startup Performance');
    const lines = window.page.locator('.view-line');
    await lines.filter({ hasText: 'Finish Activate' }).first().waitFor();
    for (const line of await lines.allInnerTexts()) {
      const [, name, , load, call, finish] = line.split('|').map(cell => cell.trim());
      if (name === extension && finish) {
        return { load: Number(load), activate: Number(call) + Number(finish) };
      }
    }
    await window.runCommand('View: Close Editor');
  }
}
