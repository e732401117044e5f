import * as vscode from 'vscode';
import type { RunInfo } from '../tracking/entities.ts';

export type ShownStatus = RunInfo['status'] | 'deleted' | 'active';

/** Each status has an icon and a word: nothing is said by colour alone. */
const looks: Record<ShownStatus, { readonly icon: string; readonly color: string }> = {
  RUNNING: { icon: 'sync~spin', color: 'charts.blue' },
  SCHEDULED: { icon: 'clock', color: 'descriptionForeground' },
  FINISHED: { icon: 'pass', color: 'testing.iconPassed' },
  FAILED: { icon: 'error', color: 'testing.iconFailed' },
  KILLED: { icon: 'circle-slash', color: 'charts.orange' },
  deleted: { icon: 'trash', color: 'disabledForeground' },
  active: { icon: 'record', color: 'charts.red' },
};

/** `active` for a run of this window's stack, `deleted` for a deleted one, else its own. */
export function shownStatus(info: RunInfo, active: boolean): ShownStatus {
  if (active) return 'active';
  return info.lifecycleStage === 'deleted' ? 'deleted' : info.status;
}

export function statusIcon(status: ShownStatus): vscode.ThemeIcon {
  const { icon, color } = looks[status];
  return new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
}

export function statusWord(status: ShownStatus): string {
  switch (status) {
    case 'RUNNING':
      return vscode.l10n.t('running');
    case 'SCHEDULED':
      return vscode.l10n.t('scheduled');
    case 'FINISHED':
      return vscode.l10n.t('finished');
    case 'FAILED':
      return vscode.l10n.t('failed');
    case 'KILLED':
      return vscode.l10n.t('killed');
    case 'deleted':
      return vscode.l10n.t('deleted');
    case 'active':
      return vscode.l10n.t('active');
  }
}
