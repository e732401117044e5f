import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { listFiles, PackageManager } from '@vscode/vsce';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeVsix, stageExtension } from '../../vsix.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

describe('The package', () => {
  beforeAll(async () => {
    await run(process.execPath, ['esbuild.mjs'], { cwd: root });
  });

  it('holds what runs, its licences and its documents, and nothing else', async () => {
    await using stage = await stageExtension();
    const files = await listFiles({ cwd: stage.path, packageManager: PackageManager.None });
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
    await using folder = await makeTemporaryFolder('runlight-package-');
    const packagePath = join(folder.path, 'runlight.vsix');
    await makeVsix(packagePath);
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
