import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { v4 as uuid } from 'uuid';
import { loadSnippet } from '../../src/commands/loadSnippet.ts';
import { openArtifacts } from '../../src/tracking/artifacts/openArtifacts.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';
import { pythonOf } from '../support/mlflow/python.ts';
import { describeStore } from './support/describeStore.ts';

const run = promisify(execFile);

describe.each(['3.17', '2.22'] as const)('with MLflow %s', version => {
  describeStore('the copied Python', [version], context => {
    it('loads the run, the history of a metric and an artifact, whatever they are called', async () => {
      const { store, uri } = context();
      await using folder = await makeTemporaryFolder('runlight-snippet-');
      const metric = 'val/Verlust äö :-.';
      const { info } = await store.createRun({
        runId: uuid().replaceAll('-', ''),
        experimentId: await store.createExperiment('loaded by Python'),
        runName: 'a "quoted" name',
        userId: 'ann',
        startTime: 1,
        tags: [],
      });
      await store.logBatch(info.runId, {
        metrics: [1, 2].map(step => ({ key: metric, value: step / 2, step, timestamp: step })),
      });
      await writeFile(join(folder.path, `it's "ä" file.txt`), 'content');
      await openArtifacts(info.artifactUri).logArtifact(join(folder.path, `it's "ä" file.txt`), 'a b');

      const { runId } = info;
      const trackingUri = uri;
      const artifactPath = `a b/it's "ä" file.txt`;
      const program = [
        loadSnippet({ trackingUri, runId }),
        loadSnippet({ trackingUri, runId, metric }),
        loadSnippet({ trackingUri, runId, artifactPath }),
        'import json',
        'print(json.dumps([run.info.run_name, [(m.step, m.value) for m in history], open(path).read()]))',
      ].join('\n');
      const { stdout } = await run(await pythonOf(version), ['-c', program], {
        cwd: folder.path,
        env: { ...process.env, PYTHONUTF8: '1' },
      });
      expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual([
        'a "quoted" name',
        [
          [1, 0.5],
          [2, 1],
        ],
        'content',
      ]);
    });
  });
});
