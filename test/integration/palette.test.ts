import assert from 'node:assert/strict';
import { afterEach, before, describe, it } from 'mocha';
import * as vscode from 'vscode';
import type { RunlightApi } from '../../src/api.ts';
import type { Experiment, Run } from '../../src/tracking/entities.ts';
import type { TrackingStore } from '../../src/tracking/store/trackingStore.ts';
import { control } from './support/control.ts';
import {
  activated,
  activeRunWhere,
  endAll,
  eventually,
  execute,
  found,
  refusal,
} from './support/extension.ts';

let api: RunlightApi;

before(async () => {
  api = await activated();
});

afterEach(async () => {
  await endAll(api);
  await vscode.commands.executeCommand('notifications.clearAll');
  await vscode.commands.executeCommand('notifications.hideList');
});

/** The active run as its store has it, once that is as wanted. */
async function storedWhere(wanted: (run: Run) => boolean): Promise<Run> {
  const active = api.activeRun();
  assert.ok(active, 'no run is active');
  return found(active.store.onDidChange, async () => {
    const run = await active.store.getRun(active.info.runId);
    return wanted(run) ? run : undefined;
  });
}

const nameOf = async (experimentId: string | undefined) =>
  (await api.listExperiments()).find(experiment => experiment.experimentId === experimentId)?.name;

describe('Starting a run from the palette', () => {
  it('takes one box: where it goes in the title, a name to accept, refused while it is wrong', async () => {
    await execute('runlight.createExperiment', { name: 'from the palette' });
    await control.runCommand('MLflow: Start Run');
    const asked = await control.question('Start Run in');
    const [, random] = /^Start Run in a New Experiment, ([a-z]+-[a-z]+-\d+)$/.exec(asked.title) ?? [];
    assert.match(asked.value, /^[a-z]+-[a-z]+-\d+$/);
    await control.type('');
    await control.question('Start Run in', 'A run needs a name');
    await control.type('first of the palette');
    await control.accept();
    const { info } = await activeRunWhere(api, run => run.info.runName === 'first of the palette');
    assert.equal(await nameOf(info.experimentId), random);

    await api.endRun();
    await control.runCommand('MLflow: Start Run');
    assert.equal((await control.question('Start Run in')).title, `Start Run in ${random ?? ''}`);
    await control.dismiss();
    assert.equal(api.activeRun(), undefined);
  });

  it('goes to another experiment by a button of the box, which keeps the name', async () => {
    await control.runCommand('MLflow: Start Run');
    await control.question('Start Run in');
    await control.type('kept name');
    await control.pressButton('Choose Another Experiment');
    await control.question('Experiment of the Run', 'from the palette');
    await control.answer('from the palette');
    assert.equal((await control.question('Start Run in from the palette')).value, 'kept name');
    await control.accept();
    const { info } = await activeRunWhere(api, run => run.info.runName === 'kept name');
    assert.equal(await nameOf(info.experimentId), 'from the palette');
  });

  it('creates an experiment that does not exist yet on the way', async () => {
    await control.runCommand('MLflow: Start Run');
    await control.question('Start Run in');
    await control.pressButton('Choose Another Experiment');
    await control.question('Experiment of the Run');
    await control.answer('made on the way');
    await control.question('Start Run in a New Experiment, made on the way');
    await control.accept();
    const { info } = await activeRunWhere(api, () => true);
    assert.equal(await nameOf(info.experimentId), 'made on the way');
  });

  it('asks what becomes of the active run: nested in it, or after it', async () => {
    const outer = await execute<string>('runlight.startRun', { runName: 'outer' });
    await control.runCommand('MLflow: Start Run', 'nested');
    await control.question('Start Nested Run of outer in');
    await control.accept();
    const inner = await activeRunWhere(api, run => run.info.runId !== outer);
    const { tags, info } = await api.getRun(inner.info.runId);
    assert.equal(tags.get('mlflow.parentRunId'), outer);
    assert.equal(info.experimentId, (await api.getRun(outer)).info.experimentId);

    await control.runCommand('MLflow: Start Run', 'finished first');
    await control.question('Start Run in');
    await control.type('after');
    await control.accept();
    await activeRunWhere(api, run => run.info.runName === 'after');
    assert.equal((await api.getRun(outer)).info.status, 'FINISHED');
    assert.equal((await api.getRun(inner.info.runId)).info.status, 'FINISHED');
  });

  it('resumes a run that is looked for by its name, or pasted by its id', async () => {
    const runId = await execute<string>('runlight.startRun', { runName: 'to resume' });
    await execute('runlight.endRun', {});
    await control.runCommand('MLflow: Resume Run', 'to resume');
    await activeRunWhere(api, run => run.info.runId === runId);
    await execute('runlight.endRun', {});
    await control.runCommand('MLflow: Resume Run');
    await control.question('Resume Run');
    await control.type(runId);
    await control.question('Resume Run', 'to resume');
    await control.accept();
    await activeRunWhere(api, run => run.info.runId === runId);
  });
});

