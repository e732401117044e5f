import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DesktopSession } from './desktopSession.ts';
import { ServerSession } from './serverSession.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';
import type { VsCode } from './vsCodeInstallation.ts';
import type { VsCodeWindow } from './vsCodeWindow.ts';

export interface SessionOptions {
  /** Added to the person's settings; what is needed for a quiet window is set already. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Default: true. Otherwise folders open in Restricted Mode. */
  readonly trusted?: boolean;
  /** Added to the environment of VS Code, and so of extensions and terminals. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface WindowOptions {
  /** A folder, a `.code-workspace` file, or neither. */
  readonly folder: string | undefined;
  /** The extension under development. */
  readonly extension: string;
  /** A module whose exported run() VS Code calls in the extension host. */
  readonly tests?: string;
  /** A console line of the extension host. Only with `tests`. */
  readonly onLog?: (line: string) => void;
  /** The tests' run() has resolved (0) or rejected (1). On the desktop the window closes instead. */
  readonly onExit?: (code: number) => void;
}

/** One person's VS Code: settings, state and secrets of its own, thrown away at the end with all its processes. */
export interface VsCodeSession extends AsyncDisposable {
  openWindow(options: WindowOptions): Promise<VsCodeWindow>;
}

/** What a session is made of: a folder for the person's data, with the settings in it, and the environment. */
export interface Profile extends AsyncDisposable {
  readonly userData: string;
  readonly trusted: boolean;
  readonly env: NodeJS.ProcessEnv;
}

export async function openSession(vsCode: VsCode, options: SessionOptions = {}): Promise<VsCodeSession> {
  const profile = await makeProfile(options);
  try {
    return vsCode.kind === 'desktop'
      ? new DesktopSession(vsCode.executable, profile)
      : await ServerSession.start(vsCode, profile);
  } catch (error) {
    await profile[Symbol.asyncDispose]();
    throw error;
  }
}

/** Nothing on the first screen but the folder, and nothing asked. */
const quiet = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.openRepositoryInParentFolders': 'never',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

async function makeProfile({ settings, trusted = true, env }: SessionOptions): Promise<Profile> {
  const folder = await makeTemporaryFolder('runlight-vscode-');
  const user = join(folder.path, 'User');
  await mkdir(user);
  await writeFile(join(user, 'settings.json'), JSON.stringify({ ...quiet, ...settings }, null, 2));
  return {
    userData: folder.path,
    trusted,
    env: { ...withoutInherited(process.env), ...env },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Neither the person's own MLflow nor the VS Code from whose terminal we may have been started is to be seen inside. */
function withoutInherited(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const foreign = /^(MLFLOW_|DATABRICKS_|VSCODE_|ELECTRON_|npm_)|^(NODE_OPTIONS|TERM_PROGRAM)$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)));
}
