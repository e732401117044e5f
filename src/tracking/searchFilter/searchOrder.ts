import { FilterSyntaxError } from './filterSyntaxError.ts';
import type { Grammar } from './grammar.ts';
import { experimentGrammar, runGrammar } from './grammar.ts';
import { nextToken, space } from './lexer.ts';
import type { Operand } from './operand.ts';
import { nameAt, resolveName } from './operand.ts';

/** One key to sort by: `metrics.loss DESC`. */
export interface Order {
  readonly operand: Operand;
  readonly ascending: boolean;
}

/** @throws FilterSyntaxError */
export const parseRunOrder = (orderBy: string) => parseOrder(runGrammar, orderBy);

/** @throws FilterSyntaxError */
export const parseExperimentOrder = (orderBy: string) => parseOrder(experimentGrammar, orderBy);

const direction = new RegExp(`${space}+(ASC|DESC)$`, 'i');

/** As MLflow's `_parse_order_by_string`: a name, then nothing or spaces and one of ASC and DESC; no spaces around it. */
function parseOrder(grammar: Grammar, text: string): Order {
  const found = direction.exec(text);
  const written = found === null ? text : text.slice(0, found.index);
  const range = { start: 0, end: written.length };
  if (!isName(written, found !== null)) {
    throw new FilterSyntaxError(
      'order',
      `expected one key, then ASC or DESC or nothing, as in metrics.loss ASC or metrics.\`val/loss\`.`,
      range,
    );
  }
  // With a direction, MLflow splits the text like a shell, which loses all quotes: "metrics.loss" DESC is fine.
  const name = found === null ? written : written.replace(/[`"']/g, '');
  const operand = resolveName(grammar, 'order', name, range);
  if (!grammar.orderable.includes(operand.entity)) {
    throw new FilterSyntaxError('order', `MLflow can't sort by ${operand.entity}s.`, range);
  }
  return { operand, ascending: found?.[1]?.toUpperCase() !== 'DESC' };
}

/** Before a direction, sqlparse also takes for a key what is none in a filter: `metrics.1`, `metrics.as`. */
function isName(text: string, beforeDirection: boolean): boolean {
  const first = nextToken(text, 0);
  if (first?.start !== 0) return false;
  const end = nameAt(text, first)?.end;
  if (end === undefined || end === text.length || !beforeDirection) return end === text.length;
  const dotted = nextToken(text, end);
  const last = dotted?.text === '.' ? nextToken(text, dotted.end) : dotted;
  return last?.end === text.length && /^\.(as$|-?[0-9])/i.test(text.slice(end));
}
