/**
 * `npm run test:integration [-- SUITE…]`: the suites of test/integration inside a real VS Code with this extension. Ends
 * with `N passed, N failed`, and fails when a test does or a suite does not come to its end.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { type Suite, suites } from '../integration/suites.ts';
import type { TestResult } from './control.ts';
import { build, root } from './project.ts';
import { bundleSuite } from './suiteBundle.ts';
import { runSuite } from './suiteRun.ts';
import { findVsCode, type VsCode } from './vsCodeInstallation.ts';

const logs = join(root, '.cache/logs');

const results: TestResult[] = [];

async function run(vsCode: VsCode, suite: Suite, folder: string): Promise<void> {
  const log: string[] = [];
  const start = performance.now();
  const elapsed = () => Math.round(performance.now() - start);
  const report = (result: TestResult, error?: string) => {
    results.push(result);
    console.log(`${result.passed ? '✓' : '✗'} ${suite.name} › ${result.title} (${result.milliseconds} ms)`);
    if (error) console.log(error.replace(/^/gm, '    '));
  };
  try {
    const { file, inSources } = await bundleSuite(suite, folder);
    const onResult = (result: TestResult) => {
      report(result, result.error && inSources(result.error));
    };
    await runSuite(vsCode, { suite, tests: file, onResult, onLog: line => log.push(line) });
  } catch (error) {
    report({ title: 'runs to its end', passed: false, milliseconds: elapsed() }, String(error));
  }
  await writeFile(join(logs, `${suite.name}.log`), log.join('\n'));
  console.log(`  ${suite.name}: ${elapsed()} ms, log in ${relative(root, logs)}/${suite.name}.log`);
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter(name => !suites.some(suite => suite.name === name));
if (unknown.length > 0) throw new Error(`No such suite: ${unknown.join(', ')}`);

build();
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
