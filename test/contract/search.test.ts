import fc from 'fast-check';
import { v4 as uuid } from 'uuid';
import { beforeAll, expect, it } from 'vitest';
import type { Run } from '../../src/tracking/entities.ts';
import { TrackingError } from '../../src/tracking/errors.ts';
import type { Page, RunQuery } from '../../src/tracking/store/trackingStore.ts';
import { type BridgeCall, BridgeError } from '../support/mlflow/mlflowBridge.ts';
import { seed } from './support/arbitraries.ts';
import { describeStore, type StoreContext } from './support/describeStore.ts';
import { type RunSearch, runSearch, type SearchedRun, searchedRun } from './support/searches.ts';

interface Found {
  readonly items: readonly string[];
  readonly nextPageToken: string | null;
}

/** The ids that a search finds, or the error code with which it is refused. */
type Answer = Found | string;

describeStore('search', ['3.17'], context => {
  const experimentIds: string[] = [];

  beforeAll(async () => {
    for (const [index, name] of ['one', 'two', 'three'].entries()) {
      experimentIds.push(await context().store.createExperiment(name));
      const runs = fc.sample(searchedRun, { numRuns: 60, seed: seed + index });
      await writeRuns(context(), experimentIds[index] ?? '', runs);
    }
  });

  const query = (search: RunSearch): RunQuery => ({
    ...search,
    experimentIds: search.experiments.map(index => experimentIds[index] ?? ''),
  });

  it('finds the runs that MLflow finds, in its order, and refuses what it refuses', async () => {
    let refused = 0;
    let found = 0;
    await fc.assert(
      fc.asyncProperty(runSearch, async search => {
        const [ours, theirs] = [
          await ourAnswer(context(), query(search)),
          await theirAnswer(context(), query(search)),
        ];
        if (typeof theirs === 'string') refused++;
        else if (theirs.items.length > 0) found++;
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 400, seed },
    );
    // Not just by finding nothing, nor by refusing everything.
    expect(found).toBeGreaterThan(80);
    expect(refused).toBeGreaterThan(80);
  });

  it.each<[string, RunQuery['orderBy'], string]>([
    ['NaN is unequal to everything', undefined, 'metrics.acc != 1'],
    ['NaN is not its stand-in 0', undefined, 'metrics.acc = 0'],
    ['infinities are the largest doubles', undefined, 'metrics.acc > 1e308'],
    ['NaN comes after numbers, nothing after NaN', ['metrics.acc ASC'], ''],
    ['… whatever the direction', ['metrics.acc DESC'], ''],
    ['a run without an end comes last', ['attributes.end_time DESC'], ''],
    ['LIKE knows cases', undefined, "tags.lr LIKE 'A%'"],
    ['ILIKE knows no case in ASCII', undefined, "run_name ILIKE 'fox%'"],
    ['… but beyond', undefined, "run_name ILIKE 'É'"],
    ['strings have no escapes', undefined, "params.lr = 'it''s'"],
    ['a backslash may end a string', undefined, "params.lr = 'it\\'"],
    ['a missing key satisfies nothing', undefined, "params.missing != 'x'"],
    ['each dataset of a run counts on its own', undefined, "dataset.name != 'd'"],
    ['datasets by context', undefined, "dataset.context IN ('train', 'eval')"],
    ['a number for a key can be ordered by', ['metrics.12 DESC'], ''],
    ['the key "as", too', ['metrics.as DESC'], ''],
  ])('%s', async (_title, orderBy, filter) => {
    const search = { experimentIds, orderBy, filter, viewType: 'ALL' } as const;
    const ours = await ourAnswer(context(), search);
    expect(ours).toEqual(await theirAnswer(context(), search));
    expect(typeof ours).toBe('object');
  });

  it.each<[string, RunQuery]>([
    ['the same key twice in the order', { experimentIds: [], orderBy: ['created', 'start_time DESC'] }],
    ['no results', { experimentIds: [], maxResults: 0 }],
    ['too many results', { experimentIds: [], maxResults: 50_001 }],
    ['a page token of nobody', { experimentIds: [], pageToken: 'nobody' }],
    ['an experiment that is no number', { experimentIds: ['one'] }],
  ])('refuses %s with MLflow’s code', async (_title, search) => {
    const ours = await ourAnswer(context(), search);
    expect(typeof ours).toBe('string');
    expect(ours).toBe(await theirAnswer(context(), search));
  });

  it('hands page tokens to MLflow and takes them from it', async () => {
    const search: RunQuery = {
      experimentIds,
      maxResults: 7,
      orderBy: ['metrics.acc DESC'],
      filter: 'metrics.acc != 7',
    };
    const all = await ourAnswer(context(), { ...search, maxResults: 1000 });
    const items: string[] = [];
    let pageToken: string | undefined;
    for (let page = 0; page === 0 || pageToken !== undefined; page++) {
      const ask = page % 2 === 0 ? ourAnswer : theirAnswer;
      const answer = await ask(context(), { ...search, pageToken });
      if (typeof answer === 'string') throw new Error(answer);
      items.push(...answer.items);
      pageToken = answer.nextPageToken ?? undefined;
    }
    expect(items.length).toBeGreaterThan(21);
    expect(all).toEqual({ items, nextPageToken: null });
  });
});

async function ourAnswer({ store }: StoreContext, search: RunQuery): Promise<Answer> {
  let page: Page<Run>;
  try {
    page = await store.searchRuns(search);
  } catch (error) {
    if (error instanceof TrackingError) return error.errorCode;
    throw error;
  }
  return { items: page.items.map(({ info }) => info.runId), nextPageToken: page.nextPageToken ?? null };
}

async function theirAnswer({ mlflow, uri }: StoreContext, search: RunQuery): Promise<Answer> {
  const [answer] = await mlflow.batch<Found>(uri, [
    [
      'search_run_ids',
      {
        experiment_ids: search.experimentIds,
        filter_string: search.filter ?? '',
        run_view_type: search.viewType ?? 'ACTIVE_ONLY',
        max_results: search.maxResults ?? 1000,
        order_by: search.orderBy ?? [],
        page_token: search.pageToken ?? null,
      },
    ],
  ]);
  if (!(answer instanceof BridgeError)) return answer ?? 'nothing';
  // Where MLflow's own code trips over a mistake in a filter, this is what it should have said.
  const trips =
    /^(PYTHON_ERROR|BAD_REQUEST)$/.test(answer.errorCode) ||
    /^\(?(sqlite3|builtins|Python)/.test(answer.message);
  return trips ? 'INVALID_PARAMETER_VALUE' : answer.errorCode;
}

async function writeRuns(
  { store, mlflow, uri }: StoreContext,
  experimentId: string,
  runs: readonly SearchedRun[],
) {
  const datasets: BridgeCall[] = [];
  for (const run of runs) {
    const runId = uuid().replaceAll('-', '');
    const { runName, startTime, status, endTime, metrics } = run;
    await store.createRun({ runId, experimentId, runName, startTime, userId: 'me', tags: [] });
    const pairs = (each: SearchedRun['tags']) => each.map(([key, value]) => ({ key, value }));
    await store.logBatch(runId, { metrics, params: pairs(run.params), tags: pairs(run.tags) });
    await store.updateRun(runId, { status, endTime });
    for (const [name, use] of run.datasets) {
      const tags = use === undefined ? [] : [['mlflow.data.context', use]];
      datasets.push(['log_dataset', { run_id: runId, name, digest: `${name}-1`, tags }]);
    }
    if (run.deleted) datasets.push(['delete_run', { run_id: runId }]);
  }
  const answers = await mlflow.batch(uri, datasets);
  expect(answers.filter(answer => answer instanceof Error)).toEqual([]);
}
