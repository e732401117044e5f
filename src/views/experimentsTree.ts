import type * as vscode from 'vscode';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { ExperimentChoice } from '../services/experimentChoice.ts';
import type { TrackingModel } from '../services/trackingModel.ts';
import type { ExperimentsNode } from './nodes.ts';

export interface ExperimentsViewDependencies {
  readonly model: TrackingModel;
  readonly activeRun: Pick<ActiveRunService, 'state'>;
  readonly choice: ExperimentChoice;
}

export interface ExperimentsView extends vscode.Disposable {
  readonly view: vscode.TreeView<ExperimentsNode>;
  /** Shows, selects and expands the run. @throws TrackingError RESOURCE_DOES_NOT_EXIST if the current store has none. */
  reveal(runId: string): Promise<void>;
}

export declare function registerExperimentsView(dependencies: ExperimentsViewDependencies): ExperimentsView;
