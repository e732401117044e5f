import * as vscode from 'vscode';
import { runFilterOf } from '../services/trackingModel/runFilter.ts';
import type { Experiment, Run, RunInfo, ViewType } from '../tracking/entities.ts';
import { TrackingError } from '../tracking/errors.ts';
import type { TrackingStore } from '../tracking/store/trackingStore.ts';
import { formatAge } from '../views/age.ts';
import { shownStatus, statusIcon, statusWord } from '../views/runStatus.ts';
import { runNameOf } from '../views/runText.ts';
import { Pressed, type Question } from './ask.ts';
import { type Choice, pickFound } from './pick.ts';
import type { CommandServices } from './services.ts';

/**
 * Lets the person choose a run of the current store: the newest ones, those that what is typed finds (as in the filter
 * of the Experiments view), or the one whose whole id it is. Undefined when they have dismissed it.
 */
export async function pickRun(
  { connection, fluent }: CommandServices,
  question: Question,
  viewType: Exclude<ViewType, 'ALL'>,
): Promise<RunInfo | undefined> {
  const store = await connection.currentStore();
  const experiments = new Map((await fluent.listExperiments()).map(each => [each.experimentId, each]));
  const search = async (text: string, maxResults: number, signal: AbortSignal) => {
    const query = { experimentIds: [...experiments.keys()], viewType, filter: runFilterOf(text), maxResults };
    const [page, named] = await Promise.all([
      store.searchRuns(query, signal),
      findById(store, text.trim(), viewType),
    ]);
    const runs = named ? [named, ...page.items] : page.items;
    return {
      choices: runs.map(run => describe(run, experiments.get(run.info.experimentId))),
      more: page.nextPageToken !== undefined,
    };
  };
  const placeholder = vscode.l10n.t('Name or ID of a run, or a filter');
  const answer = await pickFound<RunInfo>({ placeholder, ...question }, async (text, count, signal) => {
    try {
      return await search(text, count, signal);
    } catch (error) {
      // A filter that is not complete yet.
      if (!(error instanceof TrackingError) || error.errorCode !== 'INVALID_PARAMETER_VALUE') throw error;
      return { choices: [{ label: `$(error) ${error.message}` }], more: false };
    }
  });
  return answer instanceof Pressed ? undefined : answer;
}

async function findById(store: TrackingStore, text: string, viewType: ViewType): Promise<Run | undefined> {
  if (!/^[\da-f]{32}$/i.test(text)) return undefined;
  const run = await store.getRun(text.toLowerCase()).catch(() => undefined);
  const wanted = viewType === 'DELETED_ONLY' ? 'deleted' : 'active';
  return run?.info.lifecycleStage === wanted ? run : undefined;
}

function describe(run: Run, experiment: Experiment | undefined): Choice<RunInfo> {
  const { info } = run;
  const status = shownStatus(info, false);
  const age = info.startTime === undefined ? '' : formatAge(info.startTime);
  return {
    label: runNameOf(run),
    iconPath: statusIcon(status),
    description: [experiment?.name, statusWord(status), age].filter(Boolean).join(' · '),
    value: info,
  };
}
