import { expect, test } from 'vitest';
import { databaseAt, newRun, storeAt, temporaryPath } from './temporaryStore.ts';

test('without filter and order, pages are those of the order by start time, whatever order the runs were written in', async () => {
  const path = await temporaryPath();
  const store = storeAt(path);
  const startTimes = [5, 1, 9, 9, 3, 7, 9, 2, 8, 0, 6, 4];
  const runs = await Promise.all(startTimes.map(startTime => store.createRun(newRun({ startTime }))));
  await store.deleteRun(runs[3]?.info.runId ?? '');
  databaseAt(path).exec('UPDATE runs SET start_time = NULL WHERE start_time IN (0, 8)');
  const experimentIds = ['0'];
  for (const viewType of ['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const) {
    for (const maxResults of [1, 2, 3, 5, 11, 12, 13]) {
      const pages = async (orderBy: readonly string[]) => {
        const ids: string[][] = [];
        let pageToken: string | undefined;
        do {
          const page = await store.searchRuns({ experimentIds, viewType, maxResults, orderBy, pageToken });
          ids.push(page.items.map(run => run.info.runId));
          pageToken = page.nextPageToken;
        } while (pageToken !== undefined);
        return ids;
      };
      expect(await pages([])).toEqual(await pages(['start_time DESC']));
    }
  }
});
