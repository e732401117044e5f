import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultExclude, excluding } from '../../../../src/services/watching/exclusions.ts';

describe('exclusions', () => {
  it('the default of the setting is the default of the watcher', async () => {
    const file = join(import.meta.dirname, '../../../../package.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { default?: unknown }> } };
    };
    expect(manifest.contributes.configuration.properties['runlight.autoLog.exclude']?.default).toEqual(
      defaultExclude,
    );
  });

  it.each([
    ['**/.git/**', '.git', true],
    ['**/.git/**', 'a/.git/config', true],
    ['**/raw', 'a/raw/deep/x.txt', true],
    ['**/raw', 'a/rawer/x.txt', false],
    ['*.log', 'x.log', true],
    ['*.log', 'a/x.log', false],
    ['data/{a,b}/*.csv', 'data/b/x.csv', true],
    ['plain.txt', 'plain.txt', true],
    ['[', '[', true],
  ])('%s and %s: %s', (glob, path, excluded) => {
    expect(excluding([glob])(path)).toBe(excluded);
  });

  it('no globs exclude nothing', () => {
    expect(excluding([])('a.txt')).toBe(false);
  });
});
