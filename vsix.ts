// Makes runlight.vsix of what `node esbuild.mjs` has built: `node vsix.ts`.
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { makeTemporaryFolder, type TemporaryFolder } from './test/host/temporaryFolder.ts';

const root = import.meta.dirname;

/**
 * A copy of what can be published. Of it, .vscodeignore lets through what is. vsce looks at every single file below its
 * folder, and in the project there are tens of thousands that only tests need.
 */
export async function stageExtension(): Promise<TemporaryFolder> {
  const stage = await makeTemporaryFolder('runlight-vsix-');
  const documents = ['README.md', 'CHANGELOG.md', 'LICENSE', 'runlight.d.ts'];
  for (const path of ['package.json', 'package.nls.json', '.vscodeignore', ...documents, 'dist', 'media']) {
    await cp(join(root, path), join(stage.path, path), { recursive: true });
  }
  return stage;
}

/** Rejects when vsce finds fault with the manifest, the icon or a document. */
export async function makeVsix(packagePath: string): Promise<void> {
  await using stage = await stageExtension();
  await createVSIX({
    cwd: stage.path,
    packagePath,
    dependencies: false,
    allowMissingRepository: true,
    rewriteRelativeLinks: false,
  });
}

if (import.meta.main) await makeVsix(join(root, 'runlight.vsix'));
