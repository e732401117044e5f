/** Pages of searches: the ids in order first, then all that belongs to them in a few queries. */
import type { Experiment } from '../../entities.ts';
import type { ExperimentQuery, RunQuery } from '../trackingStore.ts';
import { loadExperiments } from './experiments.ts';
import { compileNewestRuns } from './newestRuns.ts';
import { type FlatRun, loadRuns } from './runs.ts';
import { compileExperimentSearch, compileRunSearch, type Search } from './search.ts';
import type { Session } from './storeFile.ts';

interface Slice {
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
  query: RunQuery,
  slice: Slice,
): Generator<undefined, Found<FlatRun>, Session> {
  const search = asksForAllNewestFirst(query)
    ? compileNewestRuns(query, slice.offset + slice.limit + 1)
    : compileRunSearch(query, session.features);
  const { ids, hasMore } = findIds(session, search, slice);
  const items: FlatRun[] = [];
  for (let start = 0; start < ids.length; start += chunk) {
    if (start > 0) session = yield;
    items.push(...loadRuns(session, ids.slice(start, start + chunk).map(String)));
  }
  return { items, hasMore };
}

export function searchExperiments(session: Session, query: ExperimentQuery, slice: Slice): Found<Experiment> {
  const { ids, hasMore } = findIds(session, compileExperimentSearch(query, session.features), slice);
  return { items: loadExperiments(session, ids), hasMore };
}

const asksForAllNewestFirst = ({ filter = '', orderBy = [] }: RunQuery) =>
  filter === '' && orderBy.length === 0;

/** One more than asked for tells whether there is another page. */
function findIds({ db }: Session, { sql, parameters }: Search, { offset, limit }: Slice) {
  const next = parameters.length + 1;
  const rows = db.rowsNumbered(`${sql} LIMIT ?${next} OFFSET ?${next + 1}`, [
    ...parameters,
    limit + 1,
    offset,
  ]);
  const ids = rows.map(([id = null]) => id);
  return { ids: ids.slice(0, limit), hasMore: ids.length > limit };
}
