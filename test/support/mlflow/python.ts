import { execFile } from 'node:child_process';
import { access, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The MLflow releases that this extension is held against, with what they need to work today. */
const releases = {
  // These two can't open SQL stores with SQLAlchemy 2.1.
  '2.22': ['mlflow==2.22.2', 'sqlalchemy<2.1'],
  '3.4': ['mlflow==3.4.0', 'sqlalchemy<2.1'],
  '3.17': ['mlflow==3.17.2'],
} as const;

export type MlflowVersion = keyof typeof releases;
export const mlflowVersions = Object.keys(releases) as readonly MlflowVersion[];

const cache = join(import.meta.dirname, '../../../.cache/mlflow');
const windows = process.platform === 'win32';
const program = (environment: string, name: string) =>
  windows ? join(environment, 'Scripts', `${name}.exe`) : join(environment, 'bin', name);
const run = promisify(execFile);

const pending = new Map<string, Promise<string>>();

/**
 * A Python that has this MLflow, in a virtual environment under .cache/, which is made if it is not there: from PyPI, by
 * the machine's `python3` (3.10 or later; `PYTHON` names another).
 */
export function pythonOf(version: MlflowVersion): Promise<string> {
  return once(version, async () => {
    const needs = releases[version];
    const environment = await make(needs[0].replace('==', '-'), async folder => {
      const uv = program(await uvEnvironment(), 'uv');
      const env = { ...process.env, ...(await uvIndex()) };
      await run(uv, ['venv', '--quiet', '--python', systemPython(), folder], { env });
      await run(
        uv,
        ['pip', 'install', '--quiet', '--system-certs', '--python', program(folder, 'python'), ...needs],
        {
          env,
          maxBuffer: 1 << 26,
        },
      );
    });
    return program(environment, 'python');
  });
}

/** uv installs MLflow's eighty packages in seconds where pip takes a minute. */
const uvEnvironment = () =>
  once('uv', () =>
    make('uv', async folder => {
      try {
        await run(systemPython(), ['-m', 'venv', folder]);
      } catch (error) {
        throw new Error(
          `The contract tests need "${systemPython()}" with the module venv (Debian: python3-venv), or PYTHON set to one.`,
          { cause: error },
        );
      }
      await run(program(folder, 'python'), ['-m', 'pip', 'install', '--quiet', 'uv']);
    }),
  );

/** pip's own index, if the machine has one set: uv does not read pip's configuration. */
async function uvIndex(): Promise<NodeJS.ProcessEnv> {
  if (process.env['UV_DEFAULT_INDEX'] ?? process.env['UV_INDEX_URL']) return {};
  try {
    const { stdout } = await run(systemPython(), ['-m', 'pip', 'config', 'get', 'global.index-url']);
    return { UV_DEFAULT_INDEX: stdout.trim() };
  } catch {
    return process.env['PIP_INDEX_URL'] ? { UV_DEFAULT_INDEX: process.env['PIP_INDEX_URL'] } : {};
  }
}

const systemPython = () => process.env['PYTHON'] ?? (windows ? 'python' : 'python3');

/** Makes a folder under .cache/ whole or not at all, also when two processes make it at once: the first one stays. */
async function make(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const final = join(cache, name);
  if (await exists(final)) return final;
  await mkdir(cache, { recursive: true });
  const draft = join(cache, `.${name}-${process.pid}`);
  await rm(draft, { recursive: true, force: true });
  try {
    await fill(draft);
    await rename(draft, final).catch(async (error: unknown) => {
      if (!(await exists(final))) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return final;
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

function once(key: string, action: () => Promise<string>): Promise<string> {
  const made = pending.get(key) ?? action();
  pending.set(key, made);
  return made;
}
