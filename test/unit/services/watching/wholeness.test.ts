import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasKnownEnd, wholenessOf } from '../../../../src/services/watching/wholeness.ts';
import { temporaryFolder } from '../../tracking/artifacts/temporaryFolder.ts';

const emptyZip = Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), Buffer.alloc(18)]);
const commentedZip = Buffer.concat([emptyZip.subarray(0, 20), Buffer.from([3, 0]), Buffer.from('abc')]);
const png = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000000049454e44ae426082',
  'hex',
);
const largeJson = Buffer.from(`[${'"x",'.repeat(400_000)}1]\n`);

const complete: [string, Buffer][] = [
  ['a.json', Buffer.from('{"a": [1, 2]}\n')],
  ['large.json', largeJson],
  ['a.png', png],
  ['a.jpg', Buffer.from('ffd8ffe000ffd9', 'hex')],
  ['a.gif', Buffer.from('GIF89a...;')],
  ['a.pdf', Buffer.from('%PDF-1.7 ... %%EOF\n')],
  ['a.pt', emptyZip],
  ['commented.zip', commentedZip],
  ['a.parquet', Buffer.from('PAR1....PAR1')],
  ['a.feather', Buffer.from('ARROW1....ARROW1')],
];

async function judge(name: string, content: Buffer) {
  const path = join(temporaryFolder(), name);
  await writeFile(path, content);
  return wholenessOf(path, content.length);
}

describe('the end of a file', () => {
  it.each(complete)('is seen in %s', async (name, content) => {
    expect(hasKnownEnd(name)).toBe(true);
    expect(await judge(name, content)).toBe('whole');
  });

  it.each(complete)('is missed in %s without its last bytes', async (name, content) => {
    expect(await judge(name, content.subarray(0, content.length - 2))).toBe('partial');
    expect(await judge(name, Buffer.alloc(0))).toBe('partial');
  });

  it.each(['a.txt', 'a.csv', 'a.log', 'a.gz', 'a', '.json'])('cannot be told for %s', async name => {
    expect(hasKnownEnd(name)).toBe(false);
    expect(await judge(name, Buffer.from('{}'))).toBe('unknown');
  });
});
