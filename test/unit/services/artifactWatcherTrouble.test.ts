import { watch } from 'chokidar';
import { execFileSync } from 'node:child_process';
import { appendFile, chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/services/watching/clock.ts';
import { systemClock } from '../../../src/services/watching/clock.ts';
import { defaultExclude } from '../../../src/services/watching/exclusions.ts';
import { asOrdinaryUser, gate, stateOf, until, WatcherHarness } from './watching/watcherHarness.ts';

let harness: WatcherHarness;
let outputs: string;

beforeEach(async () => {
  harness = new WatcherHarness();
  outputs = await harness.makeOutputs();
});

async function write(path: string, content = path): Promise<string> {
  const absolute = join(outputs, path);
  await mkdir(join(absolute, '..'), { recursive: true });
  await writeFile(absolute, content);
  return absolute;
}

describe('files that can’t be logged are named with the reason', () => {
  it('links that lead outside, to directories, round in a circle or nowhere; links to files inside are logged', async () => {
    const secret = join(harness.base, 'secret.txt');
    await writeFile(secret, 'secret');
    await write('real.txt');
    await mkdir(join(outputs, 'sub'));
    await symlink('../real.txt', join(outputs, 'sub/link.txt'));
    await symlink(secret, join(outputs, 'out.txt'));
    await symlink(harness.base, join(outputs, 'outside'));
    await symlink('..', join(outputs, 'sub/loop'));
    await symlink('self', join(outputs, 'self'));
    await symlink('nothing', join(outputs, 'broken'));
    const watcher = await harness.start();
    await watcher.flush();
    expect(await harness.artifacts()).toEqual({ 'real.txt': 'real.txt', 'sub/link.txt': 'real.txt' });
    const reasons = Object.fromEntries(
      watcher.state.current.files.map(({ artifactPath, state }) => [
        artifactPath,
        state.kind === 'skipped' ? state.reason : state.kind,
      ]),
    );
    expect(reasons).toEqual({
      'out.txt': 'It is a link that leads outside its folder.',
      'outside': 'It is a link that leads outside its folder.',
      'sub/loop': 'It is a link to a directory; what is in there is logged once.',
      'self': 'It is a link that leads round in a circle.',
      'broken': 'It is a link to a file that does not exist.',
    });
  });

  it('a folder that is a link itself is watched where it leads', async () => {
    const elsewhere = join(harness.base, 'elsewhere');
    await mkdir(elsewhere);
    await rm(outputs, { recursive: true });
    await symlink(elsewhere, outputs);
    const watcher = await harness.start();
    await writeFile(join(elsewhere, 'a.txt'), 'a');
    await until(watcher, state => state.counts.sent === 1);
    expect(await harness.artifacts()).toEqual({ 'a.txt': 'a' });
  });

  it('unreadable ones, until they can be read', async () => {
    const path = await write('locked.txt');
    await chmod(path, 0);
    await chmod(outputs, 0o777);
    const becomeOwner = asOrdinaryUser(harness.base);
    const watcher = await harness.start();
    await watcher.flush();
    expect(stateOf(watcher, 'locked.txt')).toEqual({
      kind: 'failed',
      reason: expect.stringMatching(/Can't read ".*locked\.txt": permission is denied/) as string,
    });
    becomeOwner();
    await chmod(path, 0o644);
    await until(watcher, state => state.counts.sent === 1);
  });

  it('names that MLflow refuses; every other name arrives', async () => {
    const legal = [
      'with space.txt',
      '100%.txt',
      "it's.txt",
      '"quoted".txt',
      'ünï/日本語.txt',
      'back\\slash.txt',
      'a+b&c.txt',
    ];
    for (const name of legal) await write(name, name);
    await write('a#b.txt');
    await write('a%41.txt');
    await write('tab\t.txt');
    const watcher = await harness.start();
    await watcher.flush();
    expect(await harness.artifacts()).toEqual(Object.fromEntries(legal.map(name => [name, name])));
    for (const name of ['a#b.txt', 'a%41.txt', 'tab\t.txt'])
      expect(stateOf(watcher, name)).toEqual({
        kind: 'skipped',
        reason: expect.stringMatching(/MLflow does not accept\. Use /) as string,
      });
  });

  it('pipes', async () => {
    execFileSync('mkfifo', [join(outputs, 'pipe')]);
    const watcher = await harness.start();
    await watcher.flush();
    expect(stateOf(watcher, 'pipe')).toEqual({ kind: 'skipped', reason: 'It is a named pipe.' });
  });

  it('too large ones, until a person decides', async () => {
    const watcher = await harness.start({ sizeLimit: 10 });
    const big = await write('big.txt', 'larger than ten');
    const other = await write('other.txt', 'larger than ten');
    await write('small.txt', 'small');
    await watcher.flush();
    expect(stateOf(watcher, 'big.txt')).toEqual({ kind: 'tooLarge', size: 15 });
    expect(await harness.artifacts()).toEqual({ 'small.txt': 'small' });
    await watcher.logAnyway(big);
    watcher.skip(other);
    await watcher.flush();
    await appendFile(big, ', and larger');
    await appendFile(other, ', and larger');
    await watcher.flush();
    expect(await harness.artifacts()).toEqual({
      'small.txt': 'small',
      'big.txt': 'larger than ten, and larger',
    });
    expect(stateOf(watcher, 'other.txt')?.kind).toBe('skipped');
    await watcher.logAnyway(other);
    await watcher.flush();
    expect((await harness.artifacts())['other.txt']).toBe('larger than ten, and larger');
  });

  it('ones that the store refuses, until they change or a person retries', async () => {
    let isBroken = true;
    harness.beforeSubmit = () => {
      if (isBroken) throw new Error('The disk is full. Free some space.');
    };
    const watcher = await harness.start();
    const path = await write('a.txt');
    await write('b.txt');
    await watcher.flush();
    expect(stateOf(watcher, 'a.txt')).toEqual({
      kind: 'failed',
      reason: 'The disk is full. Free some space.',
    });
    isBroken = false;
    await watcher.retry(path);
    await appendFile(join(outputs, 'b.txt'), ' changed');
    await watcher.flush();
    expect(await harness.artifacts()).toEqual({ 'a.txt': 'a.txt', 'b.txt': 'b.txt changed' });
    expect(watcher.state.current.files).toEqual([]);
  });
});

describe('what is left alone', () => {
  it('hidden files, half-written ones, caches and MLflow’s stores by default', async () => {
    const excluded = [
      '.hidden',
      '.git/HEAD',
      'sub/.ipynb_checkpoints/a.txt',
      'a.part',
      'sub/a.swp',
      'a.txt~',
      '__pycache__/a.pyc',
      'node_modules/x/index.js',
      'mlruns/0/meta.yaml',
      'mlflow.db',
      'mlflow.db-journal',
    ];
    for (const name of [...excluded, 'kept.txt']) await write(name);
    const watcher = await harness.start({ exclude: defaultExclude });
    for (const name of excluded) await write(`later/${name}`);
    await write('later/kept.txt');
    await until(watcher, state => state.counts.sent === 2);
    await watcher.flush();
    expect(Object.keys(await harness.artifacts()).sort()).toEqual(['kept.txt', 'later/kept.txt']);
  });

  it('what the settings exclude, by name, by path and by directory', async () => {
    const watcher = await harness.start({ exclude: ['*.log', 'data/**', '**/raw', 'x.txt'] });
    for (const name of ['a.log', 'sub/a.log', 'data/a.txt', 'sub/raw/a.txt', 'x.txt', 'sub/x.txt'])
      await write(name);
    await watcher.flush();
    expect(Object.keys(await harness.artifacts()).sort()).toEqual(['sub/a.log', 'sub/x.txt']);
  });

  it('the run’s own artifacts, so that nothing is logged round in a circle', async () => {
    const watcher = await harness.start({
      folders: [{ path: harness.base, prefix: undefined }],
      neverIn: [harness.root],
    });
    await write('a.txt');
    await watcher.flush();
    await watcher.flush();
    expect(harness.submitted).toEqual(['outputs/a.txt']);
  });
});

describe('trouble with the watching itself', () => {
  it('no more watches: said once, and rescans find the files', async () => {
    const enospc = Object.assign(new Error('ENOSPC: System limit for number of file watchers reached'), {
      code: 'ENOSPC',
    });
    const watcher = await harness.start({
      // The rescans that replace the events come in no time.
      clock: { ...systemClock, after: (delay, run) => systemClock.after(Math.min(delay, 30), run) },
      watch: (...parameters) => {
        const real = watch(...parameters);
        real.once('ready', () => {
          for (let times = 0; times < 3; times++) real.emit('error', enospc);
          void real.close();
        });
        return real;
      },
    });
    await until(watcher, state => state.problems.length === 1);
    expect(watcher.state.current.problems[0]).toMatch(/no more file watches.*max_user_watches/);
    await write('a.txt');
    await until(watcher, state => state.counts.sent === 1);
    expect(watcher.state.current.problems).toHaveLength(1);
  });

  it('lost events: rescan() and flush() find what no event told', async () => {
    const watcher = await harness.start({
      watch: (...parameters) => {
        const real = watch(...parameters);
        real.removeAllListeners();
        real.once('ready', () => void real.close());
        return real.on('error', () => undefined);
      },
    });
    await write('a.txt');
    await watcher.rescan();
    await until(watcher, state => state.counts.sent === 1);
    await write('b.txt');
    await watcher.flush();
    expect(Object.keys(await harness.artifacts())).toEqual(['a.txt', 'b.txt']);
  });
});

describe('the end', () => {
  it('flush waits for files that are settling, waiting and being sent', async () => {
    const watcher = await harness.start({ settle: 100 });
    const barrier = gate();
    harness.beforeSubmit = () => barrier.opened;
    for (let index = 0; index < 8; index++) await write(`${index}.txt`);
    let isFlushed = false;
    const flushed = watcher.flush().then(counts => {
      isFlushed = true;
      return counts;
    });
    await until(watcher, ({ counts }) => counts.sending === 4 && counts.waiting === 4);
    expect(isFlushed).toBe(false);
    barrier.open();
    expect((await flushed).sent).toBe(8);
  });

  it('flush can be given up, and what it waited for goes on', async () => {
    const watcher = await harness.start();
    const barrier = gate();
    harness.beforeSubmit = () => barrier.opened;
    await write('a.txt');
    const abort = new AbortController();
    const flushed = watcher.flush(abort.signal);
    await until(watcher, ({ counts }) => counts.sending === 1);
    abort.abort();
    await expect(flushed).rejects.toThrow(/abort/i);
    barrier.open();
    await until(watcher, ({ counts }) => counts.sent === 1);
  });

  it('drain sends what is known, and nothing that comes later', async () => {
    const watcher = await harness.start();
    const barrier = gate();
    harness.beforeSubmit = () => barrier.opened;
    await write('a.txt');
    await until(watcher, ({ counts }) => counts.sending === 1);
    const drained = watcher.drain();
    await write('later.txt');
    barrier.open();
    await drained;
    expect(Object.keys(await harness.artifacts())).toEqual(['a.txt']);
  });

  it('dispose stops a send, rejects a flush and leaves no timer and no watch', async () => {
    const timers = new Set<object>();
    const after: Clock['after'] = (delay, run) => {
      const timer = systemClock.after(delay, () => {
        timers.delete(timer);
        run();
      });
      timers.add(timer);
      return {
        dispose: () => {
          timers.delete(timer);
          timer.dispose();
        },
      };
    };
    const watches = () => process.getActiveResourcesInfo().filter(kind => kind.startsWith('FSEvent')).length;
    const before = watches();
    const watcher = await harness.start({ clock: { ...systemClock, after } });
    expect(watches()).toBeGreaterThan(before);
    const reached = gate();
    const barrier = gate();
    harness.beforeSubmit = () => {
      reached.open();
      return barrier.opened;
    };
    await write('a.txt');
    await reached.opened;
    const flushed = expect(watcher.flush()).rejects.toThrow(/abort/i);
    const disposed = watcher.dispose();
    barrier.open();
    await disposed;
    await flushed;
    expect(await harness.artifacts()).toEqual({});
    expect(timers.size).toBe(0);
    expect(watches()).toBe(before);
  });
});
