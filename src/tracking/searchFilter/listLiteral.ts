/**
 * The list after IN. MLflow reads it with Python's `ast.literal_eval`, so that, unlike anywhere else in a filter,
 * backslashes escape; prefixes (`r''`), nesting and comments are left out here.
 */
import type { SourceRange } from './lexer.ts';
import { skipSpaces } from './lexer.ts';

const string = /'(?:\\[^]|[^'\\\n])*'|"(?:\\[^]|[^"\\\n])*"/y;

/** @returns The texts of a list that opens at `start`, or where it goes wrong. */
export function parseList(
  text: string,
  start: number,
): { readonly values: readonly string[]; readonly end: number } | { readonly unexpected: SourceRange } {
  const values: string[] = [];
  let position = skipSpaces(text, start + 1);
  while (text[position] !== ')') {
    let value: string | undefined;
    // Adjacent strings are one, as in Python.
    for (let end = stringEnd(text, position); end !== undefined; end = stringEnd(text, position)) {
      value = (value ?? '') + unescape(text.slice(position + 1, end - 1));
      position = skipSpaces(text, end);
    }
    if (value === undefined) return { unexpected: { start: position, end: position + 1 } };
    values.push(value);
    if (text[position] === ',') position = skipSpaces(text, position + 1);
    else if (text[position] !== ')') return { unexpected: { start: position, end: position + 1 } };
  }
  return values.length > 0
    ? { values, end: position + 1 }
    : { unexpected: { start: position, end: position + 1 } };
}

function stringEnd(text: string, position: number): number | undefined {
  string.lastIndex = position;
  return string.test(text) ? string.lastIndex : undefined;
}

const named: Readonly<Record<string, string>> = {
  '\n': '',
  'a': '\x07',
  'b': '\b',
  'f': '\f',
  'n': '\n',
  'r': '\r',
  't': '\t',
  'v': '\v',
};
const escape = /\\(?:([0-7]{1,3})|x([0-9a-f]{2})|u([0-9a-f]{4})|U(00(?:0[0-9a-f]|10)[0-9a-f]{4})|([^]))/gi;

/** Python's escapes but `\N{…}`; an unknown one stays as it is written. */
const unescape = (body: string) =>
  body.replace(
    escape,
    (all: string, octal?: string, x?: string, u?: string, long?: string, character?: string) => {
      if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
      const hexadecimal = x ?? u ?? long;
      if (hexadecimal !== undefined) return String.fromCodePoint(parseInt(hexadecimal, 16));
      if (character === undefined) return all;
      return named[character] ?? (/['"\\]/.test(character) ? character : all);
    },
  );
