import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { freshSchema } from '../../../../../src/tracking/store/sqlite/schema.ts';
import {
  compileExperimentSearch,
  compileRunSearch,
} from '../../../../../src/tracking/store/sqlite/search.ts';

const database = new DatabaseSync(':memory:');
database.exec(freshSchema);
afterAll(() => {
  database.close();
});

/** How SQLite would look at each table, in its own words. */
function plan({ sql, parameters }: ReturnType<typeof compileRunSearch>): string[] {
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters);
  return rows
    .map(({ detail }) => String(detail))
    .filter(detail => /^(SCAN|SEARCH) (?!json_each)/.test(detail));
}

describe('the search of runs', () => {
  it('reads each run once, and all else by primary key', () => {
    const search = compileRunSearch(
      {
        experimentIds: ['1', '2'],
        filter: `metrics.acc > 0.9 AND params.lr = '1' AND tags.team LIKE 'a%' AND run_name ILIKE '%x%' AND params.z IS NULL`,
        orderBy: ['metrics.acc DESC', 'params.lr', 'tags.team'],
      },
      { datasets: false },
    );
    const [first, ...others] = plan(search);
    expect(first).toBe('SCAN r');
    expect(others).toHaveLength(8);
    for (const step of others) {
      expect(step).toMatch(
        /^SEARCH \w+( EXISTS)? USING (COVERING )?INDEX sqlite_autoindex_\w+ \(key=\? AND run_uuid=\?\)/,
      );
    }
  });

  it('goes straight to the runs that are named', () => {
    const search = compileRunSearch(
      { experimentIds: ['1'], filter: `run_id IN ('a', 'b')` },
      { datasets: false },
    );
    expect(plan(search)).toEqual(['SEARCH r USING INDEX sqlite_autoindex_runs_1 (run_uuid=?)']);
  });

  it('finds nothing by dataset where the schema has none', () => {
    const query = { experimentIds: ['0'], filter: `dataset.name != 'x'` };
    const { sql, parameters } = compileRunSearch(query, { datasets: false });
    expect(database.prepare(sql).all(...parameters)).toEqual([]);
    expect(() => database.prepare(compileRunSearch(query, { datasets: true }).sql)).toThrow('no such table');
  });

  it('is one statement for any number of experiments', () => {
    const sqlFor = (experimentIds: string[]) => compileRunSearch({ experimentIds }, { datasets: true }).sql;
    expect(sqlFor(['1', '2', '3'])).toBe(sqlFor([]));
  });

  it.each([
    [{ experimentIds: ['one'] }, 'INVALID_PARAMETER_VALUE'],
    [{ experimentIds: [], filter: 'metrics.a LIKE 1' }, 'INVALID_PARAMETER_VALUE'],
    [{ experimentIds: [], orderBy: ['metrics.a down'] }, 'INVALID_PARAMETER_VALUE'],
    [{ experimentIds: [], orderBy: ['created', 'attribute.start_time DESC'] }, 'INTERNAL_ERROR'],
  ])('refuses %j with %s', (query, errorCode) => {
    expect(() => compileRunSearch(query, { datasets: true })).toThrow(expect.objectContaining({ errorCode }));
  });
});

describe('the search of experiments', () => {
  it('keeps to the default workspace where there are workspaces', () => {
    expect(compileExperimentSearch({}, { workspaces: true }).sql).toContain(`workspace = 'default'`);
    expect(plan(compileExperimentSearch({}, { workspaces: false }))).toEqual(['SCAN e']);
  });
});
