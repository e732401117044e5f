import type { WatchedFileState } from '../services/watching/watcherState.ts';
import type { ArtifactInfo } from '../tracking/artifacts/artifactRepository.ts';
import type { LifecycleStage, RunInfo } from '../tracking/entities.ts';
import type { ExperimentsNode } from './nodes.ts';

/**
 * The `viewItem` values that menus ask for in their `when` clauses. Parts are separated by dots: match a part with a
 * regular expression, as in `viewItem =~ /^run\./ && viewItem =~ /\.deleted$/`.
 *
 * In the view runlight.experiments:
 * - `experiment.<active|deleted>` · `experiment.active.chosen`
 * - `run.<running|scheduled|finished|failed|killed>.<active|deleted>`, and `….current` for the active runs of this window
 * - `param` · `metric` · `tag` · `dataset`: what "Copy Value" and "Pin" act on
 * - `artifact.<file|directory>`, and `….local` where it lies on this machine
 * - `group.<params|metrics|tags|datasets|artifacts>` · `loadMore` · `message` · `message.error` · `action`
 *
 * In the view runlight.activeRun:
 * - `activeRun.metric` · `activeRun.param` · `activeRun.run`
 * - `upload.<settling|waiting|sending|failed|skipped|tooLarge>`: a file that the watcher has found
 * - `activeRun.unreachable`
 */
export const contextValues = {
  experiment: (stage: LifecycleStage, chosen: boolean) => `experiment.${stage}${chosen ? '.chosen' : ''}`,
  run: (info: RunInfo, current: boolean) =>
    `run.${info.status.toLowerCase()}.${info.lifecycleStage}${current ? '.current' : ''}`,
  artifact: ({ isDirectory }: ArtifactInfo, local: boolean) =>
    `artifact.${isDirectory ? 'directory' : 'file'}${local ? '.local' : ''}`,
  group: (group: Extract<ExperimentsNode, { kind: 'group' }>['group']) => `group.${group}`,
  upload: ({ state }: WatchedFileState) => `upload.${state.kind}`,
  message: (isError: boolean) => (isError ? 'message.error' : 'message'),
};
