import type { Run } from '../tracking/entities.ts';
import type { Disposable } from '../tracking/events.ts';
import type { Logger } from '../tracking/logger.ts';
import type { Observable } from '../tracking/observable.ts';
import type { ActiveRunState } from './activeRun.ts';

export interface ActiveRunDataDependencies {
  readonly activeRun: Observable<ActiveRunState>;
  readonly logger: Logger;
}

/**
 * What the store holds of the active run, which may be in another store than the tracking model's: read when it becomes
 * active, and after each change of its store while somebody watches.
 */
export declare class ActiveRunData implements Disposable {
  constructor(dependencies: ActiveRunDataDependencies);
  readonly state: Observable<{ readonly run: Run; readonly experimentName: string } | undefined>;
  watch(): Disposable;
  dispose(): void;
}
