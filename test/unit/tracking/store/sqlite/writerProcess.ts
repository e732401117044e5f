import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Another process with a store of its own on the file at `path`; ready to write when the promise resolves. */
export async function writerProcess(path: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), path], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'exit');
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => {
    const line = await lines.next();
    if (line.done) throw new Error('The writer has ended.');
    return line.value;
  };
  await next();
  return {
    /** Writes so many runs, one after the other. @returns their ids, once all are committed */
    async write(count: number): Promise<string[]> {
      child.stdin.write(`${count}\n`);
      return JSON.parse(await next()) as string[];
    },
  };
}
