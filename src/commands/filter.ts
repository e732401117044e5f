import * as vscode from 'vscode';
import type { Run } from '../tracking/entities.ts';
import { answered, Pressed, prepare } from './ask.ts';
import { filterRefusal, suggestionsFor } from './filterSuggestions.ts';
import { sampleRuns } from './knownKeys.ts';
import type { Choice } from './pick.ts';
import type { CommandServices } from './services.ts';

/** Its value is the filter as it is with this completion. */
type Item = Choice<string>;

/**
 * Asks for a filter with completion from what the newest runs have. While the person types, the view already shows what
 * a valid one finds; dismissing the question brings back what it showed before.
 */
export async function askForFilter(services: CommandServices): Promise<string | undefined> {
  const { model } = services;
  const before = model.state.current.options.filter;
  const input = vscode.window.createQuickPick<Item>();
  prepare(input, {
    title: vscode.l10n.t('Filter Runs'),
    value: before,
    placeholder: vscode.l10n.t(
      "A part of a name, or a filter such as metrics.acc > 0.9 AND params.lr = '0.01'",
    ),
  });
  let runs: readonly Run[] = [];
  const show = () => {
    const refusal = filterRefusal(input.value);
    input.items = [
      applied(input.value, refusal),
      ...suggestionsFor(input.value, runs).map(({ label, text }): Item => ({
        label: `$(symbol-key) ${label}`,
        value: text,
        alwaysShow: true,
      })),
    ];
    return refusal === undefined;
  };
  const preview = () => {
    if (show()) void model.setOptions({ filter: input.value });
  };
  const answer = await answered<string>(input, ({ resolve, reject }) => {
    input.onDidChangeValue(preview);
    input.onDidAccept(() => {
      const completed = input.activeItems[0]?.value;
      if (completed !== undefined) {
        input.value = completed;
        preview();
      } else if (filterRefusal(input.value) === undefined) {
        // The list may still show what was typed before.
        resolve(input.value);
      }
    });
    show();
    sampleRuns(services).then(sample => {
      runs = sample;
      show();
    }, reject);
  });
  if (answer !== undefined && !(answer instanceof Pressed)) return answer;
  await model.setOptions({ filter: before });
  return undefined;
}

/** What Enter does with what is typed, or why it does nothing. */
function applied(filter: string, refusal: string | undefined): Item {
  if (refusal !== undefined) return { label: `$(error) ${refusal}`, alwaysShow: true };
  const label =
    filter.trim() === ''
      ? vscode.l10n.t('$(clear-all) Show all runs')
      : vscode.l10n.t('$(filter) Show runs that match {0}', filter);
  return { label, alwaysShow: true };
}
