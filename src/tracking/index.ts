/** The tracking core: MLflow without Python, without a server and without VS Code. */
export * from './entities.ts';
export * from './errors.ts';
export * from './operations.ts';
export type * from './store/trackingStore.ts';
export type * from './artifacts/artifactRepository.ts';
export * from './artifacts/openArtifacts.ts';
