import type { ActiveRun } from './activeRun.ts';
import type { Experiment } from './entities.ts';
import { invalid, missing, TrackingError } from './errors.ts';
import { randomRunName } from './runNames.ts';
import type { TrackingStore } from './store/trackingStore.ts';

/** An experiment, or the name of the one that starting a run creates. */
export interface NextExperiment {
  readonly experimentId: string | undefined;
  readonly name: string;
}

/** What decides on the experiment of a run that is started, besides the caller's own argument. */
export interface ExperimentContext {
  /** The experiment that the person chose for this workspace, if it is in this store. */
  chosenExperimentId(store: TrackingStore): string | undefined;
  environment(name: 'MLFLOW_EXPERIMENT_ID' | 'MLFLOW_EXPERIMENT_NAME'): string | undefined;
}

/**
 * The experiment asked for, else the parent's, else the chosen one, else that of the environment, which is created if
 * need be, else a new one with a random readable name.
 * @throws TrackingError RESOURCE_DOES_NOT_EXIST for an unknown one, INVALID_PARAMETER_VALUE for a deleted one or for
 * variables that name two
 */
export async function nextExperiment(
  store: TrackingStore,
  context: ExperimentContext,
  asked: string | undefined,
  parent: ActiveRun | undefined,
): Promise<NextExperiment> {
  // In its parent's experiment a run is found below it.
  const inParents = parent?.ref.storeUri === store.uri ? parent.info.experimentId : undefined;
  const experimentId = asked ?? inParents ?? context.chosenExperimentId(store);
  if (experimentId !== undefined) return usable(await store.getExperiment(experimentId));
  return (await fromEnvironment(store, context)) ?? { experimentId: undefined, name: randomRunName() };
}

async function fromEnvironment(
  store: TrackingStore,
  context: ExperimentContext,
): Promise<NextExperiment | undefined> {
  const name = context.environment('MLFLOW_EXPERIMENT_NAME');
  const id = context.environment('MLFLOW_EXPERIMENT_ID');
  if (name !== undefined) {
    const experiment = await store.getExperimentByName(name);
    if (id !== undefined && experiment?.experimentId !== id) {
      throw invalid(
        `MLFLOW_EXPERIMENT_NAME is "${name}" but MLFLOW_EXPERIMENT_ID is ${id}, which is another experiment: unset one of them.`,
      );
    }
    return experiment ? usable(experiment) : { experimentId: undefined, name };
  }
  if (id === undefined) return undefined;
  try {
    return usable(await store.getExperiment(id));
  } catch (error) {
    if (!(error instanceof TrackingError) || error.errorCode !== 'RESOURCE_DOES_NOT_EXIST') throw error;
    throw missing(
      `MLFLOW_EXPERIMENT_ID is ${id}, but ${store.uri} has no such experiment: unset it, or set another.`,
    );
  }
}

function usable(experiment: Experiment): Experiment {
  if (experiment.lifecycleStage === 'active') return experiment;
  throw invalid(`Experiment "${experiment.name}" is deleted: restore it, or choose another one.`);
}
