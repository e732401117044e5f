import {
  appendFile,
  mkdir,
  open,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { stateOf, until, untilFired, WatcherHarness } from './watching/watcherHarness.ts';

const anHour = 3_600_000;
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

describe('what is logged', () => {
  it('a new file, at its path relative to the folder', async () => {
    const watcher = await harness.start();
    await write('plots/a.txt', 'one');
    await until(watcher, state => state.counts.sent === 1);
    expect(await harness.artifacts()).toEqual({ 'plots/a.txt': 'one' });
  });

  it('with several folders, each file under its folder’s own name', async () => {
    const watcher = await harness.start({
      folders: [
        { path: outputs, prefix: 'outputs' },
        { path: join(harness.base, 'models'), prefix: 'models' },
      ],
    });
    await write('a.txt');
    await mkdir(join(harness.base, 'models'));
    await writeFile(join(harness.base, 'models/m.txt'), 'm');
    await until(watcher, state => state.counts.sent === 2);
    expect(await harness.artifacts()).toEqual({ 'outputs/a.txt': 'a.txt', 'models/m.txt': 'm' });
  });

  it('only what is new or changed since the run started', async () => {
    await write('changed.txt', 'before');
    const old = await write('old.txt');
    const since = new Date((await stat(old)).ctimeMs + 50);
    // Until the file system's clock says that the run has started.
    while ((await stat(await write('probe.tmp'))).ctime < since);
    const watcher = await harness.start({ since });
    await write('new.txt');
    await write('changed.txt', 'after');
    await symlink(old, join(outputs, 'new name.txt'));
    await until(watcher, state => state.counts.sent === 3);
    await watcher.flush();
    expect(await harness.artifacts()).toEqual({
      'new.txt': 'new.txt',
      'changed.txt': 'after',
      'new name.txt': 'old.txt',
    });
  });

  it('a file that changed again, again; the same content not twice, whatever was done to the file', async () => {
    const watcher = await harness.start();
    const path = await write('a.txt', 'one');
    await watcher.flush();
    await writeFile(path, 'one');
    await watcher.flush();
    await utimes(path, 1, 1);
    await watcher.flush();
    await unlink(path);
    await watcher.flush();
    await write('a.txt', 'one');
    await watcher.flush();
    expect(harness.submitted).toEqual(['a.txt']);
    await write('a.txt', 'two');
    await watcher.flush();
    await write('a.txt', 'one');
    await watcher.flush();
    expect(harness.submitted).toEqual(['a.txt', 'a.txt', 'a.txt']);
    expect(await harness.artifacts()).toEqual({ 'a.txt': 'one' });
  });

  it('nothing is deleted when the file is', async () => {
    const watcher = await harness.start();
    const path = await write('sub/a.txt');
    await watcher.flush();
    await rm(join(path, '..'), { recursive: true });
    const { sent } = await watcher.flush();
    expect(sent).toBe(0);
    expect(await harness.artifacts()).toEqual({ 'sub/a.txt': 'sub/a.txt' });
  });

  it('what was sent before a restart is not sent again', async () => {
    const first = await harness.start();
    const sent: { artifactPath: string; sha256: string }[] = [];
    first.onDidSend(file => sent.push(file));
    await write('a.txt');
    await write('b.txt');
    await first.flush();
    await first.dispose();
    await write('b.txt', 'changed while nobody watched');
    harness.submitted.length = 0;
    const second = await harness.start({ alreadySent: sent });
    await second.flush();
    expect(harness.submitted).toEqual(['b.txt']);
    expect(second.state.current.counts.sent).toBe(2);
  });
});

describe('when a file counts as complete', () => {
  it('at once when it is renamed into place', async () => {
    const watcher = await harness.start({ settle: anHour });
    const temporary = await write('model.tmp', 'whole');
    await rename(temporary, join(outputs, 'model.txt'));
    await until(watcher, state => state.counts.sent === 1);
    await rename(await write('model.tmp', 'whole again'), join(outputs, 'model.txt'));
    await until(watcher, () => harness.submitted.length === 2);
    await until(watcher, state => state.counts.sent === 1);
    expect(await harness.artifacts()).toEqual({ 'model.txt': 'whole again' });
  });

  it('not at once when it is renamed into place and then written to', async () => {
    const watcher = await harness.start({ settle: anHour });
    await rename(await write('a.tmp', 'half'), join(outputs, 'a.txt'));
    await appendFile(join(outputs, 'a.txt'), 'more');
    await rename(await write('b.tmp', 'whole'), join(outputs, 'b.txt'));
    await until(watcher, state => state.counts.sent === 1);
    expect(await harness.artifacts()).toEqual({ 'b.txt': 'whole' });
  });

  it('at once when its format shows the end, and not before', async () => {
    const watcher = await harness.start({ settle: anHour });
    const path = await write('metrics.json', '{"a": [1, 2');
    await write('other.json', '{}');
    await until(watcher, state => state.counts.sent === 1);
    expect(harness.submitted).toEqual(['other.json']);
    await appendFile(path, ']}');
    await until(watcher, state => state.counts.sent === 2);
    expect(await harness.artifacts()).toEqual({ 'metrics.json': '{"a": [1, 2]}', 'other.json': '{}' });
  });

  it('at once only in its first version when its format shows the end: a file may be rewritten all the time', async () => {
    const watcher = await harness.start({ settle: anHour });
    const path = await write('progress.json', '1');
    await until(watcher, state => state.counts.sent === 1);
    await writeFile(path, '2');
    // What is renamed into place later and arrives shows that the short window has passed.
    await rename(await write('later.tmp'), join(outputs, 'later.txt'));
    await until(
      watcher,
      state => state.counts.sent === 1 && stateOf(watcher, 'progress.json')?.kind === 'settling',
    );
    expect(await harness.artifacts()).toEqual({ 'progress.json': '1', 'later.txt': 'later.tmp' });
  });

  it('even if its format never shows an end, after a while', async () => {
    const watcher = await harness.start({ settle: 10 });
    await write('broken.json', '{"a": NaN');
    await watcher.flush();
    expect(await harness.artifacts()).toEqual({ 'broken.json': '{"a": NaN' });
  });

  it('when its writer has closed it, however long the pauses: whole and once', async () => {
    // Long enough that no busy machine lets the watcher lose its patience with the open file.
    const watcher = await harness.start({ settle: 500 });
    const slow = await open(join(outputs, 'slow.txt'), 'w');
    for (const part of ['one ', 'two ', 'three']) {
      await slow.write(part);
      // A file that is begun later and arrives shows that the pause has outlasted the window.
      await write(`${part}.txt`);
      await untilFired(watcher.state.onDidChange, () => harness.submitted.includes(`${part}.txt`));
    }
    expect(harness.submitted).not.toContain('slow.txt');
    await slow.close();
    await watcher.flush();
    expect(harness.submitted.filter(path => path === 'slow.txt')).toHaveLength(1);
    expect((await harness.artifacts())['slow.txt']).toBe('one two three');
  });

  it('after a write that comes while it is being sent: then it is sent again', async () => {
    const watcher = await harness.start();
    const path = join(outputs, 'a.txt');
    let changes = 0;
    harness.beforeSubmit = async () => {
      if (changes++ < 2) await appendFile(path, `, change ${changes}`);
    };
    await write('a.txt', 'first');
    await watcher.flush();
    expect((await harness.artifacts())['a.txt']).toBe('first, change 1, change 2');
    expect(harness.submitted).toHaveLength(3);
  });
});

describe('many files', () => {
  it('2,400 in new nested folders all arrive', async () => {
    const watcher = await harness.start();
    const paths = Array.from({ length: 2_400 }, (_, index) => `d${index % 20}/e${index % 60}/f${index}.txt`);
    await Promise.all(paths.map(path => write(path)));
    await until(watcher, state => state.counts.sent === 2_400);
    expect(await harness.artifacts()).toEqual(Object.fromEntries(paths.map(path => [path, path])));
    expect(harness.submitted).toHaveLength(2_400);
  });

  it('are sent a few at a time, each file only once at a time', async () => {
    const sending = new Set<string>();
    let most = 0;
    let doubled = false;
    harness.beforeSubmit = async path => {
      doubled ||= sending.has(path);
      sending.add(path);
      most = Math.max(most, sending.size);
      await appendFile(join(outputs, path), '').then(() => write('touched.txt', String(Math.random())));
      sending.delete(path);
    };
    const watcher = await harness.start({ concurrency: 3 });
    for (let index = 0; index < 30; index++) await write(`${index}.txt`);
    await until(watcher, state => state.counts.sent >= 30);
    expect(most).toBe(3);
    expect(doubled).toBe(false);
    harness.beforeSubmit = () => undefined;
    await watcher.flush();
  });
});

describe('the folder itself', () => {
  it('may be absent and created later', async () => {
    await rm(outputs, { recursive: true });
    const watcher = await harness.start();
    await write('deep/er/a.txt');
    await until(watcher, state => state.counts.sent === 1);
  });

  it('may be replaced as a whole', async () => {
    const watcher = await harness.start();
    await write('a.txt', 'one');
    await until(watcher, state => state.counts.sent === 1);
    const other = join(harness.base, 'other');
    await mkdir(join(other, 'sub'), { recursive: true });
    await writeFile(join(other, 'sub/b.txt'), 'two');
    await rename(outputs, join(harness.base, 'away'));
    await rename(other, outputs);
    await until(watcher, state => state.counts.sent === 1 && harness.submitted.length === 2);
    await write('sub/b.txt', 'three');
    await untilFired(watcher.state.onDidChange, () => harness.submitted.length === 3);
    await watcher.flush();
    expect(await harness.artifacts()).toEqual({ 'a.txt': 'one', 'sub/b.txt': 'three' });
  });

  it('may be deleted and come again', async () => {
    const watcher = await harness.start();
    await write('a.txt', 'one');
    await until(watcher, state => state.counts.sent === 1);
    await rm(outputs, { recursive: true });
    await until(watcher, state => state.counts.sent === 0);
    await write('a.txt', 'two');
    await until(watcher, state => state.counts.sent === 1);
    expect(await harness.artifacts()).toEqual({ 'a.txt': 'two' });
  });
});
