import { artifactCommands } from './artifacts.ts';
import { connectionCommands } from './connection.ts';
import { copyCommands } from './copy.ts';
import { endRunCommands } from './endRun.ts';
import { experimentCommands } from './experiment.ts';
import { logArtifactCommands } from './logArtifact.ts';
import { loggingCommands } from './logging.ts';
import type { CommandHandlers } from './registry.ts';
import { runCommands } from './run.ts';
import { runActionCommands } from './runActions.ts';
import { selectedCommands } from './selected.ts';
import type { CommandServices } from './services.ts';
import { startRunCommands } from './startRun.ts';
import { treeCommands } from './tree.ts';

/** Every command's handler: the type refuses to compile while one is missing. */
export function createCommandHandlers(services: CommandServices): CommandHandlers {
  return {
    ...startRunCommands(services),
    ...endRunCommands(services),
    ...runActionCommands(services),
    ...loggingCommands(services),
    ...logArtifactCommands(services),
    ...experimentCommands(services),
    ...runCommands(services),
    ...selectedCommands(services),
    ...connectionCommands(services),
    ...treeCommands(services),
    ...copyCommands(services),
    ...artifactCommands(services),
  };
}
