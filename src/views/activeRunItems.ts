import { posix } from 'node:path';
import * as vscode from 'vscode';
import type { FileCounts, FileState } from '../services/watching/watcherState.ts';
import { contextValues } from './contextValues.ts';
import { excerptOf, formatCount, formatSize } from './format.ts';
import type { ActiveRunNode, NoteNode, UploadNode } from './nodes.ts';
import { statusIcon } from './runStatus.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

export function activeRunItemOf(node: ActiveRunNode): vscode.TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  return item;
}

function itemOf(node: ActiveRunNode): vscode.TreeItem {
  switch (node.kind) {
    case 'logged':
      return described(
        new vscode.TreeItem(vscode.l10n.t('Logged'), Expanded),
        `${metricsText(node.metrics)} · ${paramsText(node.params)}`,
      );
    case 'loggedMetric':
    case 'loggedParam': {
      const isMetric = node.kind === 'loggedMetric';
      const item = described(new vscode.TreeItem(node.key, None), excerptOf(node.text));
      item.tooltip = `${node.key}: ${excerptOf(node.value, 2000)}`;
      item.contextValue = isMetric ? 'activeRun.metric' : 'activeRun.param';
      return item;
    }
    case 'uploads':
      return described(
        new vscode.TreeItem(vscode.l10n.t('Artifacts'), Expanded),
        node.counts ? countsText(node.counts) : vscode.l10n.t('not watching'),
      );
    case 'upload':
      return uploadItem(node);
    case 'stack':
      return described(
        new vscode.TreeItem(vscode.l10n.t('Active runs'), Collapsed),
        vscode.l10n.t('{0}, nested', formatCount(node.depth)),
      );
    case 'stackRun': {
      const item = new vscode.TreeItem(node.info.runName || node.info.runId, None);
      if (node.innermost) item.description = vscode.l10n.t('logs go here');
      item.iconPath = statusIcon(node.innermost ? 'active' : 'RUNNING');
      item.contextValue = 'activeRun.run';
      return item;
    }
    case 'note':
      return noteItem(node);
  }
}

function described(item: vscode.TreeItem, description: string): vscode.TreeItem {
  item.description = description;
  return item;
}

const metricsText = (count: number) =>
  count === 1 ? vscode.l10n.t('1 metric') : vscode.l10n.t('{0} metrics', formatCount(count));
const paramsText = (count: number) =>
  count === 1 ? vscode.l10n.t('1 parameter') : vscode.l10n.t('{0} parameters', formatCount(count));

function countsText(counts: FileCounts): string {
  const texts: Record<FileState['kind'], string> = {
    sent: vscode.l10n.t('{0} sent', formatCount(counts.sent)),
    sending: vscode.l10n.t('{0} sending', formatCount(counts.sending)),
    waiting: vscode.l10n.t('{0} waiting', formatCount(counts.waiting)),
    settling: vscode.l10n.t('{0} being written', formatCount(counts.settling)),
    failed: vscode.l10n.t('{0} failed', formatCount(counts.failed)),
    tooLarge: vscode.l10n.t('{0} too large', formatCount(counts.tooLarge)),
    skipped: vscode.l10n.t('{0} left out', formatCount(counts.skipped)),
  };
  const order = ['sent', 'sending', 'waiting', 'settling', 'failed', 'tooLarge', 'skipped'] as const;
  return order
    .filter(kind => kind === 'sent' || counts[kind] > 0)
    .map(kind => texts[kind])
    .join(' · ');
}

const uploadIcons: Record<FileState['kind'], readonly [icon: string, color: string]> = {
  settling: ['edit', 'descriptionForeground'],
  waiting: ['cloud-upload', 'charts.yellow'],
  sending: ['sync~spin', 'charts.blue'],
  sent: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  tooLarge: ['warning', 'charts.orange'],
  skipped: ['circle-slash', 'descriptionForeground'],
};

function uploadItem({ file }: UploadNode): vscode.TreeItem {
  const text = uploadText(file.state);
  const item = described(new vscode.TreeItem(file.artifactPath, None), text);
  const [icon, color] = uploadIcons[file.state.kind];
  item.iconPath = new vscode.ThemeIcon(icon, new vscode.ThemeColor(color));
  item.tooltip = `${file.path}\n${text}`;
  item.contextValue = contextValues.upload(file);
  item.accessibilityInformation = { label: `${posix.basename(file.artifactPath)}, ${text}` };
  return item;
}

function uploadText(state: FileState): string {
  switch (state.kind) {
    case 'settling':
      return vscode.l10n.t('being written');
    case 'waiting':
      return vscode.l10n.t('waiting');
    case 'sending':
      return state.total === 0
        ? vscode.l10n.t('sending')
        : vscode.l10n.t(
            '{0} % of {1}',
            Math.floor((100 * state.transferred) / state.total),
            formatSize(state.total),
          );
    case 'sent':
      return vscode.l10n.t('sent');
    case 'failed':
    case 'skipped':
      return state.reason;
    case 'tooLarge':
      return vscode.l10n.t('{0}, larger than the limit: log it anyway, or skip it', formatSize(state.size));
  }
}

function noteItem({ note, text }: NoteNode): vscode.TreeItem {
  const label = noteText(note);
  const item = new vscode.TreeItem(label, None);
  if (note === 'problem') {
    item.description = text ?? '';
    item.tooltip = text;
    item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  } else if (note === 'allSent') {
    item.iconPath = statusIcon('FINISHED');
  } else if (note === 'unreachable') {
    item.iconPath = new vscode.ThemeIcon('cloud-upload', new vscode.ThemeColor('charts.yellow'));
    item.contextValue = 'activeRun.unreachable';
    item.command = { command: 'runlight.showRunActions', title: label };
  }
  return item;
}

function noteText(note: NoteNode['note']): string {
  switch (note) {
    case 'problem':
      return vscode.l10n.t('Watching is limited');
    case 'nothingLogged':
      return vscode.l10n.t('Metrics and parameters appear here');
    case 'nothingSent':
      return vscode.l10n.t('Output files appear here');
    case 'allSent':
      return vscode.l10n.t('Everything has been sent');
    case 'notWatching':
      return vscode.l10n.t('No output folder is watched');
    case 'unreachable':
      return vscode.l10n.t('Try again, or let it go…');
  }
}
