// Builds what runs: the extension, its SQLite worker, and (as a proof that it needs no VS Code) the tracking core; and
// writes the licences of the packages that are bundled into the first two.
// `node esbuild.mjs --meta` also writes dist/meta.json for bundle analysis.
import { glob, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as esbuild from 'esbuild';

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  outdir: 'dist',
  minify: true,
  sourcemap: 'linked',
  sourcesContent: false,
  metafile: true,
  logLevel: 'warning',
};

const [host, worker] = await Promise.all([
  // What only an active run needs is split off by its dynamic import, so that a window without one never loads it.
  esbuild.build({
    ...shared,
    entryPoints: { extension: 'src/extension.ts' },
    splitting: true,
    chunkNames: '[name]',
    external: ['vscode'],
  }),
  esbuild.build({ ...shared, entryPoints: { sqliteWorker: 'src/tracking/store/sqlite/worker.ts' } }),
  // `vscode` is not marked external here: a stray import in the core cannot resolve, and the build fails.
  esbuild.build({
    ...shared,
    entryPoints: { tracking: 'src/tracking/index.ts' },
    outExtension: { '.js': '.mjs' },
  }),
]);

await writeFile(
  'dist/THIRD_PARTY_NOTICES.txt',
  await thirdPartyNotices(Object.keys({ ...host.metafile.inputs, ...worker.metafile.inputs })),
);
if (process.argv.includes('--meta')) await writeFile('dist/meta.json', JSON.stringify(host.metafile));

/** The whole licence of every package that a bundled file comes from. A package without one fails the build. */
async function thirdPartyNotices(inputs) {
  const folders = new Set(
    inputs.flatMap(input => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input) ?? []),
  );
  const notices = await Promise.all(
    [...folders].sort().map(async folder => {
      const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
      for await (const file of glob('LICEN[CS]E*', { cwd: folder })) {
        return `${name} ${version} (${license})\n\n${(await readFile(join(folder, file), 'utf8')).trim()}\n`;
      }
      throw new Error(`${folder} has no licence file.`);
    }),
  );
  const title = 'Runlight for MLflow contains the following packages.\n';
  return [title, ...notices].join(`\n${'-'.repeat(80)}\n\n`);
}
