import * as vscode from 'vscode';
import { invalid } from '../tracking/errors.ts';
import type { PinnedColumns } from '../services/trackingModel/viewOptions.ts';
import type { ExperimentsNode } from '../views/nodes.ts';
import { Pressed } from './ask.ts';
import { pickExperiment } from './experimentPick.ts';
import { keysOf, siblingsOf } from './knownKeys.ts';
import { readOptions } from './options.ts';
import { type Choice, pick } from './pick.ts';
import type { CommandServices } from './services.ts';

/** Pins what is shown beside the runs of an experiment: a clicked metric or parameter, or one that is chosen. */
export async function pinColumn(services: CommandServices, args: readonly unknown[]): Promise<void> {
  const { model } = services;
  const options = readOptions(args, { experimentId: 'string', metric: 'string?', param: 'string?' });
  if (options) {
    const { experimentId, ...columns } = options;
    model.pin(experimentId, columns);
    return;
  }
  const [clicked] = args as readonly [ExperimentsNode?];
  switch (clicked?.kind) {
    case 'metric': {
      toggle(services, clicked.run.info.experimentId, { metric: clicked.metric.key });
      return;
    }
    case 'param': {
      toggle(services, clicked.run.info.experimentId, { param: clicked.key });
      return;
    }
    default: {
      const experimentId =
        clicked?.kind === 'experiment'
          ? clicked.experiment.experimentId
          : clicked?.kind === 'run'
            ? clicked.run.info.experimentId
            : await chosenExperiment(services);
      if (experimentId === undefined) return;
      const columns = await askForColumns(services, experimentId);
      if (columns) model.pin(experimentId, columns);
    }
  }
}

/** Pinning what is pinned lets it go; a metric and a parameter can be pinned together. */
function toggle({ model }: CommandServices, experimentId: string, column: PinnedColumns): void {
  const before = model.state.current.pinned[experimentId] ?? {};
  const [[kind, key]] = Object.entries(column) as [['metric' | 'param', string]];
  model.pin(experimentId, { ...before, [kind]: before[kind] === key ? undefined : key });
}

async function chosenExperiment({ choice, connection }: CommandServices): Promise<string | undefined> {
  const store = await connection.currentStore();
  const answer =
    choice.experimentIdIn(store.uri) ??
    (await pickExperiment(store, {
      title: vscode.l10n.t('Experiment Whose Runs Show a Column'),
      viewType: 'ACTIVE_ONLY',
    }));
  return answer instanceof Pressed ? undefined : typeof answer === 'string' ? answer : answer?.experimentId;
}

async function askForColumns(
  { connection }: CommandServices,
  experimentId: string,
): Promise<PinnedColumns | undefined> {
  const runs = await siblingsOf(await connection.currentStore(), experimentId);
  const choices: readonly Choice<PinnedColumns>[] = [
    { label: vscode.l10n.t('$(clear-all) First metric by name'), value: {} },
    ...[...keysOf(runs, run => run.metrics).keys()].map(metric => ({
      label: metric,
      description: vscode.l10n.t('metric'),
      value: { metric },
    })),
    ...[...keysOf(runs, run => run.params).keys()].map(param => ({
      label: param,
      description: vscode.l10n.t('parameter'),
      value: { param },
    })),
  ];
  if (choices.length === 1) {
    throw invalid(vscode.l10n.t('The runs of this experiment have no metrics and no parameters to pin yet.'));
  }
  const answer = await pick({ title: vscode.l10n.t('Show Beside Runs') }, choices);
  return answer instanceof Pressed ? undefined : answer;
}
