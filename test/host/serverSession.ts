import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import type { CodeServer } from './codeServer.ts';
import { ProcessGroup } from './processGroup.ts';
import type { Profile, VsCodeSession, WindowOptions } from './vsCodeSession.ts';
import { VsCodeWindow } from './vsCodeWindow.ts';

/** VS Code's server, and a headless browser that shows its windows. */
export class ServerSession implements VsCodeSession {
  readonly #profile: Profile;
  readonly #server: ProcessGroup;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #authority: string;

  private constructor(
    profile: Profile,
    server: ProcessGroup,
    browser: Browser,
    context: BrowserContext,
    authority: string,
  ) {
    this.#profile = profile;
    this.#server = server;
    this.#browser = browser;
    this.#context = context;
    this.#authority = authority;
  }

  static async start(codeServer: CodeServer, profile: Profile): Promise<ServerSession> {
    const server = startServer(codeServer.serverMain, profile);
    try {
      const [authority, browser] = await Promise.all([listening(server), launchChromium(codeServer)]);
      const context = await browser.newContext({
        viewport: { width: 1400, height: 900 },
        permissions: ['clipboard-read', 'clipboard-write'],
      });
      return new ServerSession(profile, server, browser, context, authority);
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  async openWindow({ folder, extension, tests, onLog, onExit }: WindowOptions): Promise<VsCodeWindow> {
    const page = await this.#context.newPage();
    const remote = `vscode-remote://${this.#authority}`;
    const payload = [
      ['skipWelcome', 'true'],
      ['extensionDevelopmentPath', remote + extension],
      ...(tests ? [['extensionTestsPath', remote + tests]] : []),
    ];
    if (tests) {
      // VS Code calls these in a window that runs tests: with each console line, and with 0 or 1 at the end.
      await page.exposeFunction('codeAutomationLog', (_type: string, args: readonly unknown[]) => {
        onLog?.(
          args
            .map(argument => (typeof argument === 'string' ? argument : JSON.stringify(argument)))
            .join(' '),
        );
      });
      await page.exposeFunction('codeAutomationExit', (code: number) => onExit?.(code));
    }
    const query = new URLSearchParams({ ...what(folder), payload: JSON.stringify(payload) });
    const address = `http://${this.#authority}/?${query.toString()}`;
    await page.goto(address);
    return VsCodeWindow.whenReady(page, address);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#browser.close();
    await this.#server.stop();
    await this.#profile[Symbol.asyncDispose]();
  }
}

/** The part of the page's address that says what to open. */
function what(folder: string | undefined): Record<string, string> {
  if (folder === undefined) return { ew: 'true' };
  return folder.endsWith('.code-workspace') ? { workspace: folder } : { folder };
}

function startServer(serverMain: string, { userData, trusted, env }: Profile): ProcessGroup {
  const args = [
    ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token', '--accept-server-license-terms'],
    // Makes the page's extensionDevelopmentPath and extensionTestsPath count in a built VS Code.
    '--enable-smoke-test-driver',
    ...(trusted ? ['--disable-workspace-trust'] : []),
    ...['--disable-telemetry', '--reconnection-grace-time', '1'],
    ...['--user-data-dir', userData, '--server-data-dir', join(userData, 'server')],
    ...['--extensions-dir', join(userData, 'extensions')],
  ];
  return new ProcessGroup(process.execPath, [serverMain, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Resolves with host and port; rejects with what the server printed when it ends instead. */
async function listening({ process: server }: ProcessGroup): Promise<string> {
  if (!server.stdout || !server.stderr) throw new Error('The output of the server is not piped.');
  const printed: string[] = [];
  server.stderr.setEncoding('utf8').on('data', (chunk: string) => printed.push(chunk));
  for await (const line of createInterface(server.stdout)) {
    printed.push(`${line}\n`);
    const port = /listening on (\d+)/.exec(line)?.[1];
    if (port) {
      server.stdout.resume();
      return `127.0.0.1:${port}`;
    }
  }
  throw new Error(`VS Code's server ended before it listened:\n${printed.join('')}`);
}

async function launchChromium({ chromium: executablePath, chromiumEnv }: CodeServer): Promise<Browser> {
  return chromium.launch({
    executablePath,
    env: { ...process.env, ...chromiumEnv },
    // Signals end this process, and its end closes the browser (see processGroup.ts).
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
  });
}
