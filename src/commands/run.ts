import * as vscode from 'vscode';
import type { RunInfo } from '../tracking/entities.ts';
import { TrackingError } from '../tracking/errors.ts';
import { messageOf, validateRunName } from '../tracking/validation.ts';
import { findActive } from './activeRuns.ts';
import { askText } from './ask.ts';
import { clickedNode, clickedRuns } from './clicked.ts';
import { readOptions } from './options.ts';
import { offer } from './registry.ts';
import { pickRun } from './runPick.ts';
import type { CommandServices } from './services.ts';

export function runCommands(services: CommandServices) {
  const { connection, experiments, fluent, log, outbox } = services;

  /** The clicked runs of the wanted stage, else one that the person chooses. */
  const targets = async (
    args: readonly unknown[],
    title: string,
    stage: RunInfo['lifecycleStage'] = 'active',
  ): Promise<readonly RunInfo[]> => {
    const clicked = clickedRuns(args, services).filter(({ lifecycleStage }) => lifecycleStage === stage);
    if (clicked.length > 0) return clicked;
    const info = await pickRun(services, { title }, stage === 'active' ? 'ACTIVE_ONLY' : 'DELETED_ONLY');
    return info ? [info] : [];
  };

  const rename = async (runId: string, name: string) => {
    validateRunName(name);
    const active = findActive(services, runId);
    if (active) await outbox.submit(active.ref, { kind: 'update', update: { runName: name } });
    else await (await connection.currentStore()).updateRun(runId, { runName: name });
  };

  const remove = async (runIds: readonly string[]) => {
    refuseActive(runIds);
    const store = await connection.currentStore();
    for (const runId of runIds) await store.deleteRun(runId);
  };

  const restore = async (runIds: readonly string[]) => {
    const store = await connection.currentStore();
    for (const runId of runIds) await store.restoreRun(runId);
  };

  /** A deleted run can't be written to any more. */
  const refuseActive = (runIds: readonly string[]) => {
    const active = runIds.map(runId => findActive(services, runId)).find(run => run !== undefined);
    if (!active) return;
    throw new TrackingError(
      'INVALID_STATE',
      `Run "${active.info.runName}" is active: end it before you delete it.`,
    );
  };

  return {
    'runlight.renameRun': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runId: 'string', name: 'string' });
      if (options) return rename(options.runId, options.name);
      const [info] = await targets(args.slice(0, 1), vscode.l10n.t('Rename Run'));
      if (!info) return;
      const name = await askText({
        title: vscode.l10n.t('Rename Run {0}', info.runName),
        value: info.runName,
        prompt: vscode.l10n.t('Name of the run'),
        validate: text => messageOf(() => validateRunName(text)),
      });
      if (typeof name === 'string' && name !== info.runName) await rename(info.runId, name);
    },

    'runlight.deleteRun': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runIds: 'list' });
      if (options) return remove(options.runIds);
      const runs = await targets(args, vscode.l10n.t('Delete Run'));
      const runIds = runs.map(({ runId }) => runId);
      refuseActive(runIds);
      if (runs.length === 0 || !(await confirmDeletion(runs))) return;
      await remove(runIds);
      offer(log, vscode.l10n.t('Deleted {0}.', named(runs)), vscode.l10n.t('Undo'), () => restore(runIds));
    },

    'runlight.restoreRun': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runIds: 'list' });
      if (options) return restore(options.runIds);
      const runs = await targets(args, vscode.l10n.t('Restore Run'), 'deleted');
      await restore(runs.map(({ runId }) => runId));
    },

    /** Shows a run in the Experiments view: the active one, unless another is named or clicked. */
    'runlight.revealRun': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runId: 'string?' });
      const runId =
        options?.runId ?? clickedNode(args, 'stackRun')?.info.runId ?? fluent.activeRun()?.info.runId;
      const asked =
        runId ?? (await pickRun(services, { title: vscode.l10n.t('Show Run') }, 'ACTIVE_ONLY'))?.runId;
      if (asked !== undefined) await experiments.reveal(asked);
    },
  };
}

async function confirmDeletion(runs: readonly RunInfo[]): Promise<boolean> {
  const remove = vscode.l10n.t('Delete');
  const answer = await vscode.window.showWarningMessage(
    vscode.l10n.t('Delete {0}?', named(runs)),
    {
      modal: true,
      detail: vscode.l10n.t('Nothing is erased: "MLflow: Restore Run" brings it back. Nested runs stay.'),
    },
    remove,
  );
  return answer === remove;
}

function named(runs: readonly RunInfo[]): string {
  return runs.length === 1
    ? vscode.l10n.t('run "{0}"', runs[0]?.runName ?? '')
    : vscode.l10n.t('{0} runs', runs.length);
}
