import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';

const alive = new Set<ProcessGroup>();

/**
 * A program in a process group of its own, with all that it starts. It never outlives this process: neither its normal
 * end, nor an exception, nor a signal leaves it behind.
 */
export class ProcessGroup {
  readonly process: ChildProcess;
  readonly ended: Promise<void>;

  constructor(command: string, args: readonly string[], options: SpawnOptions) {
    endGroupsWithThisProcess();
    this.process = spawn(command, args, { ...options, detached: true });
    this.ended = once(this.process, 'close').then(() => undefined);
    alive.add(this);
  }

  async stop(): Promise<void> {
    this.kill();
    await this.ended;
  }

  kill(): void {
    alive.delete(this);
    const { pid } = this.process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

let listening = false;

function endGroupsWithThisProcess(): void {
  if (listening) return;
  listening = true;
  process.on('exit', () => {
    for (const group of alive) group.kill();
  });
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const) {
    process.once(signal, () => process.exit(128 + number));
  }
}