describe('Logging from the palette', () => {
  it('asks for key, value and step, each refused while it is wrong, with the way back', async () => {
    const runId = await execute<string>('runlight.startRun', { runName: 'logs' });
    await execute('runlight.logMetric', { key: 'train/acc', value: 0.5, step: 7 });
    const title = 'Log Metric in logs';

    await control.runCommand('MLflow: Log Metric');
    assert.match((await control.question(title, 'train/acc')).title, /\(1\/3\)/);
    await control.type('a#b');
    await control.question(title, 'Metric key "a#b" contains "#"');
    await control.accept();
    await control.type('loss');
    await control.question(title, 'new metric');
    await control.accept();
    await control.question(title, 'Value of metric "loss"');
    await control.type('high');
    await control.question(title, 'A metric is a number such as');
    await control.pressButton('Back');
    assert.equal((await control.question(title, 'new metric')).value, 'loss');
    await control.type('train/acc');
    await control.accept();
    await control.question(title, 'Value of metric "train/acc"');
    await control.answer('-1e-3');
    const step = await control.question(title, 'Step of metric "train/acc"');
    assert.equal(step.value, '8');
    await control.type('1.5');
    await control.question(title, 'A step is a whole number');
    await control.type('9');
    await control.accept();
    const { metrics } = await storedWhere(run => run.metrics.get('train/acc')?.step === 9);
    assert.equal(metrics.get('train/acc')?.value, -0.001);
    assert.equal(metrics.size, 1);
    assert.equal(api.activeRun()?.info.runId, runId);
  });

  it('refuses a parameter that has another value while its key is typed', async () => {
    await execute('runlight.startRun', { runName: 'logs' });
    await execute('runlight.logParam', { key: 'lr', value: '0.01' });
    await control.runCommand('MLflow: Log Parameter');
    await control.question('Log Parameter in logs');
    await control.type('lr');
    await control.question('Log Parameter in logs', 'Parameter "lr" already has the value 0.01 in this run');
    await control.type('lr2');
    await control.question('Log Parameter in logs', 'new parameter');
    await control.accept();
    await control.question('Log Parameter in logs', 'Value of parameter "lr2"');
    await control.answer('0.02');
    await storedWhere(run => run.params.get('lr2') === '0.02');
  });

  it('sets a tag, with the present value to change', async () => {
    await execute('runlight.startRun', { runName: 'logs' });
    await execute('runlight.setTag', { key: 'stage', value: 'first' });
    await control.runCommand('MLflow: Set Tag', 'stage');
    assert.equal((await control.question('Set Tag in logs', 'Value of tag "stage"')).value, 'first');
    await control.type('second');
    await control.accept();
    await storedWhere(run => run.tags.get('stage') === 'second');
  });

  it('starts a run where none is active, and says so', async () => {
    await control.runCommand('MLflow: Log Parameter');
    await control.question('Log Parameter in a New Run');
    await control.answer('seed');
    await control.question('Log Parameter in a New Run', 'Value of parameter "seed"');
    await control.answer('42');
    const run = await activeRunWhere(api, () => true);
    assert.match(await control.notification('No run was active'), new RegExp(run.info.runName));
    await control.pressButton('Show Run');
    await storedWhere(({ params }) => params.get('seed') === '42');
    await control.row('Experiments', run.info.runName);
  });
});

