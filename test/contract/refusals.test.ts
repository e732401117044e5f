/** What MLflow refuses is refused here with the same error code, and leaves nothing behind. */
import fc from 'fast-check';
import { v4 as uuid } from 'uuid';
import { beforeEach, expect, it } from 'vitest';
import type { RunData, TrackingStore } from '../../src/tracking/store/trackingStore.ts';
import { TrackingError } from '../../src/tracking/errors.ts';
import {
  messageOf,
  validateExperimentName,
  validateMetricKey,
  validateParam,
} from '../../src/tracking/validation.ts';
import { type BridgeCall, BridgeError } from '../support/mlflow/mlflowBridge.ts';
import { key, seed, text } from './support/arbitraries.ts';
import { describeStore } from './support/describeStore.ts';
import { plainMetric, plainRun } from './support/plain.ts';

const newRunId = () => uuid().replaceAll('-', '');
const isFine = (validate: () => void) => messageOf(validate) === undefined;

describeStore('refusals', ['3.17'], context => {
  let runId: string;
  let experimentId: string;
  beforeEach(async () => {
    runId = newRunId();
    experimentId = await context().store.createExperiment(`of ${runId}`);
    await context().store.createRun({
      runId,
      experimentId,
      runName: 'r',
      userId: 'u',
      startTime: 1,
      tags: [],
    });
    await context().store.logBatch(runId, { params: [{ key: 'lr', value: '0.1' }] });
  });

  /** The error code of ours and of MLflow's, for the same thing. */
  async function codes(ours: (store: TrackingStore) => Promise<unknown>, ...theirs: BridgeCall) {
    const { store, mlflow, uri } = context();
    const code = await ours(store).then(
      () => 'accepted',
      (error: unknown) => (error instanceof TrackingError ? error.errorCode : String(error)),
    );
    const [answer] = await mlflow.batch(uri, [theirs]);
    return [code, answer instanceof BridgeError ? answer.errorCode : 'accepted'];
  }

  it.each<[string, RunData]>([
    ['an empty key', { metrics: [{ key: '', value: 1, timestamp: 0, step: 0 }] }],
    ['a key with a forbidden character', { params: [{ key: 'a#b', value: '1' }] }],
    ['a key that is no plain path', { tags: [{ key: 'a/../b', value: '1' }] }],
    ['a key of 251 characters', { metrics: [{ key: 'a'.repeat(251), value: 1, timestamp: 0, step: 0 }] }],
    ['a negative timestamp', { metrics: [{ key: 'a', value: 1, timestamp: -1, step: 0 }] }],
    [
      'another value for a parameter',
      { params: [{ key: 'lr', value: '0.2' }], tags: [{ key: 't', value: '1' }] },
    ],
    [
      'a parameter twice in a batch',
      {
        params: [
          { key: 'p', value: '1' },
          { key: 'p', value: '1' },
        ],
      },
    ],
  ])('of %s', async (_title, data) => {
    const before = plainRun(await context().store.getRun(runId));
    const pairs = (items: RunData['params']) => items?.map(item => [item.key, item.value]) ?? [];
    const [ours, theirs] = await codes(store => store.logBatch(runId, data), 'log_batch', {
      run_id: runId,
      metrics: data.metrics?.map(plainMetric) ?? [],
      params: pairs(data.params),
      tags: pairs(data.tags),
    });
    expect(ours).toBe('INVALID_PARAMETER_VALUE');
    expect(theirs).toBe(ours);
    expect(plainRun(await context().store.getRun(runId))).toEqual(before);
  });

  it('of everything to do with a run that is not there', async () => {
    const id = { run_id: newRunId() };
    const answers = await Promise.all([
      codes(store => store.getRun(id.run_id), 'get_run', id),
      codes(store => store.logBatch(id.run_id, { tags: [{ key: 'a', value: 'b' }] }), 'log_batch', {
        ...id,
        tags: [['a', 'b']],
      }),
      codes(store => store.deleteRun(id.run_id), 'delete_run', id),
      codes(store => store.restoreRun(id.run_id), 'restore_run', id),
      codes(store => store.updateRun(id.run_id, { runName: 'x' }), 'update_run', { ...id, name: 'x' }),
      codes(store => store.deleteTag(runId, 'none'), 'delete_tag', { run_id: runId, key: 'none' }),
    ]);
    for (const pair of answers) expect(pair).toEqual(['RESOURCE_DOES_NOT_EXIST', 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('of writing to a deleted run, which can still be read and restored', async () => {
    const id = { run_id: runId };
    await context().store.deleteRun(runId);
    const answers = [
      await codes(store => store.logBatch(runId, { tags: [{ key: 'a', value: 'b' }] }), 'log_batch', {
        ...id,
        tags: [['a', 'b']],
      }),
      await codes(store => store.updateRun(runId, { runName: 'x' }), 'update_run', { ...id, name: 'x' }),
      await codes(store => store.deleteTag(runId, 'mlflow.runName'), 'delete_tag', {
        ...id,
        key: 'mlflow.runName',
      }),
    ];
    for (const pair of answers) expect(pair).toEqual(['INVALID_PARAMETER_VALUE', 'INVALID_PARAMETER_VALUE']);
    expect(await codes(store => store.restoreRun(runId), 'restore_run', id)).toEqual([
      'accepted',
      'accepted',
    ]);
  });

  it('of experiments', async () => {
    const name = `of ${runId}`;
    const unknown = { experiment_id: '999999' };
    expect(await codes(store => store.createExperiment(name), 'create_experiment', { name })).toEqual([
      'RESOURCE_ALREADY_EXISTS',
      'RESOURCE_ALREADY_EXISTS',
    ]);
    const missing = [
      await codes(store => store.getExperiment('999999'), 'get_experiment', unknown),
      await codes(store => store.deleteExperiment('999999'), 'delete_experiment', unknown),
      await codes(store => store.restoreExperiment('999999'), 'restore_experiment', unknown),
      await codes(store => store.renameExperiment('999999', 'x'), 'rename_experiment', {
        ...unknown,
        name: 'x',
      }),
    ];
    for (const pair of missing) expect(pair).toEqual(['RESOURCE_DOES_NOT_EXIST', 'RESOURCE_DOES_NOT_EXIST']);
  });

  it('of keys, for any text', async () => {
    const { mlflow, uri } = context();
    const candidate = fc.oneof(
      key,
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.string({ unit: fc.constantFrom(...Array.from('a./ :#é\u0301²½ⅧⒶ🦊_-٣')), maxLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(candidate, { minLength: 50, maxLength: 50 }), async candidates => {
        const about = async (operation: string, name: string) =>
          mlflow.batch(
            uri,
            candidates.map(each => [operation, { [name]: each }]),
          );
        const answers = await about('validate_metric_key', 'key');
        const assigned = await about('is_assigned', 'text');
        for (const [index, each] of candidates.entries()) {
          // Node's Unicode is newer than Python's, and Python's `$` also matches before a last line feed.
          if (assigned[index] === false) continue;
          const theirs = !(answers[index] instanceof Error) && !each.endsWith('\n');
          const ours = isFine(() => {
            validateMetricKey(each);
          });
          expect([each, ours]).toEqual([each, theirs]);
        }
      }),
      { numRuns: 40, seed },
    );
  });

  it('of texts by their length in characters', async () => {
    const { mlflow, uri } = context();
    const texts = fc
      .sample(text(6000), { numRuns: 50, seed })
      .concat('🦊'.repeat(6001), 'x'.repeat(501), '🦊'.repeat(500));
    const long = texts.map(value =>
      isFine(() => {
        validateParam({ key: 'p', value });
      }),
    );
    expect(long).toEqual(texts.map(value => Array.from(value).length <= 6000));
    const names = await mlflow.batch(
      uri,
      texts.map(name => ['validate_experiment_name', { name }]),
    );
    expect(
      texts.map(name =>
        isFine(() => {
          validateExperimentName(name);
        }),
      ),
    ).toEqual(names.map(answer => !(answer instanceof Error)));
  });
});
