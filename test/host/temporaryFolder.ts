import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
}

const present = new Set<string>();

/** A folder that is gone after its disposal, and at the latest when this process ends in an orderly way or by a signal. */
export async function makeTemporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  if (present.size === 0) process.once('exit', removeAll);
  present.add(path);
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      present.delete(path);
      if (present.size === 0) process.off('exit', removeAll);
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function removeAll(): void {
  for (const path of present) rmSync(path, { recursive: true, force: true });
}
