import * as vscode from 'vscode';
import type { ActiveRunService, ActiveRunState } from '../services/activeRun.ts';
import type { ActiveRun } from '../tracking/activeRun.ts';
import type { Fluent } from '../tracking/fluent.ts';
import type { Choice } from './pick.ts';

/** The active run with this id: it is written to through its owner, whatever store it is in. */
export function findActive({ fluent }: { readonly fluent: Fluent }, runId: string): ActiveRun | undefined {
  return fluent.stack.current.find(run => run.info.runId === runId);
}

/** What can be done about a run that was left active and can't be reached. */
export function unreachableChoices(
  activeRun: ActiveRunService,
  { error }: Extract<ActiveRunState, { readonly kind: 'unreachable' }>,
): readonly Choice<() => Promise<void>>[] {
  return [
    {
      label: vscode.l10n.t('$(refresh) Try again'),
      detail: error.message,
      value: () => activeRun.restore(),
    },
    {
      label: vscode.l10n.t('$(debug-disconnect) Let it go'),
      detail: vscode.l10n.t('It stays as it is in its store.'),
      value: () => activeRun.forget(),
    },
  ];
}
