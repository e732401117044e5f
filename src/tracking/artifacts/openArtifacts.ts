import { isAbsolute, resolve } from 'node:path';
import { invalid, TrackingError } from '../errors.ts';
import type { ArtifactRepository } from './artifactRepository.ts';
import { LocalArtifactRepository } from './local.ts';
import { localRoot, schemeOf } from './localRoot.ts';

/**
 * The repository behind a run's `artifactUri`.
 *
 * `baseDirectory` is what a relative path is relative to (MLflow 1.x wrote such): the directory that the program was
 * started in, as a rule the one with the store. Without it a relative path is INVALID_PARAMETER_VALUE. Schemes other
 * than `file:` are NOT_IMPLEMENTED.
 */
export function openArtifacts(artifactUri: string, baseDirectory?: string): ArtifactRepository {
  const scheme = schemeOf(artifactUri);
  if (scheme !== undefined && scheme !== 'file')
    throw new TrackingError(
      'NOT_IMPLEMENTED',
      `Artifacts at "${artifactUri}" can't be reached: "${scheme}:" locations are not supported. Use an experiment whose artifact location is a local path, or log the files with MLflow's own client.`,
    );
  const root = localRoot(artifactUri);
  if (isAbsolute(root)) return new LocalArtifactRepository(artifactUri, root);
  if (root === '' || baseDirectory === undefined)
    throw invalid(
      `Artifact location "${artifactUri}" is relative, and nothing says to what. Open the folder that the run was started in.`,
    );
  return new LocalArtifactRepository(artifactUri, resolve(baseDirectory, root));
}
