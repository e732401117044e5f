import * as vscode from 'vscode';
import { formatAge, formatElapsed } from './age.ts';
import { contextValues } from './contextValues.ts';
import type { RunNode } from './nodes.ts';
import { shownStatus, statusIcon, statusWord } from './runStatus.ts';
import { pinnedValues, runNameOf } from './runText.ts';

/** `brave-fox-12   acc 0.9312 · 2 h ago`: the active run bold, the status as icon and, where it is not plain, as a word. */
export function runItem(node: RunNode): vscode.TreeItem {
  const { run, active } = node;
  const name = runNameOf(run);
  const status = shownStatus(run.info, active);
  const label = active ? { label: name, highlights: [[0, name.length] as [number, number]] } : name;
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  const description = describeRun(node);
  item.description = description;
  item.iconPath = statusIcon(status);
  item.contextValue = contextValues.run(run.info, active);
  item.accessibilityInformation = {
    label: [vscode.l10n.t('Run {0}', name), statusWord(status), description].join(', '),
  };
  return item;
}

export function describeRun({ run, active, pinned }: RunNode, now = Date.now()): string {
  const { info } = run;
  const status = shownStatus(info, active);
  const parts: string[] = [];
  if (status === 'FAILED' || status === 'KILLED' || status === 'SCHEDULED') parts.push(statusWord(status));
  parts.push(...pinnedValues(run, pinned));
  if (info.startTime !== undefined) {
    const going = info.status === 'RUNNING' && info.lifecycleStage === 'active';
    parts.push(going ? formatElapsed(info.startTime, now) : formatAge(info.endTime ?? info.startTime, now));
  }
  return parts.join(' · ');
}
