import {
  appendFile,
  chmod,
  mkdir,
  readdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Random numbers that a seed determines (mulberry32). */
export function randomFrom(seed: number) {
  let state = seed;
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) % below;
  };
}

const directories = ['', 'a', 'b', 'a/x', 'a/y', 'b/x y'];
const names = ['1.txt', 'two 2.csv', 'drei%.log', 'vier-ü', '5.bin', 'link'];

/**
 * A folder on the disk and what it holds, changed by random operations. Between two `settle()` each path changes at
 * most once, so that what arrives in the run is determined: for each path its content at the last settle at which it
 * had one.
 */
export class FolderModel {
  readonly artifacts = new Map<string, string>();
  readonly #base: string;
  readonly #folder: string;
  readonly #random: (below: number) => number;
  readonly #files = new Map<string, string>();
  readonly #links = new Map<string, string>();
  readonly #touched = new Set<string>();
  #counter = 0;

  constructor(base: string, folder: string, seed: number) {
    this.#base = base;
    this.#folder = folder;
    this.#random = randomFrom(seed);
  }

  settle(): void {
    for (const [path, content] of this.#files) this.artifacts.set(path, content);
    for (const [path, target] of this.#links) {
      const content = this.#files.get(target);
      if (content !== undefined) this.artifacts.set(path, content);
    }
    this.#touched.clear();
  }

  async operate(): Promise<void> {
    const operations = [
      this.#create,
      this.#create,
      this.#append,
      this.#truncate,
      this.#rename,
      this.#replaceAtomically,
      this.#replaceAtomically,
      this.#delete,
      this.#link,
      this.#chmod,
      this.#replaceFolder,
    ];
    const operation = this.#pick(operations);
    await operation?.call(this);
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[this.#random(items.length)];
  }

  #at(path: string): string {
    return join(this.#folder, path);
  }

  #content(): string {
    return `[${++this.#counter}${'.'.repeat(this.#random(20))}]`;
  }

  /** Claims the path, and the links that show its content, for one change; false if one has been changed already. */
  #claim(...paths: readonly string[]): boolean {
    const shown = [...this.#links].filter(([, target]) => paths.includes(target)).map(([path]) => path);
    const all = [...paths, ...shown];
    if (all.some(path => this.#touched.has(path))) return false;
    for (const path of all) this.#touched.add(path);
    return true;
  }

  #freePath(): string {
    return join(this.#pick(directories) ?? '', this.#pick(names) ?? '');
  }

  #claimedFile(): string | undefined {
    const path = this.#pick([...this.#files.keys()]);
    return path !== undefined && this.#claim(path) ? path : undefined;
  }

  /** A path that is no link, claimed and with its directory there. */
  async #claimedPlace(): Promise<string | undefined> {
    const path = this.#freePath();
    if (this.#links.has(path) || !this.#claim(path)) return undefined;
    await mkdir(dirname(this.#at(path)), { recursive: true });
    return path;
  }

  async #create(): Promise<void> {
    const path = await this.#claimedPlace();
    if (path === undefined) return;
    const content = this.#content();
    await writeFile(this.#at(path), content);
    this.#files.set(path, content);
  }

  async #append(): Promise<void> {
    const path = this.#claimedFile();
    if (path === undefined) return;
    const content = this.#content();
    await appendFile(this.#at(path), content);
    this.#files.set(path, (this.#files.get(path) ?? '') + content);
  }

  async #truncate(): Promise<void> {
    const path = this.#claimedFile();
    if (path === undefined) return;
    const length = this.#random(3);
    const content = (this.#files.get(path) ?? '').slice(0, length);
    await truncate(this.#at(path), content.length);
    this.#files.set(path, content);
  }

  async #replaceAtomically(): Promise<void> {
    const path = await this.#claimedPlace();
    if (path === undefined) return;
    const content = this.#content();
    await writeFile(this.#at(`${path}.tmp`), content);
    await rename(this.#at(`${path}.tmp`), this.#at(path));
    this.#files.set(path, content);
  }

  async #rename(): Promise<void> {
    const from = this.#pick([...this.#files.keys()]);
    const to = this.#freePath();
    if (from === undefined || from === to || this.#links.has(to) || !this.#claim(from, to)) return;
    await mkdir(dirname(this.#at(to)), { recursive: true });
    await rename(this.#at(from), this.#at(to));
    this.#files.set(to, this.#files.get(from) ?? '');
    this.#files.delete(from);
  }

  async #delete(): Promise<void> {
    const path = this.#pick([...this.#files.keys(), ...this.#links.keys()]);
    if (path === undefined || !this.#claim(path)) return;
    await rm(this.#at(path));
    this.#files.delete(path);
    this.#links.delete(path);
  }

  async #link(): Promise<void> {
    const target = this.#pick([...this.#files.keys()]);
    const path = this.#freePath();
    // No chains: a link's content is that of a file.
    const isTaken =
      this.#files.has(path) || this.#links.has(path) || [...this.#links.values()].includes(path);
    if (target === undefined || isTaken || !this.#claim(path)) return;
    await mkdir(dirname(this.#at(path)), { recursive: true });
    await symlink(this.#at(target), this.#at(path));
    this.#links.set(path, target);
    // The link shows the target: neither may change again before the next settle.
    this.#touched.add(target);
  }

  async #chmod(): Promise<void> {
    const path = this.#claimedFile();
    if (path !== undefined) await chmod(this.#at(path), this.#random(2) === 0 ? 0o600 : 0o644);
  }

  async #replaceFolder(): Promise<void> {
    const directory = this.#pick(directories.slice(1)) ?? '';
    const isBelow = (path: string) => path.startsWith(`${directory}/`);
    const before = [...this.#files.keys(), ...this.#links.keys()].filter(isBelow);
    const after = names.slice(0, this.#random(4)).map(name => join(directory, name));
    if (!this.#claim(...new Set([...before, ...after]))) return;
    const stage = join(this.#base, `stage-${++this.#counter}`);
    await mkdir(stage);
    for (const path of before) {
      this.#files.delete(path);
      this.#links.delete(path);
    }
    for (const path of after) {
      const content = this.#content();
      await writeFile(join(stage, path.slice(directory.length + 1)), content);
      this.#files.set(path, content);
    }
    await mkdir(dirname(this.#at(directory)), { recursive: true });
    const isThere = (await readdir(dirname(this.#at(directory)))).includes(directory.split('/').at(-1) ?? '');
    if (isThere) await rename(this.#at(directory), join(this.#base, `away-${this.#counter}`));
    await rename(stage, this.#at(directory));
  }
}
