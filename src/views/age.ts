import * as vscode from 'vscode';
import { formatDate, formatRoughSpan } from './format.ts';

const minute = 60_000;
const month = 30 * 24 * 60 * minute;

/** "just now", "5 min ago", "3 d ago"; the date of what is older than a month. */
export function formatAge(time: number, now = Date.now()): string {
  const age = now - time;
  if (age > month) return formatDate(time, vscode.env.language);
  if (age < minute) return vscode.l10n.t('just now');
  return vscode.l10n.t('{0} ago', formatRoughSpan(age));
}

/** For how long something has been going on, no finer than what is shown anew once a minute. */
export function formatElapsed(since: number, now = Date.now()): string {
  return now - since < minute ? vscode.l10n.t('< 1 min') : formatRoughSpan(now - since);
}
