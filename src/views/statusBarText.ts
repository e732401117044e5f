import * as vscode from 'vscode';
import type { CommandId } from '../contributions.ts';
import type { ActiveRunState } from '../services/activeRun.ts';
import type { ActiveRunContents } from '../services/activeRunData.ts';
import type { WatcherState } from '../services/watching/watcherState.ts';
import { formatCount, formatDuration, formatMetric } from './format.ts';
import { storeLabel } from './storeLabel.ts';

export interface StatusBarSource {
  readonly state: ActiveRunState;
  readonly contents: ActiveRunContents | undefined;
  readonly watcher: WatcherState | undefined;
}

/** `$(beaker) brave-fox-12 · 12:34 · 3 queued` */
export function statusBarText({ state, contents, watcher }: StatusBarSource, now = Date.now()): string {
  switch (state.kind) {
    case 'none':
      return '$(beaker) MLflow';
    case 'elsewhere':
      return `$(multiple-windows) ${withoutIcons(state.runName)}`;
    case 'unreachable':
      return `$(cloud-upload) ${withoutIcons(state.runName)}`;
    case 'active':
    case 'ending': {
      const parts = [withoutIcons(state.run.info.runName)];
      const started = contents?.run.info.startTime ?? state.run.info.startTime;
      if (state.kind === 'ending') parts.push(vscode.l10n.t('ending…'));
      else if (started !== undefined) parts.push(formatDuration(now - started));
      const queued = watcher ? watcher.counts.waiting + watcher.counts.sending : 0;
      if (queued > 0) parts.push(vscode.l10n.t('{0} queued', formatCount(queued)));
      const refused = watcher ? watcher.counts.failed + watcher.counts.tooLarge : 0;
      if (refused > 0) parts.push(`$(warning) ${formatCount(refused)}`);
      return `$(beaker) ${parts.join(' · ')}`;
    }
  }
}

/** What is read aloud: without the duration, which would be read again each second. */
export function statusBarLabel({ state }: StatusBarSource): string {
  switch (state.kind) {
    case 'none':
      return vscode.l10n.t('MLflow: no run is active. Start one.');
    case 'elsewhere':
      return vscode.l10n.t('MLflow: run {0} is active in another window', state.runName);
    case 'unreachable':
      return vscode.l10n.t('MLflow: run {0} can’t be reached', state.runName);
    case 'active':
      return vscode.l10n.t('MLflow: run {0} is active', state.run.info.runName);
    case 'ending':
      return vscode.l10n.t('MLflow: run {0} is ending', state.run.info.runName);
  }
}

/** More than these are in the Active Run view. */
const metricsShown = 5;

const links: readonly CommandId[] = [
  'runlight.startRun',
  'runlight.showRunActions',
  'runlight.revealRun',
  'runlight.logMetric',
  'runlight.endRun',
];

export function statusBarTooltip({ state, contents, watcher }: StatusBarSource): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('', true);
  markdown.isTrusted = { enabledCommands: links };
  const link = (command: CommandId, text: string) => `[${text}](command:${command})`;
  switch (state.kind) {
    case 'none':
      return markdown
        .appendMarkdown(`${vscode.l10n.t('No run is active.')}\n\n`)
        .appendMarkdown(link('runlight.startRun', vscode.l10n.t('Start run')));
    case 'elsewhere':
      return markdown.appendText(
        vscode.l10n.t('Run "{0}" is active in another window of this workspace.', state.runName),
      );
    case 'unreachable':
      return markdown
        .appendText(state.error.message)
        .appendMarkdown('\n\n')
        .appendMarkdown(link('runlight.showRunActions', vscode.l10n.t('What to do')));
    case 'active':
    case 'ending': {
      markdown.appendMarkdown('**').appendText(state.run.info.runName).appendMarkdown('**');
      if (contents) markdown.appendText(` · ${contents.experimentName}`);
      markdown.appendMarkdown('  \n').appendText(storeLabel(state.run.ref.storeUri));
      if (state.kind === 'active' && state.restored) {
        markdown
          .appendMarkdown('  \n')
          .appendText(vscode.l10n.t('Taken up again: it was active before this window.'));
      }
      if (contents) appendMetrics(markdown, contents);
      if (watcher && watcher.counts.sent > 0) {
        markdown
          .appendMarkdown('\n\n')
          .appendText(vscode.l10n.t('{0} artifacts sent', formatCount(watcher.counts.sent)));
      }
      if (state.kind === 'ending') return markdown;
      return markdown
        .appendMarkdown('\n\n---\n\n')
        .appendMarkdown(
          [
            link('runlight.revealRun', `$(target) ${vscode.l10n.t('Show run')}`),
            link('runlight.logMetric', `$(graph-line) ${vscode.l10n.t('Log metric')}`),
            link('runlight.endRun', `$(debug-stop) ${vscode.l10n.t('End run')}`),
          ].join(' &nbsp; '),
        );
    }
  }
}

function appendMetrics(markdown: vscode.MarkdownString, { run }: ActiveRunContents): void {
  const latest = [...run.metrics.values()]
    .sort((a, b) => Number(b.timestamp) - Number(a.timestamp) || (a.key < b.key ? -1 : 1))
    .slice(0, metricsShown);
  for (const { key, value } of latest) {
    markdown
      .appendMarkdown('\n\n')
      .appendText(`${key} `)
      .appendMarkdown(`\`${formatMetric(value)}\``);
  }
}

/** Someone may call a run `$(trash)`. */
const withoutIcons = (text: string) => text.replaceAll('$(', '$\u200b(');
