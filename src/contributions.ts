/**
 * What package.json contributes, by name and type. test/unit/contributions.test.ts holds the two against each other, both
 * ways: a command, view, setting or context key that only one of them has fails the build.
 */

/** Every command. Those that act on a tree item take it as their first argument; see src/commands for the others. */
export const commandIds = [
  'runlight.startRun',
  'runlight.startNestedRun',
  'runlight.resumeRun',
  'runlight.endRun',
  'runlight.endRunFailed',
  'runlight.endRunKilled',
  'runlight.showRunActions',
  'runlight.logMetric',
  'runlight.logParam',
  'runlight.setTag',
  'runlight.logArtifact',
  'runlight.logAsArtifact',
  'runlight.createExperiment',
  'runlight.renameExperiment',
  'runlight.deleteExperiment',
  'runlight.restoreExperiment',
  'runlight.chooseExperiment',
  'runlight.renameRun',
  'runlight.deleteRun',
  'runlight.restoreRun',
  'runlight.renameSelected',
  'runlight.deleteSelected',
  'runlight.revealRun',
  'runlight.setTrackingUri',
  'runlight.checkConnection',
  'runlight.refresh',
  'runlight.filterRuns',
  'runlight.clearFilter',
  'runlight.sortRuns',
  'runlight.showActive',
  'runlight.showDeleted',
  'runlight.pinColumn',
  'runlight.loadMore',
  'runlight.openArtifact',
  'runlight.revealArtifact',
  'runlight.copyValue',
  'runlight.copyRunId',
  'runlight.copyRunUri',
  'runlight.copyLoadSnippet',
  'runlight.retryArtifact',
  'runlight.logArtifactAnyway',
  'runlight.skipArtifact',
  'runlight.rescanOutputs',
  'runlight.showLog',
] as const;
export type CommandId = (typeof commandIds)[number];

export const viewIds = { experiments: 'runlight.experiments', activeRun: 'runlight.activeRun' } as const;

/** Every setting with the type that the manifest's schema promises. */
export interface Settings {
  'runlight.trackingUri': string;
  'runlight.autoLog.folders': readonly string[];
  'runlight.autoLog.exclude': readonly string[];
  /** MiB. */
  'runlight.autoLog.sizeLimit': number;
}

/** The context keys that `when` clauses read. */
export interface ContextKeys {
  /** What the current tracking URI came to. */
  'runlight.store': 'none' | 'connecting' | 'empty' | 'ready' | 'error';
  'runlight.runActive': boolean;
  'runlight.filtered': boolean;
  'runlight.viewType': 'active' | 'deleted';
}
