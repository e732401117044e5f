import { v4 as uuid } from 'uuid';
import { expect, it } from 'vitest';
import type { BridgeCall } from '../support/mlflow/mlflowBridge.ts';
import { describeStore } from './support/describeStore.ts';
import { plainMetric, plainRun, type PlainMetric, type PlainRun, sortedRun } from './support/plain.ts';

const seconds = 30;

describeStore('both at once', ['3.17'], context => {
  it(`write for ${seconds} s: nobody is refused, and nothing is missing`, async () => {
    const { store, mlflow, uri } = context();
    const experimentId = await store.createExperiment('both');
    const runId = uuid().replaceAll('-', '');
    await store.createRun({ runId, experimentId, runName: 'both', userId: 'u', startTime: 1, tags: [] });
    const end = performance.now() + seconds * 1000;
    const goesOn = () => performance.now() < end;

    const ours = async () => {
      let count = 0;
      for (; goesOn(); count++) {
        const metrics = [{ key: 'ours', value: count, timestamp: count, step: count }];
        const params = [{ key: `ours/${count}`, value: String(count) }];
        await store.logBatch(runId, { metrics, params, tags: [{ key: 'last', value: `ours ${count}` }] });
      }
      return count;
    };
    const theirs = async () => {
      let count = 0;
      while (goesOn()) {
        const calls = Array.from({ length: 10 }, (): BridgeCall[] => {
          const step = count++;
          const id = { run_id: runId };
          return [
            ['log_metric', { ...id, key: 'theirs', value: step, timestamp: step, step }],
            ['log_param', { ...id, key: `theirs/${step}`, value: String(step) }],
            ['set_tag', { ...id, key: 'last', value: `theirs ${step}` }],
          ];
        });
        const answers = await mlflow.batch(uri, calls.flat());
        expect(answers.filter(answer => answer instanceof Error)).toEqual([]);
      }
      return count;
    };
    const reading = async () => {
      let count = 0;
      for (; goesOn(); count++) {
        const { items } = await store.searchRuns({
          experimentIds: [experimentId],
          filter: 'metrics.ours >= 0',
        });
        expect(items.length).toBeLessThanOrEqual(1);
      }
      return count;
    };
    const [oursCount, theirsCount, reads] = await Promise.all([ours(), theirs(), reading()]);
    console.log(
      `In ${seconds} s: ${oursCount} commits here, ${3 * theirsCount} by MLflow, ${reads} searches.`,
    );

    expect(oursCount).toBeGreaterThan(0);
    expect(theirsCount).toBeGreaterThan(0);
    for (const [key, count] of [
      ['ours', oursCount],
      ['theirs', theirsCount],
    ] as const) {
      const all = Array.from({ length: count }, (_, i): PlainMetric => [key, i, i, i]);
      expect(await mlflow.call(uri, 'get_metric_history', { run_id: runId, key })).toEqual(all);
      expect((await store.getMetricHistory(runId, key)).items.map(plainMetric)).toEqual(all);
    }
    const run = plainRun(await store.getRun(runId));
    expect(run.params).toHaveLength(oursCount + theirsCount);
    expect(sortedRun(await mlflow.call<PlainRun>(uri, 'get_run', { run_id: runId }))).toEqual(run);
    expect(mlflow.stderr).not.toMatch(/locked/);
  });
});
