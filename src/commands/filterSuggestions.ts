import type { Run } from '../tracking/entities.ts';
import { comparatorsOf } from '../tracking/searchFilter/grammar.ts';
import type { Operand } from '../tracking/searchFilter/operand.ts';
import { parseRunFilter } from '../tracking/searchFilter/searchFilter.ts';
import { parseRunOrder } from '../tracking/searchFilter/searchOrder.ts';
import { messageOf } from '../tracking/validation.ts';
import { runFilterOf } from '../services/trackingModel/runFilter.ts';
import { isUserTag } from '../views/runText.ts';

/** Why what is typed is no filter; undefined if it is one, or a text to look for in names. */
export const filterRefusal = (typed: string) =>
  messageOf(() => {
    const filter = runFilterOf(typed);
    if (filter !== undefined) parseRunFilter(filter);
  });

/** `metrics.loss`, with quotes where the search syntax needs them: metrics.`val/loss`. */
export function operandText(prefix: 'metrics' | 'params' | 'tags', key: string): string {
  const plain = `${prefix}.${key}`;
  const isPlain =
    messageOf(() => parseRunOrder(plain)) === undefined && parseRunOrder(plain).operand.key === key;
  return isPlain ? plain : `${prefix}.\`${key}\``;
}

/** What the runs can be searched and sorted by, the most used kind first. */
export function operandsOf(runs: readonly Run[]): readonly string[] {
  const of = (prefix: 'metrics' | 'params' | 'tags', keys: (run: Run) => Iterable<string>) =>
    [...new Set(runs.flatMap(run => [...keys(run)]))].sort().map(key => operandText(prefix, key));
  return [
    ...of('metrics', run => run.metrics.keys()),
    ...of('params', run => run.params.keys()),
    ...of('tags', run => [...run.tags.keys()].filter(isUserTag)),
    ...['attributes.status', 'attributes.run_name', 'attributes.start_time', 'attributes.end_time'],
    ...['attributes.user_id', 'attributes.run_id'],
  ];
}

/** One way to go on: `text` is the whole filter with it. */
export interface Suggestion {
  readonly label: string;
  readonly text: string;
}

/** How what is typed can go on: with a key of the runs, a comparator, one of the runs' own values, or AND. */
export function suggestionsFor(typed: string, runs: readonly Run[]): readonly Suggestion[] {
  const [, before = '', fragment = ''] = /^(.*?)(\S*)$/s.exec(typed) ?? [];
  const go = (labels: readonly string[]) =>
    labels
      .filter(label => label.toLowerCase().includes(fragment.toLowerCase()) && label !== fragment)
      .map(label => ({ label, text: `${before}${label} ` }));

  if (before.trim() === '' || /\bAND\s+$/i.test(before)) return go(operandsOf(runs));
  const words = /(\S+)\s+(?:(\S+)\s+)?$/.exec(before);
  const compared = operandAt(words?.[1]);
  if (compared && (words?.[2] === '=' || words?.[2] === '!=')) return go(valuesOf(compared, runs));
  const operand = operandAt(words?.[2] ?? words?.[1]);
  if (operand) return go(comparatorsOf[operand.type]);
  const isWhole = filterRefusal(before) === undefined && runFilterOf(before) === before.trim();
  return isWhole ? go(['AND']) : [];
}

/** Only with its kind in front: a bare word is more likely a part of a run's name. */
function operandAt(word: string | undefined): Operand | undefined {
  if (word?.includes('.') !== true) return undefined;
  return messageOf(() => parseRunOrder(word)) === undefined ? parseRunOrder(word).operand : undefined;
}

/** The values of texts, in the quotes that they need; numbers are not worth repeating. */
function valuesOf({ entity, key }: Operand, runs: readonly Run[]): readonly string[] {
  const values = runs.map(run => {
    if (entity === 'param') return run.params.get(key);
    if (entity === 'tag') return run.tags.get(key);
    if (entity !== 'attribute') return undefined;
    if (key === 'status') return run.info.status;
    return key === 'user_id' ? run.info.userId : undefined;
  });
  return [...new Set(values)]
    .filter(value => value !== undefined && !value.includes('\n') && !/'.*"|".*'/.test(value))
    .map(value => (value?.includes("'") === true ? `"${value}"` : `'${value}'`));
}
