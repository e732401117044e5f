import * as vscode from 'vscode';
import { Pressed } from './ask.ts';
import { operandText } from './filterSuggestions.ts';
import { keysOf, sampleRuns } from './knownKeys.ts';
import { type Choice, pick } from './pick.ts';
import type { CommandServices } from './services.ts';

/** Asks what runs are sorted by: MLflow's order_by, empty for its default. */
export async function askForOrder(services: CommandServices): Promise<readonly string[] | undefined> {
  const [current] = services.model.state.current.options.orderBy;
  const answer = await pick<readonly string[]>(
    { title: vscode.l10n.t('Sort Runs'), placeholder: current ?? vscode.l10n.t('Newest first') },
    orders(services),
  );
  return answer instanceof Pressed ? undefined : answer;
}

async function orders(services: CommandServices): Promise<readonly Choice<readonly string[]>[]> {
  const runs = await sampleRuns(services);
  const params = [...keysOf(runs, run => run.params).keys()].sort();
  const metrics = [...keysOf(runs, run => run.metrics).keys()].sort();
  return [
    { label: vscode.l10n.t('$(arrow-down) Newest first'), value: [] },
    order(vscode.l10n.t('$(arrow-up) Oldest first'), 'attributes.start_time ASC'),
    order(vscode.l10n.t('$(arrow-down) Last ended first'), 'attributes.end_time DESC'),
    order(vscode.l10n.t('$(arrow-up) Name, A to Z'), 'attributes.run_name ASC'),
    order(vscode.l10n.t('$(arrow-down) Name, Z to A'), 'attributes.run_name DESC'),
    order(vscode.l10n.t('$(arrow-up) Status'), 'attributes.status ASC'),
    ...group(vscode.l10n.t('Metrics'), metrics.length),
    ...metrics.flatMap(key => [
      order(vscode.l10n.t('$(arrow-down) {0}, highest first', key), `${operandText('metrics', key)} DESC`),
      order(vscode.l10n.t('$(arrow-up) {0}, lowest first', key), `${operandText('metrics', key)} ASC`),
    ]),
    ...group(vscode.l10n.t('Parameters'), params.length),
    ...params.flatMap(key => [
      order(vscode.l10n.t('$(arrow-up) {0}, A to Z', key), `${operandText('params', key)} ASC`),
      order(vscode.l10n.t('$(arrow-down) {0}, Z to A', key), `${operandText('params', key)} DESC`),
    ]),
  ];
}

const order = (label: string, orderBy: string): Choice<readonly string[]> => ({ label, value: [orderBy] });

const group = (label: string, count: number): readonly Choice<readonly string[]>[] =>
  count === 0 ? [] : [{ label, kind: vscode.QuickPickItemKind.Separator }];
