import { isDeepStrictEqual } from 'node:util';

/** `next`, or `previous` where they are equal: who compares by identity then sees what has really changed. */
export function keepIdentity<T>(previous: T | undefined, next: T): T {
  return previous !== undefined && isDeepStrictEqual(previous, next) ? previous : next;
}

/** The same for each item of a list, found again by its id. */
export function keepItems<T>(
  previous: readonly T[] | undefined,
  next: readonly T[],
  idOf: (item: T) => string,
): readonly T[] {
  if (!previous) return next;
  const known = new Map(previous.map(item => [idOf(item), item]));
  const kept = next.map(item => keepIdentity(known.get(idOf(item)), item));
  const unchanged = kept.length === previous.length && kept.every((item, index) => item === previous[index]);
  return unchanged ? previous : kept;
}
