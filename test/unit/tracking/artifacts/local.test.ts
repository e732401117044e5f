import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, statSync } from 'node:fs';
import { appendFile, link, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { LocalArtifactRepository } from '../../../../src/tracking/artifacts/local.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const code = (errorCode: string, message = /./) =>
  expect.objectContaining({ errorCode, message: expect.stringMatching(message) as string }) as Error;

let folder: string;
let root: string;
let repository: LocalArtifactRepository;

beforeEach(() => {
  folder = temporaryFolder();
  root = join(folder, 'artifacts');
  repository = new LocalArtifactRepository(root, root);
});

async function source(name: string, content: string | Uint8Array = name): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const left = async (directory = root) => (await readdir(directory, { recursive: true })).sort();

describe('logging a file', () => {
  it('puts it under its own name, in a directory if one is given', async () => {
    expect(await repository.logArtifact(await source('a.txt', 'one'))).toBe('a.txt');
    expect(await repository.logArtifact(await source('b.txt', 'two'), 'deep/er')).toBe('deep/er/b.txt');
    expect(await repository.list()).toEqual([
      { path: 'deep', isDirectory: true, size: undefined },
      { path: 'a.txt', isDirectory: false, size: 3 },
    ]);
    expect(await repository.list('deep/er')).toEqual([
      { path: 'deep/er/b.txt', isDirectory: false, size: 3 },
    ]);
    expect(Buffer.from(await repository.read('deep/er/b.txt')).toString()).toBe('two');
  });

  it('replaces what is there, and leaves no temporary file', async () => {
    await repository.logArtifact(await source('a.txt', 'longer before'));
    await repository.logArtifact(await source('a.txt', 'after'));
    expect(Buffer.from(await repository.read('a.txt')).toString()).toBe('after');
    expect(await left()).toEqual(['a.txt']);
  });

  it('reads back whatever bytes and legal names are written', async () => {
    const name = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter(text => /^[\p{L}\p{N} '"&+=()$!@,_-]+$/u.test(text) && !/^[ .]/.test(text));
    await fc.assert(
      fc.asyncProperty(
        name,
        fc.array(name, { maxLength: 3 }),
        fc.uint8Array({ maxLength: 5_000 }),
        async (file, dirs, bytes) => {
          const path = await repository.logArtifact(await source(file, bytes), dirs.join('/') || undefined);
          expect(path).toBe([...dirs, file].join('/'));
          expect(Buffer.from(await repository.read(path)).equals(bytes)).toBe(true);
          await repository.remove(path.split('/')[0] ?? '');
        },
      ),
      { numRuns: 200 },
    );
  });

  it('refuses bad paths before anything is touched', async () => {
    await expect(repository.logArtifact(await source('a#b'))).rejects.toThrow(
      code('INVALID_PARAMETER_VALUE'),
    );
    await expect(repository.logArtifact(await source('a'), '../x')).rejects.toThrow(
      code('INVALID_PARAMETER_VALUE'),
    );
    await expect(stat(root)).rejects.toThrow(/ENOENT/);
  });

  it('names a missing, an unreadable and a special source with the reason', async () => {
    await expect(repository.logArtifact(join(folder, 'none'))).rejects.toThrow(
      code('RESOURCE_DOES_NOT_EXIST', /none.*does not exist/),
    );
    await expect(repository.logArtifact(folder)).rejects.toThrow(
      code('INVALID_PARAMETER_VALUE', /is a directory/),
    );
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(repository.logArtifact(pipe)).rejects.toThrow(code('INVALID_PARAMETER_VALUE', /named pipe/));
    await expect(repository.logArtifact('/dev/null')).rejects.toThrow(
      code('INVALID_PARAMETER_VALUE', /device/),
    );
    const socket = join(folder, 'socket');
    const server = createServer();
    await new Promise<void>(resolve => server.listen(socket, resolve));
    await expect(repository.logArtifact(socket)).rejects.toThrow(code('INVALID_PARAMETER_VALUE', /socket/));
    await new Promise(resolve => server.close(resolve));
  });

  it('logs a read-only file, twice', async () => {
    const path = await source('ro.txt');
    chmodSync(path, 0o444);
    await repository.logArtifact(path);
    await repository.logArtifact(path);
    expect(statSync(join(root, 'ro.txt')).mode & 0o777).toBe(0o444);
  });

  it('does not log an artifact onto itself', async () => {
    const path = await source('a.txt', 'kept');
    await mkdir(root);
    await link(path, join(root, 'a.txt'));
    await repository.logArtifact(path);
    await repository.logArtifact(join(root, 'a.txt'));
    expect(await readFile(path, 'utf8')).toBe('kept');
  });

  it('refuses to replace a directory by a file, and says so', async () => {
    await repository.logArtifact(await source('x'), 'a');
    await expect(repository.logArtifact(await source('a'))).rejects.toThrow(/directory of that name/);
    expect(await left()).toEqual(['a', 'a/x']);
  });

  it('follows no link out of the artifact root', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'secret'), 'secret');
    await repository.logArtifact(await source('a'));
    await symlink(outside, join(root, 'way-out'));
    await symlink(join(outside, 'secret'), join(root, 'secret'));
    const refused = code('INVALID_PARAMETER_VALUE', /leads outside/);
    await expect(repository.logArtifact(await source('b'), 'way-out')).rejects.toThrow(refused);
    await expect(repository.logArtifact(await source('b'), 'way-out/deeper')).rejects.toThrow(refused);
    await expect(repository.logArtifacts(outside, 'way-out/deeper')).rejects.toThrow(refused);
    await expect(repository.read('secret')).rejects.toThrow(refused);
    await expect(repository.read('way-out/secret')).rejects.toThrow(refused);
    await expect(repository.download('way-out', join(folder, 'copy'))).rejects.toThrow(refused);
    await expect(repository.remove('way-out/secret')).rejects.toThrow(refused);
    expect((await repository.list()).map(info => info.path)).toEqual(['a']);
    expect(await left(outside)).toEqual(['secret']);
    await repository.remove('way-out');
    expect(await left(outside)).toEqual(['secret']);
  });
});

