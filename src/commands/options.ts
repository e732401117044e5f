import { inspect } from 'node:util';
import { invalid } from '../tracking/errors.ts';

/** The types that an option of a command can have, by name: key bindings and tasks write them as JSON. */
interface OptionTypes {
  string: string;
  /** A bigint, or digits in a text, where a number would not be exact. */
  integer: number | bigint;
  /** A metric's value: JSON has no NaN and no Infinity, so their names do too. */
  double: number;
  boolean: boolean;
  strings: Readonly<Record<string, string>>;
  list: readonly string[];
}
type TypeName = keyof OptionTypes;
type Declaration = TypeName | `${TypeName}?`;
export type Shape = Readonly<Record<string, Declaration>>;

export type Options<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends `${infer T extends TypeName}?`
    ? OptionTypes[T] | undefined
    : S[K] extends TypeName
      ? OptionTypes[S[K]]
      : never;
};

const isText = (value: unknown): value is string => typeof value === 'string';
const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

const readers: { readonly [T in TypeName]: (value: unknown) => OptionTypes[T] | undefined } = {
  string: value => (isText(value) ? value : undefined),
  integer: value =>
    typeof value === 'bigint' || Number.isInteger(value)
      ? (value as number | bigint)
      : isText(value)
        ? parseInteger(value)
        : undefined,
  double: value => (typeof value === 'number' ? value : isText(value) ? parseDouble(value) : undefined),
  boolean: value => (typeof value === 'boolean' ? value : undefined),
  strings: value =>
    isPlain(value) && Object.values(value).every(isText) ? (value as Record<string, string>) : undefined,
  list: value => (Array.isArray(value) && value.every(isText) ? value : undefined),
};

const names: Readonly<Record<TypeName, string>> = {
  string: 'a text',
  integer: 'a whole number',
  double: 'a number, "NaN", "Infinity" or "-Infinity"',
  boolean: 'true or false',
  strings: 'an object of texts',
  list: 'a list of texts',
};

/**
 * Whether a command was called with options, `executeCommand(id, {…})`: then it asks nothing. Menus and views call with
 * what was clicked: a Uri, or an item of a tree, which has a `kind`.
 */
export function hasOptions(args: readonly unknown[]): boolean {
  return isPlain(args[0]) && !('kind' in args[0]);
}

/**
 * The options that a command was called with, or undefined if a person is to be asked.
 * @throws TrackingError INVALID_PARAMETER_VALUE for a missing, unknown or wrongly typed one.
 */
export function readOptions<const S extends Shape>(
  args: readonly unknown[],
  shape: S,
): Options<S> | undefined {
  if (!hasOptions(args)) return undefined;
  const given = args[0] as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find(name => !Object.hasOwn(shape, name));
  if (unknown !== undefined) {
    throw invalid(
      `"${unknown}" is not an argument of this command: it takes ${Object.keys(shape).join(', ') || 'none'}.`,
    );
  }
  return Object.fromEntries(
    Object.entries(shape).map(([name, declaration]) => [name, read(name, declaration, given[name])]),
  ) as Options<S>;
}

function read(name: string, declaration: Declaration, value: unknown): unknown {
  const optional = declaration.endsWith('?');
  const type = (optional ? declaration.slice(0, -1) : declaration) as TypeName;
  if (value === undefined && optional) return undefined;
  const result = readers[type](value);
  if (result !== undefined) return result;
  throw invalid(
    value === undefined
      ? `The argument "${name}" is missing: it is ${names[type]}.`
      : `The argument "${name}" must be ${names[type]}, and is ${inspect(value)}.`,
  );
}

/**
 * A number as a person writes it: decimal, with an exponent, or NaN, Infinity, inf, with a sign. As Python's `float()`:
 * blanks around it are fine, hexadecimal and empty texts are not.
 */
export function parseDouble(text: string): number | undefined {
  const trimmed = text.trim();
  const special = /^([+-]?)(?:(nan)|inf(?:inity)?)$/i.exec(trimmed);
  if (special) return special[2] ? NaN : special[1] === '-' ? -Infinity : Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : undefined;
}

/** A whole number, as exact as it was written. */
export function parseInteger(text: string): number | bigint | undefined {
  const trimmed = text.trim();
  if (!/^[+-]?\d+$/.test(trimmed)) return undefined;
  const exact = BigInt(trimmed.replace(/^\+/, ''));
  const number = Number(exact);
  return Number.isSafeInteger(number) ? number : exact;
}
