import * as vscode from 'vscode';
import type { CommandId } from '../contributions.ts';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { ActiveRunData } from '../services/activeRunData.ts';
import type { RunWatch } from '../services/runWatch.ts';
import type { Disposable } from '../tracking/events.ts';
import { type StatusBarSource, statusBarLabel, statusBarText, statusBarTooltip } from './statusBarText.ts';

export interface StatusBarDependencies {
  readonly activeRun: Pick<ActiveRunService, 'state'>;
  readonly data: ActiveRunData;
  readonly runWatch: Pick<RunWatch, 'state'>;
}

export interface StatusBar extends Disposable {
  readonly item: vscode.StatusBarItem;
}

/** Milliseconds between two looks at the clock, while somebody looks and while the window is in the background. */
const tick = { focused: 1000, background: 60_000 };

/** The active run, its duration and what waits to be sent, in one item on the left. */
export function registerStatusBar({ activeRun, data, runWatch }: StatusBarDependencies): StatusBar {
  const item = vscode.window.createStatusBarItem('runlight.activeRun', vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t('MLflow run');

  const source = (): StatusBarSource => ({
    state: activeRun.state.current,
    contents: data.state.current,
    watcher: runWatch.state.current,
  });

  let timer: NodeJS.Timeout | undefined;
  const showText = () => {
    clearTimeout(timer);
    const current = source();
    item.text = statusBarText(current);
    if (current.state.kind !== 'active') return;
    const started = current.contents?.run.info.startTime ?? current.state.run.info.startTime ?? 0;
    const period = vscode.window.state.focused ? tick.focused : tick.background;
    timer = setTimeout(showText, period - (Math.max(0, Date.now() - started) % period));
  };
  /** Apart from the text: a tooltip that is set anew closes under the pointer. */
  let tooltip: string | undefined;
  const showDetails = () => {
    const current = source();
    const command: CommandId =
      current.state.kind === 'none' ? 'runlight.startRun' : 'runlight.showRunActions';
    item.command = command;
    item.accessibilityInformation = { label: statusBarLabel(current), role: 'button' };
    const next = statusBarTooltip(current);
    if (next.value === tooltip) return;
    tooltip = next.value;
    item.tooltip = next;
  };
  const show = () => {
    showText();
    showDetails();
  };

  // The last metrics are read from the store only while the window is looked at.
  let watch: Disposable | undefined;
  const focusChanged = () => {
    watch?.dispose();
    watch = vscode.window.state.focused ? data.watch() : undefined;
    showText();
  };

  show();
  focusChanged();
  item.show();
  const disposables: readonly Disposable[] = [
    activeRun.state.onDidChange(show),
    data.state.onDidChange(show),
    runWatch.state.onDidChange(show),
    vscode.window.onDidChangeWindowState(focusChanged),
    { dispose: () => watch?.dispose() },
    { dispose: () => clearTimeout(timer) },
    item,
  ];
  return {
    item,
    dispose: () => {
      for (const each of disposables) each.dispose();
    },
  };
}
