import type * as vscode from 'vscode';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { ActiveRunData } from '../services/activeRunData.ts';
import type { Observable } from '../tracking/observable.ts';

export interface ActiveRunViewDependencies {
  readonly activeRun: Pick<ActiveRunService, 'state'>;
  readonly data: ActiveRunData;
  /** What the watcher of output folders is doing for the active run. */
  readonly runWatch: { readonly state: Observable<unknown> };
}

export declare function registerActiveRunView(dependencies: ActiveRunViewDependencies): vscode.Disposable;
