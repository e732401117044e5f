import * as vscode from 'vscode';
import type { Experiment } from '../tracking/entities.ts';
import type { NextExperiment } from '../tracking/nextExperiment.ts';
import { TrackingError } from '../tracking/errors.ts';
import type { TrackingStore } from '../tracking/store/trackingStore.ts';
import { messageOf, validateExperimentName } from '../tracking/validation.ts';
import { askText, Pressed } from './ask.ts';
import { clickedExperiments, clickedNode } from './clicked.ts';
import { pickExperiment } from './experimentPick.ts';
import { readOptions } from './options.ts';
import { offer } from './registry.ts';
import type { CommandServices } from './services.ts';

export function experimentCommands(services: CommandServices) {
  const { connection, choice, log } = services;

  const choose = (store: TrackingStore, experimentId: string, name: string) =>
    choice.choose({ storeUri: store.uri, experimentId, name });

  const restore = async (experimentId: string) =>
    (await connection.currentStore()).restoreExperiment(experimentId);

  const remove = async (store: TrackingStore, experimentIds: readonly string[]) => {
    refuseActive(services, experimentIds, store);
    for (const experimentId of experimentIds) {
      await store.deleteExperiment(experimentId);
      if (choice.experimentIdIn(store.uri) === experimentId) await choice.choose(undefined);
    }
  };

  /** The clicked experiments, else one that the person chooses. */
  const targets = async (
    args: readonly unknown[],
    title: string,
    viewType: 'ACTIVE_ONLY' | 'DELETED_ONLY' = 'ACTIVE_ONLY',
  ): Promise<readonly ExistingExperiment[]> => {
    const stage = viewType === 'ACTIVE_ONLY' ? 'active' : 'deleted';
    const clicked = clickedExperiments(args, services).filter(
      ({ lifecycleStage }) => lifecycleStage === stage,
    );
    if (clicked.length > 0) return clicked;
    const answer = await pickExperiment(await connection.currentStore(), { title, viewType });
    return isExisting(answer) ? [answer] : [];
  };

  return {
    /** @returns the new experiment's id, or that of the deleted one that was restored instead. */
    'runlight.createExperiment': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { name: 'string', artifactLocation: 'string?' });
      const store = await connection.currentStore();
      if (options) {
        const { name, artifactLocation } = options;
        return store.createExperiment(name, { artifactLocation });
      }
      const answer = await askForName(store, vscode.l10n.t('Create Experiment'));
      if (answer === undefined) return undefined;
      if (!(answer instanceof Pressed)) return store.createExperiment(answer);
      const deleted = await store.getExperimentByName(answer.value);
      if (deleted?.lifecycleStage !== 'deleted')
        return vscode.commands.executeCommand('runlight.restoreExperiment');
      await store.restoreExperiment(deleted.experimentId);
      return deleted.experimentId;
    },

    'runlight.renameExperiment': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { experimentId: 'string', name: 'string' });
      const store = await connection.currentStore();
      if (options) return store.renameExperiment(options.experimentId, options.name);
      const [experiment] = await targets(args.slice(0, 1), vscode.l10n.t('Rename Experiment'));
      if (!experiment) return;
      const title = vscode.l10n.t('Rename Experiment {0}', experiment.name);
      const name = await askForName(store, title, experiment.name);
      if (typeof name !== 'string' || name === experiment.name) return;
      await store.renameExperiment(experiment.experimentId, name);
      if (choice.experimentIdIn(store.uri) === experiment.experimentId) {
        await choose(store, experiment.experimentId, name);
      }
    },

    'runlight.deleteExperiment': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { experimentId: 'string' });
      const store = await connection.currentStore();
      if (options) return remove(store, [options.experimentId]);
      const experiments = await targets(args, vscode.l10n.t('Delete Experiment'));
      const ids = experiments.map(({ experimentId }) => experimentId);
      refuseActive(services, ids, store);
      if (experiments.length === 0 || !(await confirmDeletion(store, experiments))) return;
      await remove(store, ids);
      offer(log, vscode.l10n.t('Deleted {0}.', named(experiments)), vscode.l10n.t('Undo'), () =>
        Promise.all(ids.map(id => store.restoreExperiment(id))),
      );
    },

    'runlight.restoreExperiment': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { experimentId: 'string' });
      if (options) return restore(options.experimentId);
      const experiments = await targets(args, vscode.l10n.t('Restore Experiment'), 'DELETED_ONLY');
      for (const { experimentId } of experiments) await restore(experimentId);
    },

    /** @returns the id of the experiment that runs go to from now on. */
    'runlight.chooseExperiment': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { experimentId: 'string' });
      const store = await connection.currentStore();
      if (options) {
        const { experimentId, name } = await store.getExperiment(options.experimentId);
        await choose(store, experimentId, name);
        return experimentId;
      }
      const clicked = clickedNode(args, 'experiment');
      const title = vscode.l10n.t('Choose the Experiment of New Runs');
      const answer =
        clicked?.experiment ??
        (await pickExperiment(store, { title, viewType: 'ACTIVE_ONLY', offerNew: true }));
      if (!answer || answer instanceof Pressed) return undefined;
      const experimentId = answer.experimentId ?? (await store.createExperiment(answer.name));
      await choose(store, experimentId, answer.name);
      return experimentId;
    },
  };
}

