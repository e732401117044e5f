/**
 * MLflow's filters as typed syntax, with the place of each part in the text.
 *
 * What is accepted means what MLflow 3.17 makes of it (`SearchUtils.parse_search_filter`), and what MLflow refuses is
 * refused. Accidents of MLflow's SQL lexer hold too: texts have no escapes, some words need quotes as keys, AND may
 * stand at either end, be doubled, or be left out before a plain comparison. Only names that sqlparse puts together
 * across spaces, or out of nothing after a dot, are refused here: `params.a b IS NULL`, `tags. x`, `metrics. DESC`.
 */
import type { Int64 } from '../entities.ts';
import { int64Max, int64Min } from '../validation.ts';
import { FilterSyntaxError } from './filterSyntaxError.ts';
import type {
  Comparator,
  Grammar,
  ListComparator,
  NullComparator,
  NumericComparator,
  TextComparator,
} from './grammar.ts';
import { comparatorsOf, experimentGrammar, runGrammar } from './grammar.ts';
import type { SourceRange, Token } from './lexer.ts';
import { nextToken } from './lexer.ts';
import { parseList } from './listLiteral.ts';
import type { Operand } from './operand.ts';
import { nameAt, resolveName } from './operand.ts';

export type Condition =
  | { readonly kind: 'number'; readonly comparator: NumericComparator; readonly value: Int64 }
  | { readonly kind: 'text'; readonly comparator: TextComparator; readonly value: string }
  | {
      readonly kind: 'list';
      readonly comparator: ListComparator;
      readonly values: readonly (string | Int64)[];
    }
  | { readonly kind: 'null'; readonly comparator: NullComparator };

/** One comparison. A run matches a filter if all of them hold. */
export interface Clause {
  readonly operand: Operand;
  readonly condition: Condition;
  readonly range: SourceRange;
}

/** @throws FilterSyntaxError */
export const parseRunFilter = (filter: string) => new FilterParser(runGrammar, filter).parse();

/** @throws FilterSyntaxError */
export const parseExperimentFilter = (filter: string) => new FilterParser(experimentGrammar, filter).parse();

class FilterParser {
  readonly #grammar: Grammar;
  readonly #text: string;
  /** What comes next, and where what was taken last ends. */
  #next: Token | undefined;
  #end = 0;

  constructor(grammar: Grammar, text: string) {
    this.#grammar = grammar;
    this.#text = text;
    this.#next = nextToken(text, 0);
  }

  parse(): readonly Clause[] {
    if (this.#next === undefined && this.#text !== '') {
      throw this.#error(`it is blank: write for example ${this.#grammar.hints.example}, or leave it out.`);
    }
    const clauses: Clause[] = [];
    let joined = true;
    for (let next = this.#next; next !== undefined; next = this.#next) {
      if (isWord(next, 'AND')) {
        this.#moveTo(next.end);
        joined = true;
        continue;
      }
      const clause = this.#clause();
      if (!joined) this.#requireStandalone(clause, clauses.at(-1));
      clauses.push(clause);
      joined = false;
    }
    return clauses;
  }

