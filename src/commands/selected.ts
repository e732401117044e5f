import * as vscode from 'vscode';
import type { CommandId } from '../contributions.ts';
import { clickedRows } from './clicked.ts';
import type { CommandServices } from './services.ts';

/** What the keys of a list do to the rows that are selected, be they experiments or runs. */
export function selectedCommands(services: CommandServices) {
  const dispatch = async (args: readonly unknown[], forExperiments: CommandId, forRuns: CommandId) => {
    const rows = clickedRows(args, services);
    const [first] = rows;
    if (first?.kind === 'experiment') await vscode.commands.executeCommand(forExperiments, first, rows);
    if (first?.kind === 'run') await vscode.commands.executeCommand(forRuns, first, rows);
  };
  return {
    'runlight.renameSelected': (...args: readonly unknown[]) =>
      dispatch(args, 'runlight.renameExperiment', 'runlight.renameRun'),
    'runlight.deleteSelected': (...args: readonly unknown[]) =>
      dispatch(args, 'runlight.deleteExperiment', 'runlight.deleteRun'),
  };
}
