/** The tracking core: MLflow without Python, without a server and without VS Code. */
export { ActiveRun } from './activeRun.ts';
export type * from './artifacts/artifactRepository.ts';
export { openArtifacts } from './artifacts/openArtifacts.ts';
export * from './entities.ts';
export * from './errors.ts';
export * from './fluent.ts';
export type { NextExperiment } from './nextExperiment.ts';
export type * from './operations.ts';
export { parseExperimentFilter, parseRunFilter } from './searchFilter/searchFilter.ts';
export { openStore, type StoreOptions } from './store/openStore.ts';
export type * from './store/trackingStore.ts';
export { resolveTrackingUri } from './trackingUri.ts';
