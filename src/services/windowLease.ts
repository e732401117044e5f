import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Disposable } from '../tracking/events.ts';

/**
 * Which window of a workspace manages its active run: the one that holds a lock on an empty SQLite file. The operating
 * system drops the lock when the process ends, however it ends, so there is nothing stale to clean up and no heartbeat.
 * (The calls take microseconds and touch no data, which is why this one use of SQLite may stay on the host's thread.)
 */
export class WindowLease implements Disposable {
  readonly #directory: string;
  #held: DatabaseSync | undefined;

  /** @param directory a folder that the windows of this workspace share; made when it is missing. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Takes the lease if no other window has it. @returns whether this window has it after the call. */
  async tryAcquire(): Promise<boolean> {
    if (this.#held) return true;
    // Loaded here, not at start: a window without an active run never needs it.
    const { DatabaseSync } = await import('node:sqlite');
    mkdirSync(this.#directory, { recursive: true });
    const database = new DatabaseSync(join(this.#directory, 'window.lock'));
    try {
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
    } catch {
      database.close();
      return false;
    }
    this.#held = database;
    return true;
  }

  release(): void {
    this.#held?.close();
    this.#held = undefined;
  }

  dispose(): void {
    this.release();
  }
}
