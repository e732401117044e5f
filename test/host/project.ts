import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** The project's folder, which is also that of the extension under development. */
export const root = join(import.meta.dirname, '../..');

export function build(): void {
  execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
}