describe('large files', () => {
  const size = 24 * 1024 * 1024 + 17;

  it('are copied whole, with rising progress that ends at the size', async () => {
    const content = randomBytes(size);
    const path = await source('big.bin', content);
    const seen: number[] = [];
    await repository.logArtifact(path, undefined, {
      onProgress: (transferred, total) => {
        expect(total).toBe(size);
        seen.push(transferred);
      },
    });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBe(size);
    expect((await readFile(join(root, 'big.bin'))).equals(content)).toBe(true);
  });

  it('are abandoned without a trace when aborted', async () => {
    const path = await source('big.bin', Buffer.alloc(size));
    await repository.logArtifact(path);
    const before = statSync(join(root, 'big.bin')).ino;
    const abort = new AbortController();
    const copying = repository.logArtifact(path, undefined, { signal: abort.signal });
    abort.abort();
    await expect(copying).rejects.toThrow(/abort/i);
    expect(await left()).toEqual(['big.bin']);
    expect(statSync(join(root, 'big.bin')).ino).toBe(before);
  });

  it('that change while they are copied are refused, and what was there stays', async () => {
    const path = await source('big.bin', 'small before');
    await repository.logArtifact(path);
    await writeFile(path, Buffer.alloc(size));
    const copying = repository.logArtifact(path);
    const outcome = expect(copying).rejects.toThrow(code('TEMPORARILY_UNAVAILABLE', /changed while/));
    for (let done = false; !done;) {
      await appendFile(path, 'more');
      done = await Promise.race([
        copying.then(
          () => true,
          () => true,
        ),
        new Promise<boolean>(r => setImmediate(r, false)),
      ]);
    }
    await outcome;
    expect(await left()).toEqual(['big.bin']);
    expect(await readFile(join(root, 'big.bin'), 'utf8')).toBe('small before');
  });
});

