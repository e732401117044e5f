import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { TransferOptions } from './artifactRepository.ts';

const chunkSize = 1024 * 1024;
/** Two chunks are under way, so that one is read while the other is written; memory is theirs, whatever the size. */
const chunksAtOnce = 2;
/** After so many bytes the disk starts to take them, so that the final flush has little left. */
const flushEvery = 64 * 1024 * 1024;
/** Milliseconds between two reports of progress. */
const reportEvery = 200;

/** Sends what is written to the disk meanwhile, one flush at a time. */
class BackgroundFlush {
  readonly #file: FileHandle;
  #unflushed = 0;
  #running: Promise<void> | undefined;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  written(bytes: number): void {
    this.#unflushed += bytes;
    if (this.#unflushed < flushEvery || this.#running) return;
    this.#unflushed = 0;
    // A failure shows again in the final flush, which is the one that counts.
    this.#running = this.#file.datasync().then(
      () => (this.#running = undefined),
      () => (this.#running = undefined),
    );
  }

  async settled(): Promise<void> {
    await this.#running;
  }
}

/**
 * Copies the first `size` bytes of `source` to `target`, which must not exist and gets the source's permissions.
 * Stops between two chunks when aborted; what is there then is the caller's to remove.
 */
export async function streamCopy(
  source: string,
  target: string,
  size: number,
  { signal, onProgress }: TransferOptions,
): Promise<void> {
  await using from = await open(source, 'r');
  await using to = await open(target, 'wx', (await from.stat()).mode & 0o777);
  const flush = new BackgroundFlush(to);
  let next = 0;
  let transferred = 0;
  let reported = performance.now();

  const copyChunks = async () => {
    const buffer = Buffer.allocUnsafe(chunkSize);
    while (next < size) {
      signal?.throwIfAborted();
      const position = next;
      next += chunkSize;
      const { bytesRead } = await from.read(buffer, 0, Math.min(chunkSize, size - position), position);
      if (bytesRead === 0) return;
      await writeAll(to, buffer.subarray(0, bytesRead), position);
      flush.written(bytesRead);
      transferred += bytesRead;
      if (onProgress && performance.now() - reported >= reportEvery) {
        reported = performance.now();
        onProgress(transferred, size);
      }
    }
  };

  const outcomes = await Promise.allSettled(Array.from({ length: chunksAtOnce }, copyChunks));
  await flush.settled();
  const failure = outcomes.find(outcome => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}

/** A full disk may take a part of a chunk and refuse the rest only with the next call. */
async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
