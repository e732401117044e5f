import fc from 'fast-check';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkArtifactPath,
  checkNewArtifactPath,
  unquote,
} from '../../../../src/tracking/artifacts/artifactPath.ts';
import { TrackingError } from '../../../../src/tracking/errors.ts';

const refused = expect.objectContaining({ errorCode: 'INVALID_PARAMETER_VALUE' }) as Error;

describe('artifact paths', () => {
  it.each([
    'a.txt',
    'plots/roc curve.png',
    'a/b/c',
    '100%.txt',
    'ünï/日本語.txt',
    'it\'s "q".txt',
    'a+b=c&d',
    'a?b',
    'a:b',
    'a;b',
    '..',
    'a/..b',
    '...',
    '-',
    '~',
    'a b/c d',
  ])('%j is accepted unless it leads out', path => {
    if (path === '..') expect(() => checkArtifactPath(path)).toThrow(refused);
    else expect(() => checkArtifactPath(path)).not.toThrow();
  });

  it.each([
    ['empty', ''],
    ['parent', '../x'],
    ['parent inside', 'a/../../x'],
    ['parent at the end', 'a/..'],
    ['parent, encoded', '%2e%2e/x'],
    ['parent, encoded twice', '%252e%252e/x'],
    ['parent, encoded five times', `%${'25'.repeat(4)}2e%${'25'.repeat(4)}2e/x`],
    ['separator encoded', '..%2fx'],
    ['encoded too often', `%${'25'.repeat(12)}41`],
    ['absolute', '/etc/passwd'],
    ['absolute, encoded', '%2fetc'],
    ['two slashes', '//host/x'],
    ['file URI', 'file:///etc/passwd'],
    ['file URI without slashes', 'file:etc'],
    ['Windows', 'C:\\x'],
    ['Windows with slash', 'C:/x'],
    ['Windows, encoded', 'C%3A%5Cx'],
    ['UNC', '\\\\server\\share'],
    ['hash', 'a#b'],
    ['hash, encoded', 'a%23b'],
    ['dot', '.'],
    ['dot segment', 'a/./b'],
    ['empty segment', 'a//b'],
    ['trailing slash', 'a/'],
    ['NUL', 'a\0b'],
    ['NUL, encoded', 'a%00b'],
    ['reserved', '.artifact.uploading.1'],
    ['reserved inside', 'a/.artifact.uploading.x/b'],
  ])('refuses %s', (_name, path) => {
    expect(() => checkArtifactPath(path)).toThrow(refused);
    expect(() => checkNewArtifactPath(path)).toThrow(refused);
  });

  it('takes a backslash for a character, except on Windows', () => {
    expect(() => checkArtifactPath('a\\b', 'linux')).not.toThrow();
    expect(() => checkArtifactPath('a\\b', 'win32')).toThrow(refused);
    expect(() => checkArtifactPath('c:b', 'linux')).not.toThrow();
    expect(() => checkArtifactPath('c:b', 'win32')).toThrow(refused);
  });

  it.each([
    'a%20b',
    'lit%25.txt',
    'A:b',
    'a?',
    'x;',
    'a;b/c;',
    ' a',
    'a\tb',
    'a\nb',
    'a\u007f',
    'http:x',
    '..x/y',
  ])('refuses to write %j, which MLflow could not read back', path => {
    expect(() => checkArtifactPath(path)).not.toThrow();
    expect(() => checkNewArtifactPath(path)).toThrow(refused);
  });

  it('names the path and the way out', () => {
    expect(() => checkArtifactPath('a#b')).toThrow(/"a#b".*Use a relative path/);
  });

  it('never lets a generated name out of the root, in any form that it decodes to', () => {
    const atom = fc.constantFrom(
      ...[
        'a',
        'B',
        '.',
        '..',
        '/',
        '\\',
        '%',
        '%2e',
        '%2F',
        '%252e',
        '%5c',
        '#',
        '%23',
        '?',
        ';',
        ':',
        ' ',
        'é',
        '%ff',
      ],
      ...['file:', 'C:', '\0', '%00', '.artifact.uploading.'],
    );
    fc.assert(
      fc.property(fc.array(atom, { maxLength: 8 }), atoms => {
        const path = atoms.join('');
        try {
          checkNewArtifactPath(path);
        } catch (error) {
          expect(error).toBeInstanceOf(TrackingError);
          return;
        }
        for (let form = path, round = 0; round < 12; round++, form = unquote(form)) {
          const resolved = posix.resolve('/root', form);
          expect(resolved).toBe(`/root/${path}`);
          expect(form).not.toMatch(/[#\0]|^[a-z]:[\\/]/i);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
