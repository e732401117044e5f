import * as vscode from 'vscode';
import { formatExactMetric } from '../views/format.ts';
import type { ExperimentsNode } from '../views/nodes.ts';
import { clickedNode, clickedRows, clickedRuns } from './clicked.ts';
import { loadSnippet } from './loadSnippet.ts';
import { readOptions } from './options.ts';
import { pickRun } from './runPick.ts';
import type { CommandServices } from './services.ts';

/** Each returns what it has put on the clipboard. */
export function copyCommands(services: CommandServices) {
  const { connection, fluent } = services;

  /** The clicked runs, else the active one, else one that the person chooses. */
  const runIds = async (args: readonly unknown[], title: string): Promise<readonly string[]> => {
    const clicked = clickedRuns(args, services);
    if (clicked.length > 0) return clicked.map(({ runId }) => runId);
    const active = fluent.activeRun();
    const info = active?.info ?? (await pickRun(services, { title }, 'ACTIVE_ONLY'));
    return info ? [info.runId] : [];
  };

  return {
    'runlight.copyValue': (...args: readonly unknown[]) => {
      const values = clickedRows(args, services).map(exactValue);
      return copy(values.filter(value => value !== undefined));
    },
    'runlight.copyRunId': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runId: 'string' });
      return copy(options ? [options.runId] : await runIds(args, vscode.l10n.t('Copy Run ID')));
    },
    'runlight.copyRunUri': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runId: 'string', artifactPath: 'string?' });
      if (options) return copy([runUri(options.runId, options.artifactPath)]);
      const clicked = clickedNode(args, 'artifact');
      if (clicked) return copy([runUri(clicked.run.info.runId, clicked.artifact.path)]);
      return copy((await runIds(args, vscode.l10n.t('Copy Run URI'))).map(runId => runUri(runId)));
    },
    'runlight.copyLoadSnippet': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { runId: 'string', metric: 'string?', artifactPath: 'string?' });
      const trackingUri = connection.getTrackingUri();
      if (options) return copy([loadSnippet({ trackingUri, ...options })]);
      const [clicked] = args as readonly [ExperimentsNode?];
      switch (clicked?.kind) {
        case 'metric':
          return copy([
            loadSnippet({ trackingUri, runId: clicked.run.info.runId, metric: clicked.metric.key }),
          ]);
        case 'artifact':
          return copy([
            loadSnippet({ trackingUri, runId: clicked.run.info.runId, artifactPath: clicked.artifact.path }),
          ]);
        default: {
          const [runId] = await runIds(args.slice(0, 1), vscode.l10n.t('Copy Code That Loads a Run'));
          return runId === undefined ? undefined : copy([loadSnippet({ trackingUri, runId })]);
        }
      }
    },
  };
}

async function copy(texts: readonly string[]): Promise<string | undefined> {
  if (texts.length === 0) return undefined;
  const text = texts.join('\n');
  await vscode.env.clipboard.writeText(text);
  return text;
}

const runUri = (runId: string, path?: string) =>
  path === undefined ? `runs:/${runId}` : `runs:/${runId}/${path}`;

/** What a row stands for, unrounded. */
function exactValue(node: ReturnType<typeof clickedRows>[number]): string | undefined {
  switch (node.kind) {
    case 'experiment':
      return node.experiment.name;
    case 'run':
      return node.run.info.runId;
    case 'stackRun':
      return node.info.runId;
    case 'param':
    case 'tag':
    case 'loggedMetric':
    case 'loggedParam':
      return node.value;
    case 'metric':
      return formatExactMetric(node.metric.value);
    case 'dataset':
      return node.input.dataset.digest;
    case 'artifact':
      return node.artifact.path;
    case 'message':
      return node.error?.message;
    case 'upload':
      return node.file.artifactPath;
    case 'note':
      return node.text;
    case 'group':
    case 'loadMore':
    case 'action':
    case 'logged':
    case 'uploads':
    case 'stack':
      return undefined;
  }
}