describe('Ending a run from the palette', () => {
  for (const [title, status] of [
    ['MLflow: End Run', 'FINISHED'],
    ['MLflow: End Run as Failed', 'FAILED'],
    ['MLflow: End Run as Killed', 'KILLED'],
  ] as const) {
    it(`${title.slice(8)}: ${status}`, async () => {
      const runId = await execute<string>('runlight.startRun', { runName: `to be ${status}` });
      const store = api.activeRun()?.store;
      assert.ok(store);
      // The palette has the command from when the window knows that a run is active.
      await control.statusBarItem(`to be ${status}`);
      await control.runCommand(title);
      await found(store.onDidChange, async () =>
        (await store.getRun(runId)).info.status === status ? true : undefined,
      );
    });
  }
});

describe('Experiments from the palette', () => {
  it('are created by a name that no other has; a deleted one of that name can be restored instead', async () => {
    await execute('runlight.createExperiment', { name: 'taken' });
    const deleted = await execute<string>('runlight.createExperiment', { name: 'once' });
    await execute('runlight.deleteExperiment', { experimentId: deleted });
    await control.runCommand('MLflow: Create Experiment');
    await control.question('Create Experiment');
    await control.type('taken');
    await control.question('Create Experiment', 'There is an experiment "taken" already');
    await control.accept();
    await control.type('once');
    await control.question('Create Experiment', 'A deleted experiment has the name "once"');
    await control.pressButton('Restore the Deleted Experiment');
    await experimentWhere('once', ({ lifecycleStage }) => lifecycleStage === 'active');

    await control.runCommand('MLflow: Create Experiment', 'fresh');
    await experimentWhere('fresh', () => true);
  });

  it('are renamed and chosen', async () => {
    const experimentId = await execute<string>('runlight.createExperiment', { name: 'old name' });
    await control.runCommand('MLflow: Rename Experiment', 'old name');
    assert.equal((await control.question('Rename Experiment old name')).value, 'old name');
    await control.type('new name');
    await control.accept();
    await experimentWhere('new name', experiment => experiment.experimentId === experimentId);
    await control.runCommand('MLflow: Choose Experiment', 'new name');
    await control.row('Experiments', 'new name');
    await control.runCommand('MLflow: Start Run');
    await control.question('Start Run in new name');
    await control.dismiss();
  });

  const experimentWhere = async (name: string, wanted: (experiment: Experiment) => boolean) => {
    const store = await currentStore();
    return found(store.onDidChange, async () => {
      const experiment = await store.getExperimentByName(name);
      return experiment && wanted(experiment) ? experiment : undefined;
    });
  };
});

/** The store of the current tracking URI, by way of a run in it. */
async function currentStore(): Promise<TrackingStore> {
  const run = await api.startRun({ runName: 'for its store' });
  await run.end();
  return run.store;
}

