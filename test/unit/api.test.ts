import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('runlight.d.ts is what `npm run build:types` makes of src/api.ts', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'runlight-types-'));
  try {
    const generator = join(root, 'node_modules/dts-bundle-generator/dist/bin/dts-bundle-generator.js');
    const made = join(folder, 'runlight.d.ts');
    const options = [
      '--silent',
      '--no-check',
      '--project',
      'tsconfig.json',
      '--out-file',
      made,
      'src/api.ts',
    ];
    await promisify(execFile)(process.execPath, [generator, ...options], { cwd: root });
    expect(await readFile(made, 'utf8')).toBe(await readFile(join(root, 'runlight.d.ts'), 'utf8'));
  } finally {
    await rm(folder, { recursive: true });
  }
});
