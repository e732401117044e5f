import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, type ElectronApplication } from 'playwright-core';
import type { Profile, VsCodeSession, WindowOptions } from './vsCodeSession.ts';
import { VsCodeWindow } from './vsCodeWindow.ts';

/**
 * VS Code on the desktop, started and driven as its own smoke tests do (microsoft/vscode, test/automation/src/electron.ts
 * and playwrightElectron.ts). Written against those sources; it has not been run where this repository is built, which has
 * no desktop.
 */
export class DesktopSession implements VsCodeSession {
  readonly #executable: string;
  readonly #profile: Profile;
  readonly #apps: ElectronApplication[] = [];

  constructor(executable: string, profile: Profile) {
    this.#executable = executable;
    this.#profile = profile;
  }

  async openWindow({ folder, extension, tests, onLog }: WindowOptions): Promise<VsCodeWindow> {
    const { userData, trusted, env } = this.#profile;
    // One application a window: a second window on the same folder is otherwise the first one again.
    const data = join(userData, `window-${this.#apps.length}`);
    await cp(join(userData, 'User'), join(data, 'User'), { recursive: true });
    const app = await _electron.launch({
      executablePath: this.#executable,
      args: [
        ...(folder === undefined ? ['--new-window'] : [folder]),
        `--extensionDevelopmentPath=${extension}`,
        ...(tests ? [`--extensionTestsPath=${tests}`] : []),
        ...(trusted ? ['--disable-workspace-trust'] : []),
        ...[
          '--no-sandbox',
          '--skip-welcome',
          '--skip-release-notes',
          '--disable-telemetry',
          '--disable-updates',
        ],
        ...['--no-cached-data', '--use-inmemory-secretstorage'],
        `--user-data-dir=${data}`,
        `--extensions-dir=${join(data, 'extensions')}`,
      ],
      env: Object.fromEntries(Object.entries(env).flatMap(([name, value]) => (value ? [[name, value]] : []))),
      timeout: 60_000,
    });
    this.#apps.push(app);
    const { stdout } = app.process();
    if (onLog && stdout) createInterface(stdout).on('line', onLog);
    return VsCodeWindow.whenReady(await app.firstWindow());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#apps.map(app => app.close()));
    await this.#profile[Symbol.asyncDispose]();
  }
}
