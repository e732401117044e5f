import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { extname } from 'node:path';

/** What a file's own format says about its end. */
export type Wholeness = 'whole' | 'partial' | 'unknown';

type Check = (file: FileHandle, size: number) => Promise<boolean>;

/** JSON up to this size is parsed; of a larger one only the brackets are compared. */
const parsedUpTo = 1024 * 1024;

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

const readTail = (file: FileHandle, size: number, length: number) =>
  readAt(file, Math.max(size - length, 0), Math.min(length, size));

const endsWith =
  (magic: Buffer): Check =>
  async (file, size) =>
    (await readTail(file, size, magic.length)).equals(magic);

const bytes = (text: string) => Buffer.from(text, 'latin1');

const isJson: Check = async (file, size) => {
  if (size > parsedUpTo) {
    const first = (await readAt(file, 0, 64)).toString('latin1').trimStart().at(0);
    const last = (await readTail(file, size, 64)).toString('latin1').trimEnd().at(-1);
    return (first === '{' && last === '}') || (first === '[' && last === ']');
  }
  try {
    JSON.parse((await readAt(file, 0, size)).toString('utf8'));
    return true;
  } catch {
    return false;
  }
};

/** The end-of-central-directory record is 22 bytes and a comment, whose length it names, long. */
const isZip: Check = async (file, size) => {
  const tail = await readTail(file, size, 22 + 0xffff);
  const at = tail.lastIndexOf(bytes('PK\x05\x06'));
  return at >= 0 && at + 22 <= tail.length && at + 22 + tail.readUInt16LE(at + 20) === tail.length;
};

const isGif = endsWith(bytes(';'));
const isJpeg = endsWith(bytes('\xff\xd9'));
const isPng = endsWith(bytes('IEND\xaeB`\x82'));
const isParquet = endsWith(bytes('PAR1'));
const isArrow = endsWith(bytes('ARROW1'));
/** May be followed by line breaks. */
const isPdf: Check = async (file, size) => (await readTail(file, size, 16)).includes('%%EOF');

const checks: Readonly<Record<string, Check>> = {
  '.json': isJson,
  '.ipynb': isJson,
  '.png': isPng,
  '.gif': isGif,
  '.jpg': isJpeg,
  '.jpeg': isJpeg,
  '.pdf': isPdf,
  '.zip': isZip,
  '.npz': isZip,
  '.pt': isZip,
  '.pth': isZip,
  '.whl': isZip,
  '.xlsx': isZip,
  '.keras': isZip,
  '.parquet': isParquet,
  '.feather': isArrow,
  '.arrow': isArrow,
};

/** True if the end of such a file can be told from its content. */
export const hasKnownEnd = (path: string) => extname(path).toLowerCase() in checks;

/** Reads no more than the end of the file (JSON: up to 1 MiB). Rejects if it cannot be read. */
export async function wholenessOf(path: string, size: number): Promise<Wholeness> {
  const check = checks[extname(path).toLowerCase()];
  if (!check) return 'unknown';
  await using file = await open(path, 'r');
  return (await check(file, size)) ? 'whole' : 'partial';
}
