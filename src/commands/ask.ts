import * as vscode from 'vscode';

/** What is asked is one of several questions: `value` is its earlier answer when the person has come back to it. */
export interface Place {
  readonly step: number;
  readonly totalSteps: number;
}

export interface Question {
  readonly title: string;
  readonly placeholder?: string;
  readonly value?: string | undefined;
  readonly place?: Place | undefined;
  readonly buttons?: readonly vscode.QuickInputButton[];
}

export interface TextQuestion extends Question {
  readonly prompt?: string;
  /** Why `value` can't be accepted. Asked while the person types; a rejection ends the question with that error. */
  readonly validate?: (value: string) => string | undefined | Promise<string | undefined>;
}

/** A person's answer by a button of the input, with what had been typed. */
export class Pressed {
  readonly button: vscode.QuickInputButton;
  readonly value: string;

  constructor(button: vscode.QuickInputButton, value: string) {
    this.button = button;
    this.value = value;
  }
}

/** The answer to a question; undefined when the person has dismissed it. */
export type Answer<T> = T | Pressed | undefined;

/** Asks for a text with the prefilled one selected. Like VS Code's own input box it is not red before a key is pressed. */
export function askText(question: TextQuestion): Promise<Answer<string>> {
  const input = vscode.window.createInputBox();
  prepare(input, question);
  input.prompt = question.prompt;
  if (question.value !== undefined) input.valueSelection = [0, question.value.length];
  const refusal = async (value: string) => {
    const message = await question.validate?.(value);
    if (value === input.value) input.validationMessage = message;
    return message;
  };
  return answered(input, ({ resolve, reject }) => {
    input.onDidChangeValue(value => void refusal(value).catch(reject));
    input.onDidAccept(() => {
      const { value } = input;
      refusal(value).then(message => {
        if (message === undefined && value === input.value) resolve(value);
      }, reject);
    });
  });
}

/** What input boxes and quick picks have in common. */
type Field = Pick<
  vscode.InputBox,
  keyof vscode.QuickInput | 'value' | 'placeholder' | 'buttons' | 'onDidTriggerButton'
>;

export function prepare(input: Field, question: Question): void {
  const { title, placeholder, value, place, buttons = [] } = question;
  input.title = title;
  input.placeholder = placeholder;
  if (value !== undefined) input.value = value;
  input.step = place?.step;
  input.totalSteps = place?.totalSteps;
  input.buttons = [...(place && place.step > 1 ? [vscode.QuickInputButtons.Back] : []), ...buttons];
}

interface Settling<T> {
  readonly resolve: (answer: Answer<T>) => void;
  readonly reject: (reason: unknown) => void;
}

/** Shows `input` until it is answered, a button of it is pressed, or it is hidden; then disposes it. */
export function answered<T>(input: Field, listen: (settling: Settling<T>) => void): Promise<Answer<T>> {
  return new Promise<Answer<T>>((resolve, reject) => {
    listen({ resolve, reject });
    input.onDidTriggerButton(button => resolve(new Pressed(button, input.value)));
    input.onDidHide(() => resolve(undefined));
    input.show();
  }).finally(() => input.dispose());
}

/**
 * Asks one question after the other, in the order of the properties. The Back button returns to the one before, which
 * finds its earlier answer among `answers`. Undefined when the person has dismissed one of them.
 */
export async function askInTurn<A extends Readonly<Record<string, string>>>(questions: {
  readonly [K in keyof A]: (place: Place, answers: Partial<A>) => Promise<Answer<string>>;
}): Promise<A | undefined> {
  const keys: readonly (keyof A)[] = Object.keys(questions);
  let answers: Partial<A> = {};
  for (let index = 0; ;) {
    const key = keys[index];
    if (key === undefined) return answers as A;
    const answer = await questions[key]({ step: index + 1, totalSteps: keys.length }, answers);
    if (answer === undefined) return undefined;
    if (answer instanceof Pressed) {
      index--;
    } else {
      answers = { ...answers, [key]: answer };
      index++;
    }
  }
}
