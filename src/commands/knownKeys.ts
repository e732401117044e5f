import type { Run } from '../tracking/entities.ts';
import type { TrackingStore } from '../tracking/store/trackingStore.ts';
import type { CommandServices } from './services.ts';

/** How many runs are looked at for keys. */
const newest = 50;

/** The newest runs of an experiment: their keys are what the next run of it is likely to use. */
export async function siblingsOf(store: TrackingStore, experimentId: string): Promise<readonly Run[]> {
  const { items } = await store.searchRuns({ experimentIds: [experimentId], maxResults: newest });
  return items;
}

/** The newest active runs of the current store: what they have is worth completing. */
export async function sampleRuns({
  connection,
  fluent,
}: Pick<CommandServices, 'connection' | 'fluent'>): Promise<readonly Run[]> {
  const store = await connection.currentStore();
  const experimentIds = (await fluent.listExperiments()).map(({ experimentId }) => experimentId);
  const { items } = await store.searchRuns({ experimentIds, maxResults: newest });
  return items;
}

/** The keys that runs have, each once, in the order in which they are met, with nothing beside them. */
export function keysOf(
  runs: readonly Run[],
  of: (run: Run) => ReadonlyMap<string, unknown>,
): ReadonlyMap<string, string> {
  return new Map(runs.flatMap(run => [...of(run).keys()]).map(key => [key, '']));
}
