/**
 * The words of MLflow's filters. MLflow splits them with sqlparse, a lexer for SQL, whose rules decide what needs
 * quotes: `metrics.in`, `metrics.1` and `params.a-b` do, `params.1a` and `tags.mlflow.user` don't. The patterns are
 * sqlparse's own (`sqlparse/keywords.py`, `SQL_REGEX`), in its order, as far as a filter can use them.
 */

export type TokenKind =
  | 'word'
  | 'reserved'
  | 'backticks'
  | 'single'
  | 'double'
  | 'integer'
  | 'float'
  | 'comparator'
  | 'order'
  | 'mark';

/** Offsets are UTF-16 code units of the filter, `end` exclusive. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

export interface Token extends SourceRange {
  /** undefined for what no filter can have. */
  readonly kind: TokenKind | undefined;
  readonly text: string;
}

/** Python's `\w`, as in validation.ts. */
const w = String.raw`[\p{L}\p{N}_]`;
const wordEnd = `(?!${w})`;
/** Python's `\s`; JavaScript's differs by the control characters 1C–1F and 85, and by FEFF. */
export const space = String.raw`[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const letter = '[A-ZÀ-Ü]';
const digitsEnd = '(?![_A-ZÀ-Ü])';

const pattern = (source: string) => new RegExp(source, 'iuy');

const spaces = pattern(`${space}*`);

const rules: readonly (readonly [TokenKind | undefined, RegExp])[] = [
  ['backticks', pattern('`(``|[^`])*`')],
  ['reserved', pattern(`(CASE|IN|VALUES|USING|FROM|AS)${wordEnd}`)],
  ['word', pattern(String.raw`${letter}${w}*(?=${space}*\.(?![0-9]))`)],
  ['word', pattern(String.raw`(?<=\.)${letter}${w}*`)],
  [undefined, pattern('-?0x[0-9A-F]+')],
  ['float', pattern(String.raw`-?[0-9]+(\.[0-9]+)?E-?[0-9]+`)],
  ['float', pattern(String.raw`-?([0-9]+(\.[0-9]*)|\.[0-9]+)${digitsEnd}`)],
  ['integer', pattern(`-?[0-9]+${digitsEnd}`)],
  ['single', pattern(String.raw`'(''|\\'|[^'])*'`)],
  ['double', pattern(String.raw`"(""|\\"|[^"])*"`)],
  ['reserved', pattern(String.raw`NOT${space}+NULL${wordEnd}`)],
  ['order', pattern(`(ASC|DESC)${wordEnd}`)],
  ['comparator', pattern(`(NOT${space}+)?(LIKE|ILIKE|RLIKE|REGEXP)${wordEnd}`)],
  // The only entity that is also a word of SQL; before a dot and no digit, it has become a word above.
  ['reserved', pattern(`PARAMETERS?(?!${w}|[$#])`)],
  ['word', pattern(`${w}(${w}|[$#])*`)],
  ['mark', pattern('[(),.]')],
  ['comparator', pattern('[<>=~!]+')],
];

/** The token at or after `position`; undefined at the end. */
export function nextToken(text: string, position: number): Token | undefined {
  const start = skipSpaces(text, position);
  if (start >= text.length) return undefined;
  for (const [kind, rule] of rules) {
    const end = matchEnd(rule, text, start);
    if (end !== undefined) return { kind, text: text.slice(start, end), start, end };
  }
  const character = String.fromCodePoint(text.codePointAt(start) ?? 0);
  return { kind: undefined, text: character, start, end: start + character.length };
}

export function skipSpaces(text: string, position: number): number {
  return matchEnd(spaces, text, position) ?? position;
}

function matchEnd(rule: RegExp, text: string, position: number): number | undefined {
  rule.lastIndex = position;
  return rule.test(text) ? rule.lastIndex : undefined;
}
