import { readFile } from 'node:fs/promises';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join, relative, resolve } from 'node:path';
import * as esbuild from 'esbuild';
import type { Suite } from '../integration/suites.ts';
import { root } from './project.ts';

export interface SuiteBundle {
  /** The module that exports run(). */
  readonly file: string;
  /** Names the places of a stack in the sources; VS Code's extension host names them in the bundle. */
  readonly inSources: (stack: string) => string;
}

/** Bundles a suite's tests into one module in `folder`. */
export async function bundleSuite({ name, phases }: Suite, folder: string): Promise<SuiteBundle> {
  const file = join(folder, `${name}.cjs`);
  const list = phases.map(files =>
    files.map(test => `${JSON.stringify(test)}: () => import(${JSON.stringify(`./${test}`)})`).join(', '),
  );
  await esbuild.build({
    stdin: {
      contents: `import { runPhase } from './index.ts';
        export const run = () => runPhase([${list.map(files => `{ ${files} }`).join(', ')}]);`,
      resolveDir: join(root, 'test/integration'),
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'external',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  const map = new SourceMap(JSON.parse(await readFile(`${file}.map`, 'utf8')) as SourceMapPayload);
  const place = (line: string, column: string) => {
    const entry = map.findEntry(Number(line) - 1, Number(column) - 1);
    if (!('originalSource' in entry)) return undefined;
    return `${relative(root, resolve(folder, entry.originalSource))}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  const inBundle = /[^\s(]*\.cjs:(\d+):(\d+)/g;
  return {
    file,
    inSources: stack =>
      stack.replace(inBundle, (found: string, line: string, column: string) => place(line, column) ?? found),
  };
}
