import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

interface Answer {
  readonly result: unknown;
  readonly milliseconds: number;
}

/** MLflow's Python client in a process that stays, so that neither imports nor the opening of the store are measured. */
export class Theirs implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;

  constructor(python: string, trackingUri: string) {
    const child = spawn(python, [join(import.meta.dirname, 'theirs.py'), trackingUri], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process = child;
    this.#answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  async call(name: string, ...args: readonly unknown[]): Promise<Answer> {
    this.#process.stdin?.write(`${JSON.stringify({ function: name, arguments: args })}\n`);
    const line = await this.#answers.next();
    if (line.done) throw new Error(`MLflow's client ended during ${name}.`);
    return JSON.parse(line.value) as Answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.stdin?.end();
    if (this.#process.exitCode === null) await once(this.#process, 'exit');
  }
}
