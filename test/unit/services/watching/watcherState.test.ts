import { describe, expect, it } from 'vitest';
import { StateBoard } from '../../../../src/services/watching/watcherState.ts';
import type { FileState } from '../../../../src/services/watching/watcherState.ts';

function makeBoard() {
  const timers: (() => void)[] = [];
  const board = new StateBoard({
    now: () => 0,
    after: (_delay, run) => {
      timers.push(run);
      return { dispose: () => undefined };
    },
  });
  const events: number[] = [];
  board.onDidChange(state => events.push(state.counts.sent));
  const elapse = () => {
    for (const run of timers.splice(0)) run();
  };
  const set = (path: string, state: FileState) => {
    board.set({ path, artifactPath: path, state });
  };
  return { board, events, elapse, set };
}

describe('the state of the watcher', () => {
  it('tells thousands of changes with one event, and none where nothing changed', () => {
    const { events, elapse, set } = makeBoard();
    for (let index = 0; index < 5_000; index++) set(`f${index}`, { kind: 'sent' });
    elapse();
    expect(events).toEqual([5_000]);
    set('x', { kind: 'skipped', reason: 'It is a socket.' });
    elapse();
    set('x', { kind: 'skipped', reason: 'It is a socket.' });
    set('f0', { kind: 'sent' });
    elapse();
    expect(events).toHaveLength(2);
  });

  it('counts every file once, and lists what needs a person first', () => {
    const { board, set } = makeBoard();
    set('a', { kind: 'settling' });
    set('a', { kind: 'waiting' });
    set('b', { kind: 'failed', reason: 'The disk is full.' });
    set('c', { kind: 'sent' });
    set('d', { kind: 'sent' });
    board.remove('d');
    board.remove('none');
    expect(board.current.counts).toMatchObject({ settling: 0, waiting: 1, failed: 1, sent: 1 });
    expect(board.current.files.map(file => file.path)).toEqual(['b', 'a']);
  });

  it('is replaced as a whole, and lists no more than 500 files', () => {
    const { board, set } = makeBoard();
    const before = board.current;
    expect(board.current).toBe(before);
    for (let index = 0; index < 600; index++) set(`f${index}`, { kind: 'waiting' });
    expect(before.counts.waiting).toBe(0);
    expect(board.current.counts.waiting).toBe(600);
    expect(board.current.files).toHaveLength(500);
  });

  it('says each problem once', () => {
    const { board } = makeBoard();
    board.addProblem('No more watches.');
    board.addProblem('No more watches.');
    expect(board.current.problems).toEqual(['No more watches.']);
  });
});
