/**
 * `npm test`: type check, lint, format, unit, contract and integration tests, one after the other and each to its end.
 * The last line adds all up, `N passed, N failed`; the exit code is non-zero when anything failed or could not be set up.
 * With `-- --release` it also makes the package and performs the demo.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../host/project.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';

interface Count {
  readonly passed: number;
  readonly failed: number;
}

interface Part {
  readonly name: string;
  /** A program and its arguments. */
  readonly run: readonly [string, ...string[]];
  /** How many tests were in it; from what it printed, or left behind. A check without tests counts as one. */
  readonly count?: (output: string) => Promise<Count> | Count;
}

const node = (script: string, ...args: string[]) => [process.execPath, script, ...args] as const;
const tool = (path: string, ...args: string[]) => node(join(root, 'node_modules', path), ...args);

await using reports = await makeTemporaryFolder('runlight-reports-');

const parts: readonly Part[] = [
  { name: 'types', run: tool('typescript/bin/tsc', '--noEmit', '-p', '.') },
  { name: 'lint', run: tool('eslint/bin/eslint.js', '.', '--max-warnings', '0') },
  { name: 'format', run: tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.') },
  vitest('unit'),
  vitest('contract'),
  { name: 'integration', run: node('test/host/integration.ts'), count: inLastLine },
];
const release: readonly Part[] = [
  { name: 'package', run: ['npm', 'run', 'package'] },
  { name: 'demo', run: ['npm', 'run', 'demo'] },
];

let total: Count = { passed: 0, failed: 0 };
for (const part of process.argv.includes('--release') ? [...parts, ...release] : parts) {
  console.log(`\n── ${part.name}`);
  const start = performance.now();
  const { passed, failed } = await runPart(part);
  total = { passed: total.passed + passed, failed: total.failed + failed };
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`── ${part.name}: ${passed} passed, ${failed} failed in ${seconds} s`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
if (total.failed > 0) process.exitCode = 1;

/** A part that ends badly counts at least one failure, whatever its report says. */
async function runPart({ run: [program, ...args], count }: Part): Promise<Count> {
  const child = spawn(program, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const stop = (signal: NodeJS.Signals) => {
    child.kill(signal);
    process.exitCode = 1;
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    process.stdout.write(chunk);
    output += chunk;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  process.off('SIGTERM', stop).off('SIGINT', stop);
  if (!count) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const { passed, failed } = await Promise.resolve(count(output)).catch((error: unknown) => {
    console.error(error);
    return { passed: 0, failed: 1 };
  });
  return { passed, failed: code === 0 ? failed : Math.max(1, failed) };
}

function vitest(project: string): Part {
  const report = join(reports.path, `${project}.json`);
  return {
    name: project,
    run: tool(
      'vitest/vitest.mjs',
      ...['run', '--project', project],
      ...['--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
    ),
    count: async () => {
      const { numTotalTests, numPassedTests, testResults } = JSON.parse(await readFile(report, 'utf8')) as {
        numTotalTests: number;
        numPassedTests: number;
        testResults: { status: string; assertionResults: unknown[] }[];
      };
      // A file that could not be loaded has no tests; a test that was skipped shows nothing.
      const broken = testResults.filter(
        ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
      );
      return { passed: numPassedTests, failed: numTotalTests - numPassedTests + broken.length };
    },
  };
}

function inLastLine(output: string): Count {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(output) ?? [];
  if (passed === undefined) throw new Error('The integration tests did not come to their end.');
  return { passed: Number(passed), failed: Number(failed) };
}
