import * as vscode from 'vscode';
import { isCancellation } from '../tracking/errors.ts';
import { answered, type Answer, prepare, type Question } from './ask.ts';

/** An item of a list with what choosing it means; without `value` it says something and can't be chosen. */
export interface Choice<T> extends vscode.QuickPickItem {
  readonly value?: T;
}

/** Lets the person choose one of `choices`, which may still be on their way. */
export function pick<T>(
  question: Question,
  choices: readonly Choice<T>[] | Promise<readonly Choice<T>[]>,
): Promise<Answer<T>> {
  const input = vscode.window.createQuickPick<Choice<T>>();
  prepare(input, question);
  input.matchOnDescription = true;
  return answered<T>(input, ({ resolve, reject }) => {
    input.onDidAccept(() => choose(input, resolve));
    input.busy = true;
    Promise.resolve(choices).then(items => {
      input.items = items;
      input.busy = false;
    }, reject);
  });
}

export interface KeyQuestion extends Question {
  /** What can be completed, by key, with what is beside it in the list. */
  readonly known: ReadonlyMap<string, string>;
  /** Why `key` can't be accepted. */
  readonly validate: (key: string) => string | undefined;
  /** What is beside a key that is not known. */
  readonly unknown: string;
}

/**
 * Asks for a known key or one that the person types; what is wrong with it stands in the list while it is typed. The
 * list follows the typing with a delay, so Enter takes what is in the field unless a known key has the focus.
 */
export function askKey({ known, validate, unknown, ...question }: KeyQuestion): Promise<Answer<string>> {
  const input = vscode.window.createQuickPick<Choice<string>>();
  prepare(input, question);
  const completions: readonly Choice<string>[] = [...known].map(([key, description]) => ({
    label: key,
    description,
    value: key,
  }));
  const typed = (key: string): readonly Choice<string>[] => {
    if (key === '' || known.has(key)) return [];
    const refusal = validate(key);
    return refusal === undefined
      ? [{ label: `$(add) ${key}`, description: unknown, value: key, alwaysShow: true }]
      : [{ label: `$(error) ${refusal}`, alwaysShow: true }];
  };
  const show = () => {
    input.items = [...typed(input.value), ...completions];
  };
  return answered<string>(input, ({ resolve }) => {
    input.onDidChangeValue(show);
    input.onDidAccept(() => {
      const focused = input.activeItems[0];
      if (focused?.value !== undefined && known.has(focused.value)) resolve(focused.value);
      else if (input.value !== '' && validate(input.value) === undefined) resolve(input.value);
    });
    show();
  });
}

/** A page of what a search found: `more` says that there is another one. */
export interface Found<T> {
  readonly choices: readonly Choice<T>[];
  readonly more: boolean;
}

/**
 * Lets the person choose from what `search` finds for the text that they type, the latest search winning. Enter while
 * one is under way takes the first that it finds. The last item shows as many again, where there are more.
 */
export function pickFound<T>(
  question: Question,
  search: (text: string, count: number, signal: AbortSignal) => Promise<Found<T>>,
): Promise<Answer<T>> {
  const input = vscode.window.createQuickPick<Choice<T>>();
  prepare(input, question);
  const pageSize = 50;
  let running = new AbortController();
  let count = pageSize;
  let takeFirst = false;
  const more: Choice<T> = { label: vscode.l10n.t('$(ellipsis) Show more'), alwaysShow: true };
  return answered<T>(input, ({ resolve, reject }) => {
    const show = ({ choices, more: isMore }: Found<T>) => {
      input.busy = false;
      input.keepScrollPosition = count > pageSize;
      // The search has decided what matches: the list must not look for the text again.
      input.items = [...choices.map(choice => ({ ...choice, alwaysShow: true })), ...(isMore ? [more] : [])];
      const [first] = choices;
      if (takeFirst && first?.value !== undefined) resolve(first.value);
    };
    const start = () => {
      running.abort();
      running = new AbortController();
      const { signal } = running;
      input.busy = true;
      takeFirst = false;
      search(input.value, count, signal).then(
        found => {
          if (!signal.aborted) show(found);
        },
        (error: unknown) => {
          if (!signal.aborted && !isCancellation(error)) reject(error);
        },
      );
    };
    input.onDidChangeValue(() => {
      count = pageSize;
      start();
    });
    input.onDidAccept(() => {
      if (input.busy) {
        takeFirst = true;
      } else if (input.activeItems[0] === more) {
        count += pageSize;
        start();
      } else {
        choose(input, resolve);
      }
    });
    start();
  }).finally(() => running.abort());
}

function choose<T>(input: vscode.QuickPick<Choice<T>>, resolve: (value: T) => void): void {
  const value = input.activeItems[0]?.value;
  if (value !== undefined) resolve(value);
}
