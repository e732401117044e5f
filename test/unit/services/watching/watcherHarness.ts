import { chmodSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, onTestFinished, vi } from 'vitest';
import { ArtifactWatcher } from '../../../../src/services/artifactWatcher.ts';
import type { ArtifactWatcherOptions } from '../../../../src/services/artifactWatcher.ts';
import type { FileState, WatcherState } from '../../../../src/services/watching/watcherState.ts';
import { LocalArtifactRepository } from '../../../../src/tracking/artifacts/local.ts';
import type { Disposable, Event } from '../../../../src/tracking/events.ts';
import { silentLogger } from '../../../../src/tracking/logger.ts';
import { temporaryFolder } from '../../tracking/artifacts/temporaryFolder.ts';

// Files are waited for, however busy the machine is.
vi.setConfig({ testTimeout: 120_000 });

/** A watcher over a real folder that logs into a real local repository. */
export class WatcherHarness {
  readonly base = temporaryFolder();
  readonly outputs = join(this.base, 'outputs');
  readonly root = join(this.base, 'artifacts');
  readonly repository = new LocalArtifactRepository(this.root, this.root);
  /** The artifact path of every submission, in order of their start. */
  readonly submitted: string[] = [];
  /** What a submission waits for, or throws, before it is carried out. */
  beforeSubmit: (artifactPath: string) => Promise<void> | void = () => undefined;

  async start(options: Partial<ArtifactWatcherOptions> = {}): Promise<ArtifactWatcher> {
    const watcher = new ArtifactWatcher({
      folders: [{ path: this.outputs, prefix: undefined }],
      exclude: ['**/*.tmp'],
      since: new Date(0),
      settle: 30,
      submit: async (localPath, directory, signal, onProgress) => {
        const path = join(directory ?? '', localPath.slice(localPath.lastIndexOf('/') + 1));
        this.submitted.push(path);
        await this.beforeSubmit(path);
        await this.repository.logArtifact(localPath, directory, { signal, onProgress });
      },
      logger: silentLogger,
      ...options,
    });
    running.add(watcher);
    await watcher.ready;
    return watcher;
  }

  /** All artifacts with their content. */
  async artifacts(): Promise<Record<string, string>> {
    const entries = await readdir(this.root, { recursive: true, withFileTypes: true }).catch(() => []);
    const files = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name));
    const pairs = files.map(async file => [file.slice(this.root.length + 1), await readFile(file, 'utf8')]);
    return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
  }

  async makeOutputs(): Promise<string> {
    await mkdir(this.outputs, { recursive: true });
    return this.outputs;
  }
}

const running = new Set<ArtifactWatcher>();
afterEach(async () => {
  for (const watcher of running) await watcher.dispose();
  running.clear();
});

/** Resolves as soon as the watcher's state fulfils `isReached`. */
export function until(watcher: ArtifactWatcher, isReached: (state: WatcherState) => boolean): Promise<void> {
  return untilFired(watcher.state.onDidChange, () => isReached(watcher.state.current));
}

/** Resolves when `condition` holds: looked at now and after each event. */
export function untilFired<T>(event: Event<T>, condition: () => boolean): Promise<void> {
  return new Promise(resolve => {
    const subscription: Disposable = event(() => {
      if (!condition()) return;
      subscription.dispose();
      resolve();
    });
    if (!condition()) return;
    subscription.dispose();
    resolve();
  });
}

/** The state of the file with this artifact path; undefined when it is sent or not known. */
export const stateOf = (watcher: ArtifactWatcher, artifactPath: string): FileState | undefined =>
  watcher.state.current.files.find(file => file.artifactPath === artifactPath)?.state;

/** As a user whom permissions bind, also where the tests run as root; until the returned function is called. */
export function asOrdinaryUser(readable: string): () => void {
  const { seteuid } = process;
  if (process.getuid?.() !== 0 || !seteuid) return () => undefined;
  for (let path = readable; path.length > 4; path = dirname(path)) chmodSync(path, 0o777);
  const restore = () => {
    seteuid(0);
  };
  seteuid(65_534);
  onTestFinished(restore);
  return restore;
}

/** A promise and what resolves it. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>(resolve => {
    open = resolve;
  });
  return { opened, open };
}
