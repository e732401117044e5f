import * as vscode from 'vscode';
import { artifactItem } from './artifactItem.ts';
import { contextValues } from './contextValues.ts';
import { excerptOf, formatCount, formatMetric, formatSize } from './format.ts';
import type {
  ActionNode,
  DatasetNode,
  ExperimentNode,
  ExperimentsNode,
  GroupName,
  GroupNode,
  LoadMoreNode,
  MessageNode,
  MetricNode,
} from './nodes.ts';
import { runItem } from './runItem.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** How a row looks; its tooltip is made when it is asked for. */
export function treeItemOf(node: ExperimentsNode): vscode.TreeItem {
  const item = itemOf(node);
  item.id = node.id;
  return item;
}

function itemOf(node: ExperimentsNode): vscode.TreeItem {
  switch (node.kind) {
    case 'experiment':
      return experimentItem(node);
    case 'run':
      return runItem(node);
    case 'group':
      return groupItem(node);
    case 'param':
    case 'tag':
      return keyValueItem(node.kind, node.key, excerptOf(node.value));
    case 'metric':
      return keyValueItem('metric', node.metric.key, describeMetric(node));
    case 'dataset':
      return datasetItem(node);
    case 'artifact':
      return artifactItem(node);
    case 'loadMore':
      return loadMoreItem(node);
    case 'message':
      return messageItem(node);
    case 'action':
      return actionItem(node);
  }
}

function experimentItem({ experiment, runCount, chosen, expanded }: ExperimentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(experiment.name, expanded ? Expanded : Collapsed);
  const parts: string[] = [];
  if (runCount !== undefined) parts.push(runCountText(runCount));
  if (chosen) parts.push(vscode.l10n.t('chosen'));
  const deleted = experiment.lifecycleStage === 'deleted';
  if (deleted) parts.push(vscode.l10n.t('deleted'));
  item.description = parts.join(' · ');
  item.iconPath = deleted
    ? new vscode.ThemeIcon('trash', new vscode.ThemeColor('disabledForeground'))
    : new vscode.ThemeIcon('beaker', chosen ? new vscode.ThemeColor('charts.blue') : undefined);
  item.contextValue = contextValues.experiment(experiment.lifecycleStage, chosen);
  item.accessibilityInformation = {
    label: [vscode.l10n.t('Experiment {0}', experiment.name), ...parts].join(', '),
  };
  return item;
}

const runCountText = (count: number) =>
  count === 1 ? vscode.l10n.t('1 run') : vscode.l10n.t('{0} runs', formatCount(count));

function groupItem({ group, count, size }: GroupNode): vscode.TreeItem {
  const facts = [
    ...(count === undefined ? [] : [formatCount(count)]),
    ...(size === undefined ? [] : [formatSize(size)]),
  ];
  const name = groupName(group);
  const item = new vscode.TreeItem(facts.length > 0 ? `${name} (${facts.join(' · ')})` : name, Collapsed);
  item.contextValue = contextValues.group(group);
  return item;
}

function groupName(group: GroupName): string {
  switch (group) {
    case 'params':
      return vscode.l10n.t('Parameters');
    case 'metrics':
      return vscode.l10n.t('Metrics');
    case 'tags':
      return vscode.l10n.t('Tags');
    case 'datasets':
      return vscode.l10n.t('Datasets');
    case 'artifacts':
      return vscode.l10n.t('Artifacts');
  }
}

/** Without an icon: VS Code would pull it out to the left of the group's name, and the group says what it is. */
function keyValueItem(kind: 'param' | 'metric' | 'tag', key: string, value: string): vscode.TreeItem {
  const item = new vscode.TreeItem(key, None);
  item.description = value;
  item.contextValue = kind;
  item.accessibilityInformation = { label: `${key}: ${value}` };
  return item;
}

/** The last value, and what its history came to where there is one. */
function describeMetric({ metric, summary }: MetricNode): string {
  const parts = [formatMetric(metric.value)];
  if (summary && summary.count > 1 && summary.min !== undefined && summary.max !== undefined) {
    parts.push(vscode.l10n.t('min {0}', formatMetric(summary.min)));
    parts.push(vscode.l10n.t('max {0}', formatMetric(summary.max)));
  }
  return parts.join(' · ');
}

function datasetItem({ input }: DatasetNode): vscode.TreeItem {
  const item = new vscode.TreeItem(input.dataset.name, None);
  const context = input.tags.get('mlflow.data.context');
  item.description = [context, input.dataset.digest].filter(part => part !== undefined).join(' · ');
  item.contextValue = 'dataset';
  return item;
}

function loadMoreItem(node: LoadMoreNode): vscode.TreeItem {
  const title = vscode.l10n.t('Load more…');
  const item = new vscode.TreeItem(title, None);
  item.description =
    node.total === undefined
      ? vscode.l10n.t('{0} shown', formatCount(node.shown))
      : vscode.l10n.t('{0} of {1} shown', formatCount(node.shown), formatCount(node.total));
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'loadMore';
  item.command = { command: 'runlight.loadMore', title, arguments: [node] };
  return item;
}

function messageItem({ reason, error }: MessageNode): vscode.TreeItem {
  const item = new vscode.TreeItem(messageText(reason), None);
  item.contextValue = contextValues.message(reason === 'error');
  if (reason !== 'error') return item;
  item.description = error?.message ?? '';
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  return item;
}

function messageText(reason: MessageNode['reason']): string {
  switch (reason) {
    case 'error':
      return vscode.l10n.t("Can't be read");
    case 'noRuns':
      return vscode.l10n.t('No runs');
    case 'noMatch':
      return vscode.l10n.t('No run matches the filter');
    case 'nothingLogged':
      return vscode.l10n.t('Nothing has been logged to this run');
    case 'emptyDirectory':
      return vscode.l10n.t('Empty');
  }
}

function actionItem({ action }: ActionNode): vscode.TreeItem {
  const { icon, title } = actionLook(action);
  const item = new vscode.TreeItem(title, None);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = 'action';
  item.command = { command: `runlight.${action}`, title };
  return item;
}

function actionLook(action: ActionNode['action']): { readonly icon: string; readonly title: string } {
  switch (action) {
    case 'setTrackingUri':
      return { icon: 'link', title: vscode.l10n.t('Set tracking URI…') };
    case 'refresh':
      return { icon: 'refresh', title: vscode.l10n.t('Try again') };
    case 'showLog':
      return { icon: 'output', title: vscode.l10n.t('Show log') };
    case 'clearFilter':
      return { icon: 'clear-all', title: vscode.l10n.t('Clear filter') };
  }
}
