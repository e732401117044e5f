import * as vscode from 'vscode';
import { type RunInfo, SourceType } from '../tracking/entities.ts';
import { invalid } from '../tracking/errors.ts';
import type { StartRunOptions } from '../tracking/fluent.ts';
import type { NextExperiment } from '../tracking/nextExperiment.ts';
import { randomRunName } from '../tracking/runNames.ts';
import { messageOf, validateRunName } from '../tracking/validation.ts';
import { unreachableChoices } from './activeRuns.ts';
import { askText, Pressed } from './ask.ts';
import { clickedNode } from './clicked.ts';
import { endWithProgress } from './endRun.ts';
import { pickExperiment } from './experimentPick.ts';
import { readOptions } from './options.ts';
import { pick } from './pick.ts';
import { pickRun } from './runPick.ts';
import type { CommandServices } from './services.ts';

const startRunShape = {
  runUuid: 'string?',
  experimentId: 'string?',
  sourceName: 'string?',
  sourceVersion: 'string?',
  entryPointName: 'string?',
  sourceType: 'string?',
  runName: 'string?',
  nested: 'boolean?',
  tags: 'strings?',
} as const;

export function startRunCommands(services: CommandServices) {
  return {
    /** @returns the run's id; undefined when the person has dismissed a question. */
    'runlight.startRun': async (...args: readonly unknown[]) => {
      const options = readStartOptions(args);
      if (options) return start(services, options);
      const mode = await askForRoom(services);
      return mode && askToStart(services, mode, clickedNode(args, 'experiment')?.experiment);
    },

    'runlight.startNestedRun': async (...args: readonly unknown[]) => {
      const options = readStartOptions(args);
      if (options) return start(services, { ...options, nested: true });
      return askToStart(services, services.fluent.activeRun() ? 'nested' : 'alone', undefined);
    },

    'runlight.resumeRun': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runUuid: 'string', nested: 'boolean?' });
      if (options) return start(services, options);
      const info =
        clickedNode(args, 'run')?.run.info ??
        (await pickRun(services, { title: vscode.l10n.t('Resume Run') }, 'ACTIVE_ONLY'));
      if (!info) return undefined;
      const mode = await askForRoom(services);
      return mode && start(services, { runUuid: info.runId, nested: mode === 'nested' });
    },
  };
}

function readStartOptions(args: readonly unknown[]): StartRunOptions | undefined {
  const options = readOptions(args, startRunShape);
  if (!options) return undefined;
  const { sourceType, ...others } = options;
  const known = Object.values(SourceType);
  const type = known.find(each => each === sourceType);
  if (sourceType !== undefined && type === undefined) {
    throw invalid(`The argument "sourceType" must be one of ${known.join(', ')}, and is "${sourceType}".`);
  }
  return { ...others, sourceType: type };
}

async function start(services: CommandServices, options: StartRunOptions): Promise<string> {
  const run = await services.fluent.startRun(options);
  return run.info.runId;
}

/**
 * What there is to decide before another run can become active: whether it goes into the active one, and what becomes
 * of one that can't be reached. Undefined when the person has decided for nothing.
 */
async function askForRoom(services: CommandServices): Promise<'alone' | 'nested' | undefined> {
  const { activeRun } = services;
  const state = activeRun.state.current;
  switch (state.kind) {
    case 'none':
    case 'elsewhere':
      return 'alone';
    case 'unreachable': {
      const title = vscode.l10n.t('Run "{0}" was active and can’t be reached', state.runName);
      const act = await pick({ title }, unreachableChoices(activeRun, state));
      if (act === undefined || act instanceof Pressed) return undefined;
      await act();
      return activeRun.state.current.kind === 'none' ? 'alone' : undefined;
    }
    case 'active':
    case 'ending': {
      const { runName } = state.run.info;
      const answer = await pick<'nested' | 'end'>({ title: vscode.l10n.t('Run "{0}" is active', runName) }, [
        { label: vscode.l10n.t('$(list-tree) Start a nested run in it'), value: 'nested' },
        { label: vscode.l10n.t('$(debug-stop) End it as finished first'), value: 'end' },
      ]);
      if (answer === 'nested') return 'nested';
      if (answer !== 'end') return undefined;
      for (const run of [...state.runs].reverse()) await endWithProgress(services, run, 'FINISHED');
      return 'alone';
    }
  }
}

/** One box: the name, with a random one to accept. Its title says where the run goes, its button changes that. */
async function askToStart(
  services: CommandServices,
  mode: 'alone' | 'nested',
  asked: NextExperiment | undefined,
): Promise<string | undefined> {
  const { choice, connection, fluent } = services;
  const store = await connection.currentStore();
  const parent = mode === 'nested' ? fluent.activeRun() : undefined;
  if (fluent.environmentRunId !== undefined) {
    const run = await fluent.startRun({ nested: parent !== undefined });
    sayResumed(run.info);
    return run.info.runId;
  }

  let target = asked ?? (await fluent.nextExperiment());
  let runName = randomRunName();
  const chooseExperiment: vscode.QuickInputButton = {
    iconPath: new vscode.ThemeIcon('beaker'),
    tooltip: vscode.l10n.t('Choose Another Experiment'),
  };
  for (;;) {
    const answer = await askText({
      title: titleOf(target, parent?.info),
      prompt: vscode.l10n.t('Name of the run'),
      value: runName,
      validate: value => messageOf(() => validateRunName(value)),
      buttons: [chooseExperiment],
    });
    if (answer === undefined) return undefined;
    if (!(answer instanceof Pressed)) {
      runName = answer;
      break;
    }
    runName = answer.value;
    const title = vscode.l10n.t('Experiment of the Run');
    const other = await pickExperiment(store, { title, viewType: 'ACTIVE_ONLY', offerNew: true });
    if (other && !(other instanceof Pressed)) target = other;
  }

  const { name } = target;
  const experimentId = target.experimentId ?? (await store.createExperiment(name));
  const run = await fluent.startRun({ experimentId, runName, nested: parent !== undefined });
  if (!parent) await choice.choose({ storeUri: store.uri, experimentId, name });
  return run.info.runId;
}

function titleOf({ experimentId, name }: NextExperiment, parent: RunInfo | undefined): string {
  if (parent) return vscode.l10n.t('Start Nested Run of {0} in {1}', parent.runName, name);
  return experimentId === undefined
    ? vscode.l10n.t('Start Run in a New Experiment, {0}', name)
    : vscode.l10n.t('Start Run in {0}', name);
}

function sayResumed({ runName }: RunInfo): void {
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Run "{0}" is resumed, because MLFLOW_RUN_ID is set.', runName),
  );
}