  /** Without AND, sqlparse takes the key of `… IS NULL` and `… IN (…)` for an alias of what stands before it. */
  #requireStandalone({ condition, range }: Clause, before: Clause | undefined): void {
    const isPlain = condition.kind === 'number' || condition.kind === 'text';
    if (!isPlain && before?.condition.kind !== 'null') {
      throw this.#error('write AND between the conditions.', range);
    }
  }

  #clause(): Clause {
    const operand = this.#operand();
    const condition = this.#condition(operand);
    return { operand, condition, range: { start: operand.range.start, end: this.#end } };
  }

  #operand(): Operand {
    const { example } = this.#grammar.hints;
    const first = this.#next;
    if (first === undefined) throw this.#error(`a condition is missing, such as ${example}.`);
    if (isWord(first, 'OR')) throw this.#error('MLflow has no OR: all conditions are joined by AND.');
    if (isWord(first, 'NOT')) throw this.#error('MLflow has no NOT here: use !=, NOT IN or IS NULL.');
    if (first.text === '(') throw this.#error('MLflow takes parentheses only after IN.');
    const range = nameAt(this.#text, first);
    if (range === undefined) {
      throw this.#error(`expected a condition such as ${example}, not ${describe(first)}.`);
    }
    this.#moveTo(range.end);
    if (this.#next?.start === range.end && this.#next.text.startsWith('.')) {
      throw this.#error(
        'after the dot goes a key: quote it, as in metrics.`val/acc`, if it is not one word.',
      );
    }
    return resolveName(this.#grammar, 'filter', this.#text.slice(range.start, range.end), range);
  }

  #condition(operand: Operand): Condition {
    const comparator = this.#comparator(operand);
    switch (comparator) {
      case 'IS NULL':
      case 'IS NOT NULL':
        return { kind: 'null', comparator };
      case 'IN':
      case 'NOT IN':
        return { kind: 'list', comparator, values: this.#list(operand) };
      case 'LIKE':
      case 'ILIKE':
        return { kind: 'text', comparator, value: this.#textValue(operand) };
      case '<':
      case '<=':
      case '>':
      case '>=':
        return { kind: 'number', comparator, value: this.#number(operand) };
      case '=':
      case '!=':
        switch (operand.type) {
          case 'metric':
          case 'time':
          case 'wholeTime':
            return { kind: 'number', comparator, value: this.#number(operand) };
          case 'experimentId': {
            const range = this.#next;
            return { kind: 'number', comparator, value: this.#int64(this.#textValue(operand), range) };
          }
          default:
            return { kind: 'text', comparator, value: this.#textValue(operand) };
        }
    }
  }

  #comparator({ type, range }: Operand): Comparator {
    const allowed = comparatorsOf[type];
    const key = this.#text.slice(range.start, range.end);
    const next = this.#next;
    const written = this.#takeComparator();
    const comparator = allowed.find(candidate => candidate === written);
    if (comparator !== undefined) return comparator;
    const taken = written !== undefined && next !== undefined ? { start: next.start, end: this.#end } : next;
    throw this.#error(`after ${key} goes one of ${allowed.join(', ')}.`, taken);
  }

  /** The comparator in MLflow's spelling; undefined if none is there. Experiments take LIKE, ILIKE, IN in capitals only. */
  #takeComparator(): string | undefined {
    const first = this.#next;
    if (first === undefined) return undefined;
    const second = nextToken(this.#text, first.end);
    const pair = `${first.text} ${second?.text ?? ''}`.toUpperCase();
    // sqlparse makes one word of NOT NULL, which has to have one space.
    if (second !== undefined && ['NOT IN', 'IS NULL', 'IS NOT NULL'].includes(pair)) {
      this.#moveTo(second.end);
      return pair;
    }
    if (first.kind !== 'comparator' && !isWord(first, 'IN')) return undefined;
    this.#moveTo(first.end);
    return this.#grammar.lax ? first.text.toUpperCase() : first.text;
  }

  #number({ type }: Operand): Int64 {
    const token = this.#next;
    const isNumber = token?.kind === 'integer' || (token?.kind === 'float' && type !== 'wholeTime');
    if (token === undefined || !isNumber) {
      const what = type === 'wholeTime' ? 'a whole number' : 'a number';
      const quotes = token?.kind === 'single' || token?.kind === 'double' ? ' without quotes' : '';
      throw this.#error(`expected ${what}${quotes}, not ${describe(token)}.`);
    }
    this.#moveTo(token.end);
    if (type === 'metric' || token.kind === 'float') return Number(token.text);
    return this.#int64(token.text, token);
  }

  #textValue(operand: Operand): string {
    const token = this.#next;
    if (token?.kind !== 'single' && token?.kind !== 'double') {
      const key = this.#text.slice(operand.range.start, operand.range.end);
      throw this.#error(
        token?.text === "'" || token?.text === '"'
          ? `this quote is not closed.`
          : `expected a text in quotes, as in ${key} = 'text', not ${describe(token)}.`,
      );
    }
    this.#moveTo(token.end);
    return token.text.slice(1, -1);
  }

  #list({ type }: Operand): readonly (string | Int64)[] {
    const open = this.#next;
    if (open?.text !== '(') throw this.#error(`expected a list such as ('a', 'b'), not ${describe(open)}.`);
    const list = parseList(this.#text, open.start);
    if ('unexpected' in list) {
      throw this.#error(
        "the list after IN has one or more texts in quotes, as in ('a', 'b').",
        list.unexpected,
      );
    }
    this.#moveTo(list.end);
    const range = { start: open.start, end: list.end };
    return type === 'experimentId' ? list.values.map(value => this.#int64(value, range)) : list.values;
  }

  /** Exact, as Python's integers are; what SQL can't hold can't be compared. */
  #int64(text: string, range: SourceRange | undefined): Int64 {
    const digits = /^\s*\+?(-?\d+)\s*$/.exec(text)?.[1];
    if (digits === undefined) throw this.#error(`"${text}" is not a whole number.`, range);
    const value = BigInt(digits);
    if (value < int64Min || value > int64Max) throw this.#error(`${digits} does not fit 64 bits.`, range);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  #moveTo(end: number): void {
    this.#end = end;
    this.#next = nextToken(this.#text, end);
  }

  /** @param range Default: what comes next. */
  #error(problem: string, range: SourceRange = this.#next ?? { start: this.#end, end: this.#text.length }) {
    return new FilterSyntaxError('filter', problem, range);
  }
}

const isWord = ({ kind, text }: Token, word: string) =>
  (kind === 'word' || kind === 'reserved') && text.toUpperCase() === word;

const describe = (token: Token | undefined) => (token === undefined ? 'the end' : `"${token.text}"`);
