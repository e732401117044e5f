import type { TrackingContextKeys, TrackingState } from '../trackingModel.ts';
import { type Contents, type Slice, subjectKey } from './subjects.ts';

/** What `when` clauses need to know; `before` where it says the same. */
export function contextKeysOf(state: TrackingState, before?: TrackingContextKeys): TrackingContextKeys {
  const next: TrackingContextKeys = {
    'runlight.store': storeKey(state),
    'runlight.filtered': state.options.filter.trim() !== '',
    'runlight.viewType': state.options.viewType,
  };
  const same =
    before?.['runlight.store'] === next['runlight.store'] &&
    before['runlight.filtered'] === next['runlight.filtered'] &&
    before['runlight.viewType'] === next['runlight.viewType'];
  return same ? before : next;
}

function storeKey({ connection, options, slices }: TrackingState): TrackingContextKeys['runlight.store'] {
  if (connection.kind !== 'ready') return connection.kind;
  const experiments = slices.get(subjectKey({ kind: 'experiments' })) as
    Slice<Contents['experiments']> | undefined;
  if (!experiments?.contents) return experiments?.error ? 'error' : 'connecting';
  return options.viewType === 'active' && isEmpty(experiments.contents) ? 'empty' : 'ready';
}

/** Nothing, or what MLflow makes by itself in each store: the experiment "Default", without a run. */
const isEmpty = ({ items, nextPageToken }: Contents['experiments']) =>
  nextPageToken === undefined &&
  items.every(({ experiment, runCount }) => experiment.experimentId === '0' && runCount === 0);
