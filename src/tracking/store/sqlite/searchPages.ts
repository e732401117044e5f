/** Pages of searches: the ids in order first, then all that belongs to them in a few queries. */
import type { Experiment } from '../../entities.ts';
import type { SqlValue } from './connection.ts';
import { loadExperiments } from './experiments.ts';
import { type FlatRun, loadRuns } from './runs.ts';
import type { Session } from './storeFile.ts';

/** A search as SQL: it selects ids only, in order, and leaves the limit to its caller. */
export interface CompiledSearch {
  readonly sql: string;
  readonly params: readonly SqlValue[];
}

export interface Slice {
  readonly offset: number;
  readonly limit: number;
}

interface Found<T> {
  readonly items: T[];
  readonly hasMore: boolean;
}

/** How many runs are loaded in one transaction: long enough to be fast, short enough not to hold up a commit. */
const chunk = 1000;

export function* searchRuns(
  session: Session,
  search: CompiledSearch,
  slice: Slice,
): Generator<undefined, Found<FlatRun>, Session> {
  const { ids, hasMore } = findIds(session, search, slice);
  const items: FlatRun[] = [];
  for (let start = 0; start < ids.length; start += chunk) {
    if (start > 0) session = yield;
    items.push(...loadRuns(session, ids.slice(start, start + chunk).map(String)));
  }
  return { items, hasMore };
}

export function searchExperiments(session: Session, search: CompiledSearch, slice: Slice): Found<Experiment> {
  const { ids, hasMore } = findIds(session, search, slice);
  return { items: loadExperiments(session, ids), hasMore };
}

/** One more than asked for tells whether there is another page. */
function findIds({ db }: Session, { sql, params }: CompiledSearch, { offset, limit }: Slice) {
  const ids = db.rows(`${sql} LIMIT ? OFFSET ?`, ...params, limit + 1, offset).map(([id = null]) => id);
  return { ids: ids.slice(0, limit), hasMore: ids.length > limit };
}
