/**
 * `npm run bench [-- AREA…]`: measures ours against theirs, prints each comparison as it comes and all in a table, and
 * writes bench-results.json. It ends with 0 also when a target is missed: it measures, and does not judge.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../host/project.ts';
import { artifacts } from './artifacts.ts';
import type { Bench, Comparison } from './area.ts';
import { host } from './host.ts';
import { sqlite } from './sqlite.ts';
import { watcherLatency } from './watcherLatency.ts';

const areas: Readonly<Record<string, readonly Bench[]>> = {
  sqlite: [sqlite, artifacts],
  host: [host, watcherLatency],
};

const chosen = process.argv.slice(2);
const unknown = chosen.filter(name => !(name in areas));
if (unknown.length > 0) {
  throw new Error(`No such area: ${unknown.join(', ')}. There are ${Object.keys(areas).join(', ')}.`);
}

const results: Comparison[] = [];
for (const [area, benches] of Object.entries(areas)) {
  if (chosen.length > 0 && !chosen.includes(area)) continue;
  for (const bench of benches) {
    for await (const comparison of bench()) {
      results.push({ area, ...comparison });
      console.log(`${area}: ${comparison.name}`);
    }
  }
}
console.table(results.map(inColumns));
await writeFile(join(root, 'bench-results.json'), `${JSON.stringify(results, null, 2)}\n`);

function inColumns({ area, name, unit, ours, theirs, limit, ratio, target, met }: Comparison): object {
  const round = (value: number | null | undefined) =>
    value === null || value === undefined ? '' : Number(value.toPrecision(4));
  return {
    area,
    name,
    unit,
    ours: round(ours),
    theirs: round(theirs),
    limit: round(limit),
    ratio: round(ratio),
    target,
    met: met ? 'yes' : 'no',
  };
}
