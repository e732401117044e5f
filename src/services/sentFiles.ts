import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SentFile } from './watching/sender.ts';

/**
 * What the watcher has sent to each active run, kept across reloads so that nothing is sent twice: one file a run, one
 * line a sent file, appended. A line that a crash cut off is left out, which costs one needless upload.
 */
export class SentFiles {
  readonly #directory: string;
  #last: Promise<unknown> = Promise.resolve();

  /** @param directory a folder that the windows of this workspace share; made when it is missing. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async load(runId: string): Promise<readonly SentFile[]> {
    let text: string;
    try {
      text = await readFile(this.#path(runId), 'utf8');
    } catch {
      return [];
    }
    return text
      .split('\n')
      .slice(0, -1)
      .flatMap(line => {
        try {
          return [JSON.parse(line) as SentFile];
        } catch {
          return [];
        }
      });
  }

  /** Done in the order of the calls. */
  add(runId: string, sent: SentFile): Promise<void> {
    return this.#inOrder(async () => {
      await mkdir(this.#directory, { recursive: true });
      await appendFile(this.#path(runId), `${JSON.stringify(sent)}\n`);
    });
  }

  /** Forgets a run that has ended. */
  remove(runId: string): Promise<void> {
    return this.#inOrder(() => rm(this.#path(runId), { force: true }));
  }

  #path(runId: string): string {
    return join(this.#directory, `sent-${runId}.jsonl`);
  }

  #inOrder(work: () => Promise<void>): Promise<void> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
