import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { RefreshLoop } from '../../../src/services/refreshLoop.ts';

let started: number;
let release: (() => void)[];
let loop: RefreshLoop;

beforeEach(() => {
  vi.useFakeTimers();
  started = 0;
  release = [];
  loop = new RefreshLoop(() => {
    started += 1;
    return new Promise(resolve => release.push(resolve));
  });
});

afterEach(() => {
  loop.dispose();
  vi.useRealTimers();
});

test('works once at a time, and once more for all who asked meanwhile', async () => {
  const first = loop.now();
  const second = loop.now();
  const third = loop.now();
  expect(started).toBe(1);
  release.shift()?.();
  await first;
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toBe(2);
  release.shift()?.();
  await Promise.all([second, third]);
  expect(started).toBe(2);
});

test('rests four times as long as it worked before it begins by itself', async () => {
  const first = loop.now();
  loop.soon();
  loop.soon();
  await vi.advanceTimersByTimeAsync(200);
  release.shift()?.();
  await first;
  await vi.advanceTimersByTimeAsync(799);
  expect(started).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(started).toBe(2);
});

test('does not rest when it is asked to', async () => {
  const first = loop.now();
  release.shift()?.();
  await first;
  loop.soon();
  void loop.now();
  expect(started).toBe(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(started).toBe(2);
});

test('does nothing once it is disposed', async () => {
  loop.soon();
  loop.dispose();
  await vi.advanceTimersByTimeAsync(10_000);
  await loop.now();
  expect(started).toBe(0);
});
