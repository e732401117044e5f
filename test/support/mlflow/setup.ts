import { mlflowVersions, pythonOf } from './python.ts';

/** Before the contract tests: all environments are there. */
export default async function setup(): Promise<void> {
  for (const version of mlflowVersions) await pythonOf(version);
}