describe('The Experiments view', () => {
  let runId: string;

  before(async () => {
    await vscode.commands.executeCommand('runlight.experiments.focus');
    const experimentId = await execute<string>('runlight.createExperiment', { name: 'shown' });
    await execute('runlight.chooseExperiment', { experimentId });
    runId = await execute<string>('runlight.startRun', { runName: 'good one' });
    await execute('runlight.logMetric', { key: 'val/acc', value: 0.91 });
    await execute('runlight.logParam', { key: 'lr', value: '0.01' });
    await execute('runlight.endRun', {});
    await execute('runlight.startRun', { runName: 'bad one' });
    await execute('runlight.logMetric', { key: 'val/acc', value: 0.12 });
    await execute('runlight.endRunFailed', {});
    await expanded('bad one');
  });

  /** The view opens what a filter finds, and closes it again after that. */
  const expanded = async (run: string) => {
    await eventually(async () => {
      await control.expandRow('Experiments', 'shown');
      return (await names()).includes(run);
    });
  };

  const names = async (): Promise<readonly string[]> =>
    (await control.readRows('Experiments')).map(({ label }) => label);

  it('is filtered while the filter is typed, with completion, and as before when that is dismissed', async () => {
    await control.runCommand('MLflow: Filter Runs');
    await control.question('Filter Runs');
    await control.type('metrics.');
    await control.question('Filter Runs', 'metrics.`val/acc`');
    await control.type('metrics.`val/acc` > ');
    await control.question('Filter Runs', 'expected a number');
    await control.type('metrics.`val/acc` > 0.5');
    await control.question('Filter Runs', 'Show runs that match');
    await eventually(async () => !(await names()).includes('bad one'));
    await control.dismiss();
    await expanded('bad one');

    await control.runCommand('MLflow: Filter Runs');
    await control.question('Filter Runs');
    await control.type('good');
    await control.question('Filter Runs', 'Show runs that match good');
    await control.accept();
    await control.closed();
    await eventually(async () => !(await names()).includes('bad one'));
    assert.ok((await names()).includes('good one'));
    await execute('runlight.clearFilter');
    await expanded('bad one');
    await assert.rejects(
      execute('runlight.filterRuns', { filter: 'metrics.acc >' }),
      refusal('INVALID_PARAMETER_VALUE', /expected a number/),
    );
    await execute('runlight.filterRuns', { filter: "attributes.status = 'FAILED'" });
    await eventually(async () => !(await names()).includes('good one'));
    await execute('runlight.filterRuns', { filter: '' });
    await expanded('good one');
  });

  it('is sorted by a metric', async () => {
    const runs = async () => (await names()).filter(name => name.endsWith(' one'));
    assert.deepEqual(await runs(), ['bad one', 'good one']);
    await control.runCommand('MLflow: Sort Runs', 'val/acc, highest first');
    await eventually(async () => (await runs()).join() === ['good one', 'bad one'].join());
    await execute('runlight.sortRuns', { orderBy: ['metrics.`val/acc` ASC'] });
    await eventually(async () => (await runs()).join() === ['bad one', 'good one'].join());
    await assert.rejects(
      execute('runlight.sortRuns', { orderBy: ['datasets.name'] }),
      refusal('INVALID_PARAMETER_VALUE', /sort/),
    );
    await execute('runlight.sortRuns', { orderBy: [] });
  });

  it('renames, deletes and restores by the menu of a row', async () => {
    await control.chooseFromRow('Experiments', 'good one', 'Rename Run');
    assert.equal((await control.question('Rename Run good one')).value, 'good one');
    await control.type('better one');
    await control.accept();
    await control.row('Experiments', 'better one');
    assert.equal((await api.getRun(runId)).info.runName, 'better one');

    await execute('runlight.deleteRun', { runIds: [runId] });
    await eventually(async () => !(await names()).includes('better one'));
    await execute('runlight.showDeleted');
    await expanded('better one');
    await control.chooseFromRow('Experiments', 'better one', 'Restore Run');
    await eventually(async () => !(await names()).includes('better one'));
    await execute('runlight.showActive');
    await expanded('better one');
  });

  it('shows what is pinned beside its runs', async () => {
    const { info } = await api.getRun(runId);
    await execute('runlight.pinColumn', { experimentId: info.experimentId, param: 'lr' });
    await control.row('Experiments', 'lr 0.01');
    await execute('runlight.pinColumn', { experimentId: info.experimentId });
    await control.row('Experiments', 'val/acc 0.91');
  });
});

describe('A failing command', () => {
  it('is said once, with the way to the log', async () => {
    await execute('runlight.startRun', { runName: 'still active' });
    await control.statusBarItem('still active');
    await vscode.commands.executeCommand('workbench.view.explorer');
    await control.runCommand('MLflow: Delete Run', 'still active');
    const said = await control.notification('Run "still active" is active: end it before you delete it.');
    assert.match(said, /Show Log/);
    assert.equal((await control.notifications()).length, 1);
    await control.pressButton('Show Log');
    await found(vscode.window.onDidChangeVisibleTextEditors, () =>
      vscode.window.visibleTextEditors.find(({ document }) =>
        /^output:.*MLflow/.test(document.uri.toString()),
      ),
    );
  });

  it('is not said where the caller is told', async () => {
    await assert.rejects(execute('runlight.logMetric', { key: '', value: 1 }), /Metric key is empty/);
    assert.deepEqual(await control.notifications(), []);
  });
});
