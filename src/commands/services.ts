import type * as vscode from 'vscode';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { Connection } from '../services/connection.ts';
import type { ExperimentChoice } from '../services/experimentChoice.ts';
import type { Outbox } from '../services/outbox.ts';
import type { RunWatch } from '../services/runWatch.ts';
import type { SettingsService } from '../services/settings.ts';
import type { TrackingModel } from '../services/trackingModel.ts';
import type { Fluent } from '../tracking/fluent.ts';
import type { ExperimentsView } from '../views/experimentsTree.ts';

/** What commands act on. */
export interface CommandServices {
  readonly fluent: Fluent;
  readonly activeRun: ActiveRunService;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly settings: SettingsService;
  readonly model: TrackingModel;
  readonly choice: ExperimentChoice;
  readonly runWatch: RunWatch;
  readonly experiments: ExperimentsView;
  readonly log: vscode.LogOutputChannel;
}
