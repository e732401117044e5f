import type { Disposable } from '../tracking/events.ts';
import { type Observable, ObservableValue } from '../tracking/observable.ts';
import type { Memento } from './trackingModel/viewOptions.ts';

/** The experiment that runs started in this workspace go to. */
export interface ChosenExperiment {
  readonly storeUri: string;
  readonly experimentId: string;
  /** As it was when it was chosen. */
  readonly name: string;
}

const key = 'chosenExperiment';

/** Remembers, per workspace, the experiment that the person chose. */
export class ExperimentChoice implements Disposable {
  readonly #memento: Memento;
  readonly #state: ObservableValue<ChosenExperiment | undefined>;

  constructor(memento: Memento) {
    this.#memento = memento;
    this.#state = new ObservableValue(memento.get(key) as ChosenExperiment | undefined);
  }

  get state(): Observable<ChosenExperiment | undefined> {
    return this.#state;
  }

  /** The chosen experiment's id, if it is one of this store. */
  experimentIdIn(storeUri: string): string | undefined {
    const chosen = this.#state.current;
    return chosen?.storeUri === storeUri ? chosen.experimentId : undefined;
  }

  async choose(experiment: ChosenExperiment | undefined): Promise<void> {
    await this.#memento.update(key, experiment);
    this.#state.set(experiment);
  }

  dispose(): void {
    this.#state.dispose();
  }
}
