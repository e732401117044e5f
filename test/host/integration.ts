/**
 * `npm run test:integration [-- SUITE…]`: the suites of test/integration inside a real VS Code with this extension. Ends
 * with `N passed, N failed`, and fails when a test does or a suite does not come to its end.
 */
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { type Suite, suites } from '../integration/suites.ts';
import type { TestResult } from './control.ts';
import { runSuite } from './suiteRun.ts';
import { findVsCode, type VsCode } from './vsCodeInstallation.ts';

const root = join(import.meta.dirname, '../..');
const logs = join(root, '.cache/logs');

/** Bundles a suite's tests into `folder`; resolves with the module that exports run(). */
async function bundle({ name, phases }: Suite, folder: string): Promise<string> {
  const list = phases.map(files =>
    files.map(file => `${JSON.stringify(file)}: () => import(${JSON.stringify(`./${file}`)})`).join(', '),
  );
  await esbuild.build({
    stdin: {
      contents: `import { runPhase } from './index.ts';
        export const run = () => runPhase([${list.map(files => `{ ${files} }`).join(', ')}]);`,
      resolveDir: join(root, 'test/integration'),
    },
    outfile: join(folder, `${name}.bundle.cjs`),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  // Source maps count for what is loaded after this.
  const entry = join(folder, `${name}.cjs`);
  const contents = `process.setSourceMapsEnabled(true); exports.run = () => require('./${name}.bundle.cjs').run();`;
  await writeFile(entry, contents);
  return entry;
}

const results: TestResult[] = [];

function report(suite: string, { title, passed, milliseconds, error }: TestResult): void {
  console.log(`${passed ? '✓' : '✗'} ${suite} › ${title} (${milliseconds} ms)`);
  if (error) console.log(error.replace(/^/gm, '    '));
}

async function run(vsCode: VsCode, suite: Suite, bundles: string): Promise<void> {
  const log: string[] = [];
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  const onResult = (result: TestResult) => {
    results.push(result);
    report(suite.name, result);
  };
  try {
    const tests = await bundle(suite, bundles);
    await runSuite(vsCode, { suite, tests, onResult, onLog: line => log.push(line) });
  } catch (error) {
    onResult({ title: 'runs to its end', passed: false, milliseconds: elapsed(), error: String(error) });
  }
  await writeFile(join(logs, `${suite.name}.log`), log.join('\n'));
  console.log(`  ${suite.name}: ${elapsed()} ms, log in ${relative(root, logs)}/${suite.name}.log`);
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter(name => !suites.some(suite => suite.name === name));
if (unknown.length > 0) throw new Error(`No such suite: ${unknown.join(', ')}`);

execFileSync(process.execPath, ['esbuild.mjs'], { cwd: root, stdio: 'inherit' });
const vsCode = await findVsCode();
await mkdir(logs, { recursive: true });
// Inside the project, where the bundles find Mocha.
const bundles = await mkdtemp(join(root, '.cache/integration-'));
try {
  for (const suite of suites) {
    if (chosen.length === 0 || chosen.includes(suite.name)) await run(vsCode, suite, bundles);
  }
} finally {
  await rm(bundles, { recursive: true });
}

const failed = results.filter(({ passed }) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
if (failed > 0 || results.length === 0) process.exitCode = 1;
