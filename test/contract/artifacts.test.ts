import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { v4 as uuid } from 'uuid';
import { expect, it } from 'vitest';
import type { ArtifactRepository } from '../../src/tracking/artifacts/artifactRepository.ts';
import { checkNewArtifactPath } from '../../src/tracking/artifacts/artifactPath.ts';
import { openArtifacts } from '../../src/tracking/artifacts/openArtifacts.ts';
import { messageOf } from '../../src/tracking/validation.ts';
import { makeTemporaryFolder } from '../host/temporaryFolder.ts';
import { seed, text } from './support/arbitraries.ts';
import { describeStore } from './support/describeStore.ts';
import { type PlainRun, sorted } from './support/plain.ts';

const newRunId = () => uuid().replaceAll('-', '');

/** Whether a file may have this path, and so may each folder over it. */
const isFine = (parts: readonly string[]) =>
  parts.every(
    (_, index) =>
      messageOf(() => {
        checkNewArtifactPath(parts.slice(0, index + 1).join('/'));
      }) === undefined,
  );

type File = readonly [path: string, size: number, text: string];

const name = (characters: string) =>
  fc.string({ unit: fc.constantFrom(...Array.from(characters)), maxLength: 10 });

/**
 * Some files in nested folders, wherever MLflow can find them again: it fails to list folders with a `'` in their names.
 * A file and a folder never share a name, since their names differ in the first letter.
 */
const files = fc.uniqueArray(
  fc
    .record({
      folder: fc.array(
        name('ab.-_ é学🦊%+@"&=,;!()[]{}~$').map(each => `d${each}`),
        { maxLength: 3 },
      ),
      file: name('ab.-_ é学🦊%+@"&=,;!()[]{}~$\'').map(each => `f${each}`),
      content: text(2000),
    })
    .filter(({ folder, file }) => isFine([...folder, file])),
  { selector: ({ folder, file }) => [...folder, file].join('/'), minLength: 1, maxLength: 4 },
);

describeStore('artifacts', ['3.17', '2.22'], context => {
  it('written here are listed and read by MLflow, and the other way round', async () => {
    const { store, mlflow, uri } = context();
    const experimentId = await store.createExperiment('artifacts');
    await fc.assert(
      fc.asyncProperty(files, fc.boolean(), async (cases, asFolder) => {
        const runs = [newRunId(), newRunId()] as const;
        const repositories: ArtifactRepository[] = [];
        for (const runId of runs) {
          const { info } = await store.createRun({
            runId,
            experimentId,
            runName: 'r',
            userId: 'u',
            startTime: 1,
            tags: [],
          });
          repositories.push(openArtifacts(info.artifactUri));
        }
        const [mine, other] = repositories as [ArtifactRepository, ArtifactRepository];
        await using local = await makeTemporaryFolder('runlight-artifacts-');
        for (const { folder, file, content } of cases) {
          const path = join(local.path, ...folder, file);
          await mkdir(dirname(path), { recursive: true });
          await writeFile(path, content);
          if (!asFolder) await mine.logArtifact(path, folder.join('/') || undefined);
        }
        if (asFolder) await mine.logArtifacts(local.path);
        const answers = await mlflow.batch(
          uri,
          cases.map(({ folder, file, content }) => [
            'log_artifact',
            { run_id: runs[1], name: file, text: content, artifact_path: folder.join('/') || null },
          ]),
        );
        expect(answers.filter(answer => answer instanceof Error)).toEqual([]);

        const expected = sorted(
          cases.map(({ folder, file, content }): File => [
            [...folder, file].join('/'),
            Buffer.byteLength(content),
            content,
          ]),
        );
        expect(sorted(await mlflow.call<File[]>(uri, 'artifacts', { run_id: runs[0] }))).toEqual(expected);
        expect(sorted(await readAll(other))).toEqual(expected);
      }),
      { numRuns: 200, seed },
    );
  });

  it('are where MLflow says for a run of its own', async () => {
    const { store, mlflow, uri } = context();
    const experiment_id = await mlflow.call<string>(uri, 'create_experiment', {
      name: 'artifacts of theirs',
    });
    const { info } = await mlflow.call<PlainRun>(uri, 'create_run', { experiment_id });
    const { artifactUri } = (await store.getRun(info.runId)).info;
    await mlflow.call(uri, 'log_artifact', {
      run_id: info.runId,
      name: 'a b.txt',
      text: 'x',
      artifact_path: 'p',
    });
    expect(await readAll(openArtifacts(artifactUri))).toEqual([['p/a b.txt', 1, 'x']]);
  });
});

async function readAll(repository: ArtifactRepository, path?: string): Promise<File[]> {
  const found: File[] = [];
  for (const entry of await repository.list(path)) {
    if (entry.isDirectory) found.push(...(await readAll(repository, entry.path)));
    else
      found.push([entry.path, entry.size ?? -1, Buffer.from(await repository.read(entry.path)).toString()]);
  }
  return found;
}
