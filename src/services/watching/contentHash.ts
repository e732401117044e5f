import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

const chunkSize = 1024 * 1024;

/** The SHA-256 of a file's content, in hexadecimal digits; memory is one chunk whatever the size. */
export async function contentHash(path: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await using file = await open(path, 'r');
  const { size } = await file.stat();
  const buffer = Buffer.allocUnsafe(Math.min(chunkSize, size + 1));
  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) return hash.digest('hex');
    hash.update(buffer.subarray(0, bytesRead));
  }
}
