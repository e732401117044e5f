import * as vscode from 'vscode';
import type { CommandId } from '../contributions.ts';
import { unreachableChoices } from './activeRuns.ts';
import { Pressed } from './ask.ts';
import { type Choice, pick } from './pick.ts';
import type { CommandServices } from './services.ts';

export function runActionCommands({ activeRun }: CommandServices) {
  return {
    /** What the status bar offers for the state that the active run is in. */
    'runlight.showRunActions': async () => {
      const state = activeRun.state.current;
      const title = 'run' in state ? state.run.info.runName : 'runName' in state ? state.runName : undefined;
      const answer = await pick<() => unknown>(
        { title: title === undefined ? vscode.l10n.t('MLflow') : vscode.l10n.t('Run {0}', title) },
        actionsIn(activeRun),
      );
      if (answer !== undefined && !(answer instanceof Pressed)) await answer();
    },
  };
}

function actionsIn(activeRun: CommandServices['activeRun']): readonly Choice<() => unknown>[] {
  const state = activeRun.state.current;
  switch (state.kind) {
    case 'none':
      return startingActions();
    case 'elsewhere':
      return [
        {
          label: vscode.l10n.t('$(multiple-windows) Another window of this workspace has this run'),
          detail: vscode.l10n.t('End it there, or close that window.'),
        },
        action(vscode.l10n.t('$(target) Show run'), 'runlight.revealRun'),
      ];
    case 'unreachable':
      return unreachableChoices(activeRun, state);
    case 'active':
    case 'ending':
      return state.kind === 'active'
        ? [...endingActions(), ...loggingActions(), ...lookingActions()]
        : lookingActions();
  }
}

const action = (label: string, id: CommandId): Choice<() => unknown> => ({
  label,
  value: () => vscode.commands.executeCommand(id),
});

const startingActions = () => [
  action(vscode.l10n.t('$(record) Start run'), 'runlight.startRun'),
  action(vscode.l10n.t('$(debug-continue) Resume run'), 'runlight.resumeRun'),
  action(vscode.l10n.t('$(beaker) Choose experiment'), 'runlight.chooseExperiment'),
];

const endingActions = () => [
  action(vscode.l10n.t('$(pass) End run as finished'), 'runlight.endRun'),
  action(vscode.l10n.t('$(error) End run as failed'), 'runlight.endRunFailed'),
  action(vscode.l10n.t('$(circle-slash) End run as killed'), 'runlight.endRunKilled'),
];

const loggingActions = () => [
  separator(),
  action(vscode.l10n.t('$(graph-line) Log metric'), 'runlight.logMetric'),
  action(vscode.l10n.t('$(symbol-parameter) Log parameter'), 'runlight.logParam'),
  action(vscode.l10n.t('$(tag) Set tag'), 'runlight.setTag'),
  action(vscode.l10n.t('$(file-add) Log file or folder as artifact'), 'runlight.logArtifact'),
  action(vscode.l10n.t('$(search) Look for new output files'), 'runlight.rescanOutputs'),
  action(vscode.l10n.t('$(list-tree) Start nested run'), 'runlight.startNestedRun'),
];

const lookingActions = () => [
  separator(),
  action(vscode.l10n.t('$(target) Show run'), 'runlight.revealRun'),
  action(vscode.l10n.t('$(copy) Copy run ID'), 'runlight.copyRunId'),
  action(vscode.l10n.t('$(code) Copy code that loads the run'), 'runlight.copyLoadSnippet'),
];

const separator = (): Choice<() => unknown> => ({ label: '', kind: vscode.QuickPickItemKind.Separator });
