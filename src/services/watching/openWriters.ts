import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Clock } from './clock.ts';

const writing = 0o3;

async function openedForWriting(pid: string, wanted: ReadonlySet<string>): Promise<readonly string[]> {
  try {
    const descriptors = await readdir(`/proc/${pid}/fd`);
    const targets = await Promise.all(
      descriptors.map(async descriptor => {
        const target = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => '');
        if (!wanted.has(target)) return undefined;
        const info = await readFile(`/proc/${pid}/fdinfo/${descriptor}`, 'utf8').catch(() => '');
        const flags = parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '0', 8);
        return (flags & writing) === 0 ? undefined : target;
      }),
    );
    return targets.filter(target => target !== undefined);
  } catch {
    // Another user's process, or one that has just ended.
    return [];
  }
}

/**
 * Which of `paths` (absolute, without links) some process of this user has open for writing. A hint: it sees no
 * processes of other users, containers and machines, and nothing at all outside Linux.
 */
async function openForWriting(paths: ReadonlySet<string>): Promise<ReadonlySet<string>> {
  if (process.platform !== 'linux' || paths.size === 0) return new Set();
  const entries = await readdir('/proc').catch(() => []);
  const found = new Set<string>();
  for (const pid of entries) {
    if (!/^\d+$/.test(pid)) continue;
    for (const path of await openedForWriting(pid, paths)) found.add(path);
  }
  return found;
}

/**
 * Knows who writes. One look through the system serves all files that have settled before it, so that a look every now
 * and then is enough, however many files come.
 */
export class OpenWriters {
  readonly #clock: Clock;
  #open: ReadonlySet<string> = new Set();
  #lookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When the last look began, on the clock; for ever ago if never. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** As of the last look. */
  has(path: string): boolean {
    return this.#open.has(path);
  }

  /** Looks for all of `paths`; a call during a look shares it. */
  look(paths: () => Iterable<string>): Promise<void> {
    this.#looking ??= this.#look(new Set(paths())).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(paths: ReadonlySet<string>): Promise<void> {
    const startedAt = this.#clock.now();
    this.#open = await openForWriting(paths);
    this.#lookedAt = startedAt;
  }
}
