import { join } from 'node:path';
import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron';
import { type CodeServer, installCodeServer } from './codeServer.ts';
import { root } from './project.ts';

/** Where a real VS Code is, and of which kind. */
export type VsCode =
  { readonly kind: 'desktop'; readonly executable: string } | ({ readonly kind: 'server' } & CodeServer);

const cache = join(root, '.cache');

/**
 * In this order: the desktop VS Code that VSCODE_PATH names; the current stable one, downloaded, where a display can show
 * it; code-server and a headless Chromium, both from npm.
 */
export async function findVsCode(): Promise<VsCode> {
  const { VSCODE_PATH } = process.env;
  if (VSCODE_PATH) return { kind: 'desktop', executable: VSCODE_PATH };
  if (hasDisplay()) {
    try {
      const executable = await downloadAndUnzipVSCode({
        version: 'stable',
        cachePath: join(cache, 'vscode-desktop'),
        reporter: new SilentReporter(),
      });
      return { kind: 'desktop', executable };
    } catch (error) {
      progress(`VS Code cannot be downloaded (${error instanceof Error ? error.message : String(error)}).`);
    }
  }
  return { kind: 'server', ...(await installCodeServer(join(cache, 'vscode-host'), progress)) };
}

export function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== 'linux' || Boolean(DISPLAY ?? WAYLAND_DISPLAY);
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`);
}
