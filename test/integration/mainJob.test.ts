import assert from 'node:assert/strict';
import { watch } from 'node:fs';
import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import type { ActiveRun } from '../../src/tracking/activeRun.ts';
import { control } from './support/control.ts';
import { Emitter } from '../../src/tracking/events.ts';
import {
  activated,
  artifactFile,
  activeRunWhere,
  eventually,
  found,
  inWorkspace,
} from './support/extension.ts';
import { keepForNextPhase } from './support/mainJob.ts';

/** The main job as a person does it, up to a reload of the window in its middle; mainJobReloaded.test.ts goes on. */
describe('The main job', () => {
  let api: RunlightApi;
  let run: ActiveRun;
  const outputs = inWorkspace('outputs').fsPath;

  before(async () => {
    api = await activated();
    await vscode.commands.executeCommand('workbench.view.extension.runlight');
  });

  it('starts a run from the palette, which the status bar then shows', async () => {
    await control.runCommand('MLflow: Start Run', 'main-job');
    run = await activeRunWhere(api, ({ info }) => info.runName === 'main-job');
    await control.statusBarItem('main-job');
  });

  it('logs a metric and a parameter from the palette', async () => {
    const answer = async (title: string, question: string, text: string) => {
      await control.question(title, question);
      await control.answer(text);
    };
    await control.runCommand('MLflow: Log Parameter');
    await control.question('Log Parameter in main-job');
    await control.type('lr');
    await control.question('Log Parameter in main-job', 'new parameter');
    await control.accept();
    await answer('Log Parameter in main-job', 'Value of parameter "lr"', '0.01');
    await control.closed();
    await control.runCommand('MLflow: Log Metric');
    await control.question('Log Metric in main-job');
    await control.type('acc');
    await control.question('Log Metric in main-job', 'new metric');
    await control.accept();
    await answer('Log Metric in main-job', 'Value of metric "acc"', '0.5');
    await answer('Log Metric in main-job', 'Step of metric "acc"', '1');
    await control.closed();
    await eventually(async () => {
      const { params, metrics } = await api.getRun(run.info.runId);
      return params.get('lr') === '0.01' && metrics.get('acc')?.value === 0.5;
    });
  });

  it('takes a thousand metrics at once', async () => {
    await Promise.all(Array.from({ length: 1000 }, (_, step) => api.logMetric('loss', 1 / (step + 1), step)));
    const { metrics } = await api.getRun(run.info.runId);
    assert.equal(metrics.get('loss')?.step, 999);
  });

  it('brings 2,400 files in new nested folders into the run', async () => {
    await control.row('Active Run', 'Artifacts');
    const folders = Array.from({ length: 80 }, (_, index) =>
      join(outputs, `part ${index % 8}`, `b${index}`, 'c'),
    );
    await Promise.all(folders.map(folder => mkdir(folder, { recursive: true })));
    const files = folders.flatMap(folder =>
      Array.from({ length: 30 }, (_, index) => join(folder, `${index}.txt`)),
    );
    await Promise.all(files.map(file => writeFile(file, file)));
    await control.row('Active Run', '2400 sent');
    for (const file of files) {
      assert.equal(await readFile(artifactFile(run, file.slice(outputs.length + 1)), 'utf8'), file);
    }
  });

  it('brings a file that is written slowly whole, once for each time that it is completed', async () => {
    const slow = join(outputs, 'slow.bin');
    const arrived = artifactFile(run, 'slow.bin');
    const arrivals = new Emitter<void>();
    let count = 0;
    const watcher = watch(dirname(arrived), (event, name) => {
      if (event !== 'rename' || name !== basename(arrived)) return;
      count++;
      arrivals.fire();
    });
    try {
      for (const completion of [1, 2]) {
        const file = await open(slow, 'a');
        // Longer than a file has to be quiet to count as complete: the pauses are what is tested.
        for (const part of [1, 2, 3]) {
          await file.write(`${completion}.${part}\n`);
          await pause(1500);
        }
        await file.close();
        await found(arrivals.event, () => count >= completion || undefined);
        assert.deepEqual(await readFile(arrived), await readFile(slow));
        await control.row('Active Run', 'Everything has been sent');
        assert.equal(count, completion);
      }
    } finally {
      watcher.close();
    }
  });

  it('is left in the middle, with a file just written', async () => {
    await keepForNextPhase({ slowArrived: (await stat(artifactFile(run, 'slow.bin'))).mtimeMs });
    await writeFile(join(outputs, 'late.txt'), 'just before the reload');
  });
});
