import { beforeEach, expect, test } from 'vitest';
import { NodeCache } from '../../../src/views/nodeCache.ts';

interface Node {
  readonly id: string;
  readonly parent: Node | undefined;
  readonly text: string;
}

let cache: NodeCache<Node>;
const row = (id: string, text = id, parent?: Node): Node => ({ id, parent, text });

beforeEach(() => {
  cache = new NodeCache();
});

test('the object of a row stays, with the latest contents', () => {
  const [a, b] = cache.update(undefined, [row('a'), row('b')]).rows;
  const changes = cache.update(undefined, [row('a', 'new'), row('b')]);
  expect(changes.rows[0]).toBe(a);
  expect(changes.rows[1]).toBe(b);
  expect(changes).toMatchObject({ moved: false, changed: [{ id: 'a', text: 'new' }] });
});

test.each([
  ['come', ['a', 'b', 'c']],
  ['go', ['a']],
  ['move', ['b', 'a']],
])('rows that %s move their parent', (_, ids) => {
  cache.update(undefined, [row('a'), row('b')]);
  expect(
    cache.update(
      undefined,
      ids.map(id => row(id)),
    ).moved,
  ).toBe(true);
});

test('only what has changed is shown anew', () => {
  const { rows } = cache.update(undefined, [row('a'), row('b')]);
  const [a] = rows;
  cache.update(a, [row('a1', 'old', a), row('a2', 'same', a)]);
  const update = (inA: readonly Node[]) =>
    cache.updateAll(parent => (parent === undefined ? [row('a'), row('b')] : inA));
  expect(update([row('a1', 'old', a), row('a2', 'same', a)])).toBe('none');
  expect(update([row('a1', 'new', a), row('a2', 'same', a)])).toMatchObject([{ id: 'a1' }]);
  expect(update([row('a2', 'same', a)])).toEqual([a]);
  expect(cache.updateAll(() => [])).toBe('all');
});

test('a row that is gone takes what is below it along', () => {
  const [a] = cache.update(undefined, [row('a')]).rows;
  const [a1] = cache.update(a, [row('a1', 'x', a)]).rows;
  cache.update(a1, [row('a11', 'x', a1)]);
  cache.update(undefined, []);
  expect(cache.parents).toEqual([undefined]);
  expect([...cache.nodes]).toEqual([]);
  expect(a && cache.has(a)).toBe(false);
});

test('a collapsed row is no longer updated', () => {
  const [a] = cache.update(undefined, [row('a')]).rows;
  if (!a) throw new Error('No row.');
  cache.update(a, [row('a1', 'x', a)]);
  cache.collapse(a);
  expect(cache.shows(a)).toBe(false);
  expect(cache.has(a)).toBe(true);
  expect(cache.updateAll(parent => (parent === undefined ? [row('a')] : [row('never')]))).toBe('none');
});
