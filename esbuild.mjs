// Builds what runs: the extension, its SQLite worker, and (as a proof that it needs no VS Code) the tracking core; and
// writes the licences of the packages that are bundled.
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

/** VS Code requires CommonJS at once; an ES module waits for its turns in a host that is busy starting. */
const commonjs = {
  ...shared,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  supported: { 'dynamic-import': false },
};
/** Packages that only an active run needs, each in a file of its own: a window without one never loads them. */
const later = ['chokidar', 'picomatch'];

const built = await Promise.all([
  esbuild.build({
    ...commonjs,
    entryPoints: { extension: 'src/extension.ts' },
    alias: Object.fromEntries(later.map(name => [name, `./${name}.cjs`])),
    external: ['vscode', ...later.map(name => `./${name}.cjs`)],
  }),
  esbuild.build({ ...commonjs, entryPoints: later }),
  esbuild.build({ ...shared, entryPoints: { sqliteWorker: 'src/tracking/store/sqlite/worker.ts' } }),
  // `vscode` is not marked external here: a stray import in the core cannot resolve, and the build fails.
  esbuild.build({
    ...shared,
    entryPoints: { tracking: 'src/tracking/index.ts' },
    outExtension: { '.js': '.mjs' },
  }),
]);

const inputs = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
await writeFile('dist/THIRD_PARTY_NOTICES.txt', await thirdPartyNotices(inputs));
if (process.argv.includes('--meta')) await writeFile('dist/meta.json', JSON.stringify(built[0].metafile));

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
