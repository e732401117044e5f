// Builds what runs: the extension, its SQLite worker, and (as a proof that it needs no VS Code) the tracking core.
// `node esbuild.mjs --meta` also writes dist/meta.json for bundle analysis.
import { writeFile } from 'node:fs/promises';
import * as esbuild from 'esbuild';

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  minify: true,
  keepNames: false,
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'warning',
};

const [host] = await Promise.all([
  esbuild.build({
    ...shared,
    entryPoints: {
      extension: 'src/extension.ts',
      sqliteWorker: 'src/tracking/store/sqlite/worker.ts',
    },
    format: 'cjs',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    metafile: true,
  }),
  // `vscode` is not marked external here: a stray import in the core cannot resolve, and the build fails.
  esbuild.build({
    ...shared,
    entryPoints: ['src/tracking/index.ts'],
    format: 'esm',
    outfile: 'dist/tracking.mjs',
    external: [],
  }),
]);

if (process.argv.includes('--meta')) await writeFile('dist/meta.json', JSON.stringify(host.metafile));