describe('logging a directory', () => {
  it('copies its contents with subdirectories, empty ones too', async () => {
    const directory = join(folder, 'out');
    await mkdir(join(directory, 'a/b'), { recursive: true });
    await mkdir(join(directory, 'empty'));
    await writeFile(join(directory, 'a/b/one.txt'), '1');
    await writeFile(join(directory, 'two.txt'), '22');
    let last: [number, number] | undefined;
    const result = await repository.logArtifacts(directory, 'in', { onProgress: (...now) => (last = now) });
    expect(result).toEqual({ files: 2, bytes: 3 });
    expect(last).toEqual([3, 3]);
    expect(await left()).toEqual(['in', 'in/a', 'in/a/b', 'in/a/b/one.txt', 'in/empty', 'in/two.txt']);
  });

  it('leaves out links that lead outside, broken links, loops, pipes; follows links to files inside', async () => {
    const directory = join(folder, 'out');
    await mkdir(join(directory, 'sub'), { recursive: true });
    await writeFile(join(directory, 'real.txt'), 'real');
    await symlink('../real.txt', join(directory, 'sub/link.txt'));
    await symlink(await source('secret'), join(directory, 'secret'));
    await symlink('..', join(directory, 'sub/loop'));
    await symlink('self', join(directory, 'self'));
    await symlink('nowhere', join(directory, 'broken'));
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    expect(await repository.logArtifacts(directory)).toEqual({ files: 2, bytes: 8 });
    expect(await left()).toEqual(['real.txt', 'sub', 'sub/link.txt']);
  });

  it('names the files that it could not log, and logs the others', async () => {
    const directory = join(folder, 'out');
    await mkdir(directory);
    await writeFile(join(directory, 'good.txt'), 'good');
    await writeFile(join(directory, 'bad.txt'), 'bad');
    await mkdir(join(root, 'bad.txt'), { recursive: true });
    await expect(repository.logArtifacts(directory)).rejects.toThrow(/1 of 2 files of ".*out" .*: "bad.txt"/);
    expect(await left()).toEqual(['bad.txt', 'good.txt']);
  });

  it('refuses a bad name anywhere in it before anything is touched', async () => {
    const directory = join(folder, 'out');
    await mkdir(directory);
    await writeFile(join(directory, 'good'), '');
    await writeFile(join(directory, 'b#d'), '');
    await expect(repository.logArtifacts(directory)).rejects.toThrow(code('INVALID_PARAMETER_VALUE', /b#d/));
    await expect(stat(root)).rejects.toThrow(/ENOENT/);
  });

  it('refuses a directory that contains the artifacts themselves', async () => {
    await repository.logArtifact(await source('a'));
    await expect(repository.logArtifacts(folder)).rejects.toThrow(
      code('INVALID_PARAMETER_VALUE', /contains the place/),
    );
  });

  it('stops when aborted and leaves no temporary file', async () => {
    const directory = join(folder, 'out');
    await mkdir(directory);
    for (let index = 0; index < 100; index++) await writeFile(join(directory, String(index)), 'x');
    const abort = new AbortController();
    const logging = repository.logArtifacts(directory, undefined, {
      signal: abort.signal,
      onProgress: () => {
        abort.abort();
      },
    });
    await expect(logging).rejects.toThrow(/abort/i);
    expect((await left()).filter(name => name.startsWith('.'))).toEqual([]);
  });
});

describe('reading', () => {
  it('lists nothing where nothing is', async () => {
    expect(await repository.list()).toEqual([]);
    expect(await repository.list('none')).toEqual([]);
    await repository.logArtifact(await source('a'));
    expect(await repository.list('a')).toEqual([]);
  });

  it('hides uploads under way, ours and MLflow’s', async () => {
    await repository.logArtifact(await source('a'));
    await writeFile(join(root, '.artifact.uploading.x'), '');
    expect((await repository.list()).map(info => info.path)).toEqual(['a']);
  });

  it('reads any range, cut to the file', async () => {
    const bytes = randomBytes(1_000);
    await repository.logArtifact(await source('a', bytes));
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: -5, max: 1_100 }),
        fc.integer({ min: -5, max: 1_100 }),
        async (start, end) => {
          const read = await repository.read('a', { start, end });
          expect(Buffer.from(read).equals(bytes.subarray(Math.max(start, 0), Math.max(end, 0)))).toBe(true);
        },
      ),
    );
  });

  it('names what is missing or no file', async () => {
    await expect(repository.read('none')).rejects.toThrow(
      code('RESOURCE_DOES_NOT_EXIST', /No such artifact: "none"/),
    );
    await repository.logArtifact(await source('a'), 'dir');
    await expect(repository.read('dir')).rejects.toThrow(code('INVALID_PARAMETER_VALUE', /is a directory/));
    await expect(repository.read('a#b')).rejects.toThrow(code('INVALID_PARAMETER_VALUE'));
  });

  it('downloads files and directories to a new place only', async () => {
    await repository.logArtifact(await source('a', 'content'), 'dir');
    const target = join(folder, 'copy');
    await repository.download('dir', target);
    expect(await readFile(join(target, 'a'), 'utf8')).toBe('content');
    await repository.download('dir/a', join(folder, 'a2'));
    expect(await readFile(join(folder, 'a2'), 'utf8')).toBe('content');
    await expect(repository.download('dir/a', target)).rejects.toThrow(
      code('RESOURCE_ALREADY_EXISTS', /copy/),
    );
    await expect(repository.download('none', join(folder, 'n'))).rejects.toThrow(
      code('RESOURCE_DOES_NOT_EXIST'),
    );
  });

  it('removes files, directories and what is not there', async () => {
    await repository.logArtifact(await source('a'), 'dir/sub');
    await repository.logArtifact(await source('b'), 'dir');
    await repository.remove('dir/sub');
    expect(await left()).toEqual(['dir', 'dir/b']);
    await repository.remove('dir/none');
    await repository.remove('dir/b');
    expect(await repository.list('dir')).toEqual([]);
  });
});
