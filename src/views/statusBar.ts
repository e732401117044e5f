import type * as vscode from 'vscode';
import type { ActiveRunService } from '../services/activeRun.ts';
import type { ActiveRunData } from '../services/activeRunData.ts';
import type { Observable } from '../tracking/observable.ts';

export interface StatusBarDependencies {
  readonly activeRun: Pick<ActiveRunService, 'state'>;
  readonly data: ActiveRunData;
  readonly runWatch: { readonly state: Observable<unknown> };
}

export declare function registerStatusBar(dependencies: StatusBarDependencies): vscode.Disposable;
