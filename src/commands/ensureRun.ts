import * as vscode from 'vscode';
import type { ActiveRun } from '../tracking/activeRun.ts';
import { offer } from './registry.ts';
import type { CommandServices } from './services.ts';

/** The title of a question about the active run, or about the one that answering it starts. */
export function titleFor({ fluent }: CommandServices, verb: string): string {
  const run = fluent.activeRun();
  return run ? vscode.l10n.t('{0} in {1}', verb, run.info.runName) : vscode.l10n.t('{0} in a New Run', verb);
}

/**
 * The active run for a command that a person has called. A run that this starts is said, and its experiment becomes the
 * chosen one, as by the command that starts runs.
 */
export async function ensureRun(services: CommandServices): Promise<ActiveRun> {
  const { fluent, choice, experiments, log } = services;
  const isStarted = fluent.activeRun() === undefined;
  const run = await fluent.ensureRun();
  if (!isStarted) return run;
  const { experimentId, runId, runName } = run.info;
  const { name } = await run.store.getExperiment(experimentId);
  await choice.choose({ storeUri: run.ref.storeUri, experimentId, name });
  offer(
    log,
    vscode.l10n.t('No run was active: run "{0}" is started in experiment "{1}".', runName, name),
    vscode.l10n.t('Show Run'),
    () => experiments.reveal(runId),
  );
  return run;
}
