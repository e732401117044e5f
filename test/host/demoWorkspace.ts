import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './project.ts';

/** All that the demo leaves behind; git-ignored. */
const folder = join(root, '.demo');
export const workspace = join(folder, 'workspace');
export const pictures = join(folder, 'screenshots');

/** The example program in a folder of its own. What an earlier demo has left there stays, unless it is made `anew`. */
export async function makeDemoWorkspace({ anew }: { anew: boolean }): Promise<void> {
  if (anew) await rm(folder, { recursive: true, force: true });
  await cp(join(root, 'test/fixtures/demo'), workspace, { recursive: true, force: anew });
}
