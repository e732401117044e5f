import fc from 'fast-check';
import { v4 as uuid } from 'uuid';
import { expect, it } from 'vitest';
import { TrackingError } from '../../src/tracking/errors.ts';
import type { ExperimentQuery } from '../../src/tracking/store/trackingStore.ts';
import { type BridgeCall, BridgeError } from '../support/mlflow/mlflowBridge.ts';
import { experimentTags, seed, text } from './support/arbitraries.ts';
import { describeStore, type StoreContext } from './support/describeStore.ts';
import {
  plainExperiment,
  type PlainExperiment,
  plainRun,
  type PlainRun,
  sortedExperiment,
  sortedRun,
} from './support/plain.ts';
import { experimentSearch } from './support/searches.ts';

const newRunId = () => uuid().replaceAll('-', '');

describeStore('experiments', ['3.17', '2.22'], context => {
  it('are the same from both sides, whoever made, renamed, tagged, deleted or restored them', async () => {
    const { store, mlflow, uri } = context();
    const experiment = fc.record({
      name: text(400),
      byUs: fc.boolean(),
      tags: experimentTags,
      renamed: fc.option(text(400), { nil: undefined }),
      fate: fc.constantFrom('kept', 'deleted', 'restored'),
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(experiment, async ({ name, byUs, tags: pairs, renamed, fate }) => {
        const unique = (each: string) => `${each} ${++count}`;
        const first = unique(name);
        const id = byUs
          ? await store.createExperiment(first, { tags: pairs })
          : await mlflow.call<string>(uri, 'create_experiment', { name: first });
        const args = { experiment_id: id };
        const second = renamed === undefined ? first : unique(renamed);
        if (byUs) {
          if (renamed !== undefined) await store.renameExperiment(id, second);
          if (fate !== 'kept') await store.deleteExperiment(id);
          if (fate === 'restored') await store.restoreExperiment(id);
        } else {
          const calls: BridgeCall[] = pairs.map(tag => ['set_experiment_tag', { ...args, ...tag }]);
          if (renamed !== undefined) calls.push(['rename_experiment', { ...args, name: second }]);
          if (fate !== 'kept') calls.push(['delete_experiment', args]);
          if (fate === 'restored') calls.push(['restore_experiment', args]);
          const answers = await mlflow.batch(uri, calls);
          expect(answers.filter(answer => answer instanceof Error)).toEqual([]);
        }
        const ours = plainExperiment(await store.getExperiment(id));
        const theirs = await mlflow.call<PlainExperiment>(uri, 'get_experiment', args);
        expect(sortedExperiment(theirs)).toEqual(artifactsApart(ours, theirs));
        expect(ours).toMatchObject({
          name: second,
          lifecycleStage: fate === 'deleted' ? 'deleted' : 'active',
        });
        expect(await store.getExperimentByName(second)).toMatchObject({ experimentId: id });
      }),
      { numRuns: 200, seed },
    );
  });

  it.each([true, false])('take their runs along when deleted and restored (by us: %s)', async byUs => {
    const { store, mlflow, uri } = context();
    const experimentId = await store.createExperiment(newRunId());
    const [kept, deleted] = [newRunId(), newRunId()];
    for (const runId of [kept, deleted]) {
      await store.createRun({ runId, experimentId, runName: 'r', userId: 'u', startTime: 1, tags: [] });
    }
    await store.deleteRun(deleted);
    const stages = async () => {
      const runs = await Promise.all(
        [kept, deleted].map(async id => {
          const ours = plainRun(await store.getRun(id));
          expect(ours).toEqual(sortedRun(await mlflow.call<PlainRun>(uri, 'get_run', { run_id: id })));
          return ours.info.lifecycleStage;
        }),
      );
      const { lifecycleStage } = await store.getExperiment(experimentId);
      return [lifecycleStage, ...runs];
    };
    const args = { experiment_id: experimentId };
    await (byUs ? store.deleteExperiment(experimentId) : mlflow.call(uri, 'delete_experiment', args));
    expect(await stages()).toEqual(['deleted', 'deleted', 'deleted']);
    await (byUs ? store.restoreExperiment(experimentId) : mlflow.call(uri, 'restore_experiment', args));
    expect(await stages()).toEqual(['active', 'active', 'active']);
  });
});

describeStore('the search of experiments', ['3.17'], context => {
  it('finds what MLflow finds, in its order, and refuses what it refuses', async () => {
    const { store } = context();
    for (const [index, name] of ['a', 'A', 'é', 'É', 'image 1', 'Image 2', "it's", 'x_y'].entries()) {
      const id = await store.createExperiment(name, {
        tags: [{ key: 'team', value: name }, ...(index % 2 ? [{ key: 'a b', value: '1' }] : [])],
      });
      if (index % 3 === 2) await store.deleteExperiment(id);
    }
    const kinds = { found: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(experimentSearch, async search => {
        const ours = await ourAnswer(context(), search);
        expect(ours).toEqual(await theirAnswer(context(), search));
        if (typeof ours === 'string') kinds.refused++;
        else if (ours.length > 0) kinds.found++;
      }),
      { numRuns: 400, seed },
    );
    expect(kinds.found).toBeGreaterThan(50);
    expect(kinds.refused).toBeGreaterThan(50);
  });
});

/** Each client puts the artifacts of its experiments where it was started. */
const artifactsApart = (ours: PlainExperiment, theirs: PlainExperiment) => ({
  ...ours,
  artifactLocation: theirs.artifactLocation,
});

async function ourAnswer({ store }: StoreContext, search: ExperimentQuery) {
  try {
    return (await store.searchExperiments(search)).items.map(({ experimentId }) => experimentId);
  } catch (error) {
    if (error instanceof TrackingError) return error.errorCode;
    throw error;
  }
}

async function theirAnswer({ mlflow, uri }: StoreContext, { viewType, filter, orderBy }: ExperimentQuery) {
  const args = { view_type: viewType, filter_string: filter, order_by: orderBy };
  const [answer] = await mlflow.batch<{ items: PlainExperiment[] }>(uri, [['search_experiments', args]]);
  if (answer instanceof BridgeError)
    return answer.errorCode.replace('PYTHON_ERROR', 'INVALID_PARAMETER_VALUE');
  return answer?.items.map(({ experimentId }) => experimentId);
}
