import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

describe('The package', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'runlight-package-'));
    await run(process.execPath, ['esbuild.mjs'], { cwd: root });
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('holds what runs, its licences and its documents, and nothing else', async () => {
    const files = await listFiles({ cwd: root, packageManager: PackageManager.None });
    expect(files.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist/THIRD_PARTY_NOTICES.txt',
      'dist/chokidar.cjs',
      'dist/extension.cjs',
      'dist/picomatch.cjs',
      'dist/sqliteWorker.js',
      'media/icons/activityBar.svg',
      'media/icons/icon.png',
      'package.json',
      'package.nls.json',
      'runlight.d.ts',
    ]);
  });

  it('is accepted by vsce, which checks the manifest, the icon and the documents', async () => {
    const packagePath = join(folder, 'runlight.vsix');
    await createVSIX({
      cwd: root,
      packagePath,
      dependencies: false,
      allowMissingRepository: true,
      rewriteRelativeLinks: false,
    });
    const signature = (await readFile(packagePath)).subarray(0, 2).toString();
    expect(signature).toBe('PK');
  });

  it('names every bundled package with its licence', async () => {
    const notices = await readFile(join(root, 'dist/THIRD_PARTY_NOTICES.txt'), 'utf8');
    const { dependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    for (const name of Object.keys(dependencies)) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'));
  });
});
