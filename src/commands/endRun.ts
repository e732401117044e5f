import * as vscode from 'vscode';
import type { WatcherState } from '../services/watching/watcherState.ts';
import type { ActiveRun } from '../tracking/activeRun.ts';
import type { TerminalStatus } from '../tracking/entities.ts';
import { invalid, TrackingError } from '../tracking/errors.ts';
import { findActive } from './activeRuns.ts';
import { clickedRuns } from './clicked.ts';
import { readOptions } from './options.ts';
import type { CommandServices } from './services.ts';
import { showIfSlow } from './showIfSlow.ts';

const terminalStatuses: readonly TerminalStatus[] = ['FINISHED', 'FAILED', 'KILLED'];

export function endRunCommands(services: CommandServices) {
  /** Resolves when the runs have ended. */
  const end = async (args: readonly unknown[], status: TerminalStatus) => {
    const options = readOptions(args, { status: 'string?', runId: 'string?' });
    if (options) {
      await endQuietly(services, options.runId, readStatus(options.status) ?? status);
      return;
    }
    const clicked = args[0] ? clickedRuns(args, services) : [];
    if (clicked.length === 0) await endWithProgress(services, activeRunOf(services), status);
    for (const { runId } of clicked) {
      const active = findActive(services, runId);
      await (active ? endWithProgress(services, active, status) : endQuietly(services, runId, status));
    }
  };
  return {
    'runlight.endRun': (...args: readonly unknown[]) => end(args, 'FINISHED'),
    'runlight.endRunFailed': (...args: readonly unknown[]) => end(args, 'FAILED'),
    'runlight.endRunKilled': (...args: readonly unknown[]) => end(args, 'KILLED'),
  };
}

function readStatus(status: string | undefined): TerminalStatus | undefined {
  const known = terminalStatuses.find(each => each === status);
  if (status === undefined || known !== undefined) return known;
  throw invalid(
    `The argument "status" must be one of ${terminalStatuses.join(', ')}, and is "${status}": a run can't end as that.`,
  );
}

function activeRunOf({ fluent }: CommandServices): ActiveRun {
  const run = fluent.activeRun();
  if (run) return run;
  throw new TrackingError('INVALID_STATE', 'No run is active: there is nothing to end.');
}

/** Ends the run with this id, the innermost active one by default. One that is not active here is closed in its store. */
async function endQuietly(
  services: CommandServices,
  runId: string | undefined,
  status: TerminalStatus,
): Promise<void> {
  const run = runId === undefined ? activeRunOf(services) : findActive(services, runId);
  if (run) return services.fluent.end(run, status);
  if (runId === undefined) return;
  const store = await services.connection.currentStore();
  await store.updateRun(runId, { status, endTime: Date.now() });
}

/**
 * Ends the run; where that takes time, says what it waits for, with a way to end it without. What was left out then is
 * said, too.
 */
export async function endWithProgress(
  { fluent, runWatch }: Pick<CommandServices, 'fluent' | 'runWatch'>,
  run: ActiveRun,
  status: TerminalStatus,
): Promise<void> {
  const { runName } = run.info;
  const stop = new AbortController();
  let left: readonly string[] = [];
  await showIfSlow(fluent.end(run, status, stop.signal), {
    title: vscode.l10n.t('Ending run "{0}"', runName),
    cancel: () => {
      left = unsentFiles(runWatch.state.current);
      stop.abort();
    },
    watch: report => {
      const say = () => report(waitingFor(runWatch.state.current));
      say();
      return runWatch.state.onDidChange(say);
    },
  });
  if (left.length === 0) return;
  void vscode.window.showWarningMessage(
    left.length === 1
      ? vscode.l10n.t('Run "{0}" has ended without {1}.', runName, left.join())
      : vscode.l10n.t('Run "{0}" has ended without {1} files: {2}', runName, left.length, listed(left)),
  );
}

function waitingFor(state: WatcherState | undefined): string {
  if (!state) return '';
  const { settling, waiting, sending } = state.counts;
  const files = settling + waiting + sending;
  if (files === 0) return '';
  return files === 1
    ? vscode.l10n.t('1 file to send. Cancel ends the run without it.')
    : vscode.l10n.t('{0} files to send. Cancel ends the run without them.', files);
}

/** What is being sent still arrives: the end of the run waits for it in the outbox. */
function unsentFiles(state: WatcherState | undefined): string[] {
  return (state?.files ?? [])
    .filter(({ state: { kind } }) => kind === 'settling' || kind === 'waiting')
    .map(({ artifactPath }) => artifactPath);
}

const listed = (paths: readonly string[]) =>
  paths.length > 5 ? `${paths.slice(0, 5).join(', ')}, …` : paths.join(', ');
