import type { RunQuery } from '../trackingStore.ts';
import { lifecycleStages, parseExperimentId } from './experiments.ts';
import type { Search } from './search.ts';

/**
 * The search that opens every list: all runs of experiments, newest first, which is MLflow's order for want of another.
 *
 * No index has it, and runs lie in the file from old to new, which is the worst case for SQLite's sorting with a limit.
 * So the `count` runs that were written last give a bound first: at least so many have started then or later, so none
 * that started earlier is among the newest. Usually it leaves hardly any more than are wanted.
 *
 * @param count how many runs at least have to be found, if there are so many
 */
export function compileNewestRuns(
  { experimentIds, viewType = 'ACTIVE_ONLY' }: RunQuery,
  count: number,
): Search {
  const chosen = `experiment_id IN (SELECT value FROM json_each(?1)) AND lifecycle_stage IN (SELECT value FROM json_each(?2))`;
  const lastWritten = `SELECT start_time FROM runs WHERE ${chosen} ORDER BY rowid DESC LIMIT ?3`;
  return {
    sql: `
      WITH oldest (bound) AS (SELECT iif(count(start_time) = ?3, min(start_time), NULL) FROM (${lastWritten}))
      SELECT run_uuid FROM runs, oldest WHERE ${chosen} AND (bound IS NULL OR start_time >= bound)
      ORDER BY start_time DESC, run_uuid`,
    parameters: [
      JSON.stringify(experimentIds.map(parseExperimentId)),
      JSON.stringify(lifecycleStages(viewType)),
      count,
    ],
  };
}
