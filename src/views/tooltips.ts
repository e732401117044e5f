import * as vscode from 'vscode';
import { MlflowTag, type Run } from '../tracking/entities.ts';
import { formatAge } from './age.ts';
import { formatCount, formatDateTime, formatDuration, formatExactMetric, formatSize } from './format.ts';
import type { ExperimentsNode, MetricNode, RunNode } from './nodes.ts';
import { shownStatus, statusWord } from './runStatus.ts';
import { runNameOf } from './runText.ts';

/** What is too long for a hover is cut there: MLflow takes parameters of thousands of characters. */
const longestText = 2000;

/** What a row tells when the pointer rests on it. Nothing that was logged is taken as Markdown. */
export function tooltipOf(node: ExperimentsNode): vscode.MarkdownString | string | undefined {
  switch (node.kind) {
    case 'experiment': {
      const { experiment } = node;
      return table(experiment.name, [
        [undefined, node.chosen ? vscode.l10n.t('Runs started in this workspace go here.') : undefined],
        [vscode.l10n.t('Experiment ID'), experiment.experimentId],
        [vscode.l10n.t('Created'), when(experiment.creationTime)],
        [vscode.l10n.t('Artifacts'), experiment.artifactLocation],
        [vscode.l10n.t('Note'), experiment.tags.get(MlflowTag.note)],
      ]);
    }
    case 'run':
      return runTooltip(node);
    case 'metric':
      return metricTooltip(node);
    case 'param':
    case 'tag':
      return table(node.key, [[undefined, node.value]]);
    case 'dataset': {
      const { dataset } = node.input;
      return table(dataset.name, [
        [vscode.l10n.t('Digest'), dataset.digest],
        [vscode.l10n.t('Source'), `${dataset.sourceType} ${dataset.source}`],
        [vscode.l10n.t('Profile'), dataset.profile],
      ]);
    }
    case 'artifact': {
      const { artifact, localPath } = node;
      return table(artifact.path, [
        [
          vscode.l10n.t('Size'),
          artifact.size === undefined
            ? undefined
            : `${formatSize(artifact.size)} (${formatCount(artifact.size)} B)`,
        ],
        [vscode.l10n.t('File'), localPath],
      ]);
    }
    case 'message':
      return node.error?.message;
    case 'group':
    case 'loadMore':
    case 'action':
      return undefined;
  }
}

function runTooltip({ run, active }: RunNode): vscode.MarkdownString {
  const { info, tags } = run;
  return table(`${runNameOf(run)} — ${statusWord(shownStatus(info, active))}`, [
    [vscode.l10n.t('Started'), when(info.startTime)],
    [vscode.l10n.t('Duration'), durationOf(run)],
    [vscode.l10n.t('User'), tags.get(MlflowTag.user) ?? info.userId],
    [vscode.l10n.t('Source'), tags.get(MlflowTag.sourceName)],
    [vscode.l10n.t('Commit'), tags.get(MlflowTag.gitCommit)],
    [vscode.l10n.t('Run ID'), info.runId],
    [vscode.l10n.t('Experiment ID'), info.experimentId],
    [vscode.l10n.t('Note'), tags.get(MlflowTag.note)],
  ]);
}

function metricTooltip({ metric, summary }: MetricNode): vscode.MarkdownString {
  return table(metric.key, [
    [vscode.l10n.t('Last'), formatExactMetric(metric.value)],
    [vscode.l10n.t('Step'), formatCount(metric.step)],
    [vscode.l10n.t('Logged'), when(Number(metric.timestamp))],
    [vscode.l10n.t('Minimum'), summary?.min === undefined ? undefined : formatExactMetric(summary.min)],
    [vscode.l10n.t('Maximum'), summary?.max === undefined ? undefined : formatExactMetric(summary.max)],
    [vscode.l10n.t('Points'), summary && formatCount(summary.count)],
  ]);
}

export function durationOf({ info }: Run, now = Date.now()): string | undefined {
  if (info.startTime === undefined) return undefined;
  if (info.status === 'RUNNING') return formatDuration(now - info.startTime);
  return info.endTime === undefined ? undefined : formatDuration(info.endTime - info.startTime);
}

function when(time: number | undefined): string | undefined {
  return time === undefined ? undefined : `${formatDateTime(time, vscode.env.language)} (${formatAge(time)})`;
}

function table(
  title: string,
  rows: readonly (readonly [name: string | undefined, value: string | undefined])[],
): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString('**').appendText(title).appendMarkdown('**');
  for (const [name, value] of rows) {
    if (value === undefined || value === '') continue;
    // A break within the paragraph.
    markdown.appendMarkdown('  \n');
    if (name !== undefined) markdown.appendText(`${name}: `);
    markdown.appendText(value.length > longestText ? `${value.slice(0, longestText)}…` : value);
  }
  return markdown;
}
