import { posix } from 'node:path';
import { fileError } from '../../tracking/fileError.ts';
import { isCancellation, toError } from '../../tracking/errors.ts';
import { contentHash } from './contentHash.ts';
import type { WatchedFile } from './watchedFile.ts';
import type { FileState } from './watcherState.ts';

/** A version of a file that is in the run. */
export interface SentFile {
  readonly artifactPath: string;
  /** Of the content, in hexadecimal digits. */
  readonly sha256: string;
}

/** Brings the file into the run's directory `artifactPath` (undefined: the root), under its own name. */
export type Submit = (
  localPath: string,
  artifactPath: string | undefined,
  signal: AbortSignal,
  onProgress: (transferred: number, total: number) => void,
) => Promise<void>;

export interface SenderOptions {
  readonly submit: Submit;
  readonly concurrency: number;
  readonly alreadySent: Iterable<SentFile>;
  /** Looks at the file again: true if it is what it was at the last look. */
  readonly isUnchanged: (file: WatchedFile) => Promise<boolean>;
  readonly onState: (file: WatchedFile, state: FileState) => void;
  readonly onSent: (sent: SentFile) => void;
  /** A file has left, whether it arrived or not. */
  readonly onDone: () => void;
}

/**
 * Sends files in the order of their completion, a few at a time, each at most once at a time; what has the content that
 * was sent last is not sent again. A file that changes under way is not counted as sent: whoever saw the change sends
 * it again.
 */
export class Sender {
  readonly #options: SenderOptions;
  readonly #sent: Map<string, string>;
  readonly #queue = new Set<WatchedFile>();
  readonly #sending = new Set<WatchedFile>();
  readonly #abort = new AbortController();
  readonly #workers = new Set<Promise<void>>();
  #active = 0;

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#sent = new Map([...options.alreadySent].map(file => [file.artifactPath, file.sha256]));
  }

  get size(): number {
    return this.#queue.size + this.#sending.size;
  }

  enqueue(file: WatchedFile): void {
    if (this.#abort.signal.aborted) return;
    this.#queue.add(file);
    this.#options.onState(file, { kind: 'waiting' });
    if (this.#active >= this.#options.concurrency) return;
    this.#active++;
    const worker = this.#work();
    this.#workers.add(worker);
    void worker.finally(() => this.#workers.delete(worker));
  }

  /** Takes the file out of the queue; one that is being sent goes on. */
  forget(file: WatchedFile): void {
    this.#queue.delete(file);
  }

  /** The first in the queue; a file in flight that changed and settled again waits until it has arrived. */
  #next(): WatchedFile | undefined {
    for (const file of this.#queue) if (!this.#sending.has(file)) return file;
    return undefined;
  }

  async #work(): Promise<void> {
    for (let file = this.#next(); file && !this.#abort.signal.aborted; file = this.#next()) {
      this.#queue.delete(file);
      this.#sending.add(file);
      await this.#send(file);
      this.#sending.delete(file);
      this.#options.onDone();
    }
    // In the same breath as the look into the queue, so that nothing can be queued in between and wait for nobody.
    this.#active--;
  }

  async #send(file: WatchedFile): Promise<void> {
    const { onState, onSent } = this.#options;
    const { signal } = this.#abort;
    const { stamp, artifactPath } = file;
    const isStill = async () =>
      !signal.aborted && (await this.#options.isUnchanged(file)) && file.stamp === stamp;
    onState(file, { kind: 'sending', transferred: 0, total: stamp?.size ?? 0 });
    try {
      if (!(await isStill())) return;
      const sha256 = await this.#hash(file);
      if (this.#sent.get(artifactPath) !== sha256) {
        // Until it is known which content has arrived, any may be sent again.
        this.#sent.delete(artifactPath);
        await this.#submit(file);
        if (!(await isStill())) return;
        this.#sent.set(artifactPath, sha256);
        onSent({ artifactPath, sha256 });
      } else if (!(await isStill())) return;
      onState(file, { kind: 'sent' });
    } catch (error) {
      if (isCancellation(error) || !(await isStill())) return;
      onState(file, { kind: 'failed', reason: toError(error).message });
    }
  }

  async #hash(file: WatchedFile): Promise<string> {
    try {
      return await contentHash(file.realPath, this.#abort.signal);
    } catch (error) {
      throw fileError(error, `Can't read "${file.path}"`);
    }
  }

  async #submit(file: WatchedFile): Promise<void> {
    const directory = posix.dirname(file.artifactPath);
    await this.#options.submit(
      file.path,
      directory === '.' ? undefined : directory,
      this.#abort.signal,
      (transferred, total) => {
        if (this.#sending.has(file)) this.#options.onState(file, { kind: 'sending', transferred, total });
      },
    );
  }

  /** Stops what is under way; resolves when nothing is. */
  async dispose(): Promise<void> {
    this.#abort.abort();
    this.#queue.clear();
    await Promise.all(this.#workers);
  }
}
