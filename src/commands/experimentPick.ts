import * as vscode from 'vscode';
import type { ViewType } from '../tracking/entities.ts';
import type { NextExperiment } from '../tracking/nextExperiment.ts';
import type { TrackingStore } from '../tracking/store/trackingStore.ts';
import { messageOf, validateExperimentName } from '../tracking/validation.ts';
import { type Answer, type Question } from './ask.ts';
import { type Choice, pickFound } from './pick.ts';

interface ExperimentQuestion extends Question {
  readonly viewType: Exclude<ViewType, 'ALL'>;
  /** Offers to create one of the name that is typed: it is answered without an id. */
  readonly offerNew?: boolean;
}

/** Lets the person choose one of the store's experiments by its name, or name one that is to be created. */
export function pickExperiment(
  store: TrackingStore,
  { viewType, offerNew = false, ...question }: ExperimentQuestion,
): Promise<Answer<NextExperiment>> {
  return pickFound<NextExperiment>(question, async (text, maxResults, signal) => {
    const filter = text === '' ? undefined : containing(text);
    const [page, same] = await Promise.all([
      store.searchExperiments({ viewType, filter, maxResults }, signal),
      text === '' || !offerNew ? undefined : store.getExperimentByName(text),
    ]);
    const choices = page.items.map(({ name, experimentId }): Choice<NextExperiment> => ({
      label: name,
      description: vscode.l10n.t('experiment {0}', experimentId),
      value: { experimentId, name },
    }));
    const creatable = offerNew && text !== '' && same === undefined;
    return {
      choices: creatable ? [...choices, newExperiment(text)] : choices,
      more: page.nextPageToken !== undefined,
    };
  });
}

function newExperiment(name: string): Choice<NextExperiment> {
  const refusal = messageOf(() => validateExperimentName(name));
  return refusal === undefined
    ? {
        label: vscode.l10n.t('$(add) Create experiment "{0}"', name),
        value: { experimentId: undefined, name },
      }
    : { label: `$(error) ${refusal}` };
}

/** As for runs (`runFilterOf`): a quote that can't be written becomes the wildcard for one character. */
function containing(text: string): string {
  const quote = text.includes("'") ? '"' : "'";
  return `name ILIKE ${quote}%${text.replaceAll(quote, '_')}%${quote}`;
}
