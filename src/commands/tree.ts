import { invalid } from '../tracking/errors.ts';
import { parseRunOrder } from '../tracking/searchFilter/searchOrder.ts';
import type { LoadMoreNode } from '../views/nodes.ts';
import { askForFilter } from './filter.ts';
import { filterRefusal } from './filterSuggestions.ts';
import { readOptions } from './options.ts';
import { pinColumn } from './pinColumn.ts';
import type { CommandServices } from './services.ts';
import { askForOrder } from './sort.ts';

/** What the Experiments view shows, and how. */
export function treeCommands(services: CommandServices) {
  const { connection, model } = services;
  return {
    /** Reads everything shown again; opens the store again if it could not be opened. */
    'runlight.refresh': async () => {
      if (connection.state.current.kind !== 'ready') await connection.reconnect();
      await model.refresh();
    },
    'runlight.filterRuns': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { filter: 'string' });
      if (options) check(filterRefusal(options.filter));
      const filter = options ? options.filter : await askForFilter(services);
      if (filter !== undefined) await model.setOptions({ filter });
    },
    'runlight.clearFilter': () => model.setOptions({ filter: '' }),
    'runlight.sortRuns': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { orderBy: 'list' });
      options?.orderBy.forEach(parseRunOrder);
      const orderBy = options ? options.orderBy : await askForOrder(services);
      if (orderBy !== undefined) await model.setOptions({ orderBy });
    },
    'runlight.showActive': () => model.setOptions({ viewType: 'active' }),
    'runlight.showDeleted': () => model.setOptions({ viewType: 'deleted' }),
    'runlight.pinColumn': (...args: readonly unknown[]) => pinColumn(services, args),
    'runlight.loadMore': async (...args: readonly unknown[]) => {
      const [node] = args as readonly [LoadMoreNode?];
      if (node?.kind === 'loadMore') await model.loadMore(node.subject);
    },
  };
}

function check(refusal: string | undefined): void {
  if (refusal !== undefined) throw invalid(refusal);
}