type ExistingExperiment = Pick<Experiment, 'experimentId' | 'name'>;

const isExisting = (answer: NextExperiment | Pressed | undefined): answer is ExistingExperiment =>
  answer !== undefined && !(answer instanceof Pressed) && answer.experimentId !== undefined;

const restoreButton = (): vscode.QuickInputButton => ({
  iconPath: new vscode.ThemeIcon('discard'),
  tooltip: vscode.l10n.t('Restore the Deleted Experiment'),
});

/**
 * A name that no other experiment has; `Pressed` for the name of a deleted one that is to be restored.
 * @param current the name of the experiment that is renamed.
 */
function askForName(
  store: TrackingStore,
  title: string,
  current?: string,
): Promise<string | Pressed | undefined> {
  return askText({
    title,
    value: current,
    prompt: vscode.l10n.t('Name of the experiment'),
    buttons: current === undefined ? [restoreButton()] : [],
    validate: async name => {
      const refusal = messageOf(() => validateExperimentName(name));
      if (refusal !== undefined || name === current) return refusal;
      switch ((await store.getExperimentByName(name))?.lifecycleStage) {
        case undefined:
          return undefined;
        case 'active':
          return vscode.l10n.t('There is an experiment "{0}" already: choose another name.', name);
        case 'deleted':
          return current === undefined
            ? vscode.l10n.t(
                'A deleted experiment has the name "{0}": restore it with the button above, or choose another name.',
                name,
              )
            : vscode.l10n.t('A deleted experiment has the name "{0}": choose another name.', name);
      }
    },
  });
}

/** @throws TrackingError INVALID_STATE while a run of theirs is active: it could not be written to any more. */
function refuseActive(
  { fluent }: CommandServices,
  experimentIds: readonly string[],
  store: TrackingStore,
): void {
  const active = fluent.stack.current.find(
    ({ ref, info }) => ref.storeUri === store.uri && experimentIds.includes(info.experimentId),
  );
  if (active) {
    throw new TrackingError(
      'INVALID_STATE',
      `Run "${active.info.runName}" of this experiment is active: end it before you delete the experiment.`,
    );
  }
}

async function confirmDeletion(
  store: TrackingStore,
  experiments: readonly ExistingExperiment[],
): Promise<boolean> {
  const counts = await store.countRuns(experiments.map(({ experimentId }) => experimentId));
  const runs = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const what = named(experiments);
  const remove = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    runs === 0
      ? vscode.l10n.t('Delete {0}?', what)
      : vscode.l10n.t('Delete {0} and all runs in it ({1})?', what, runs),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Nothing is erased: "MLflow: Restore Experiment" brings it back, with all its runs. Until then its name stays taken.',
      ),
    },
    remove,
  );
  return answer === remove;
}

function named(experiments: readonly ExistingExperiment[]): string {
  return experiments.length === 1
    ? vscode.l10n.t('experiment "{0}"', experiments[0]?.name ?? '')
    : vscode.l10n.t('{0} experiments', experiments.length);
}
