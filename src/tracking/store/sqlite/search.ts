/**
 * Searches of runs and experiments as one SQL statement that selects ids, in order.
 *
 * MLflow joins a subquery for each condition and each key to order by, which no index of its schema serves: ordering
 * 100,000 runs by a metric takes it minutes. Here each is a lookup by primary key, (key, run_uuid), for the runs that
 * are left. `PRAGMA case_sensitive_like` has to be on, as in MLflow's own sessions.
 */
import type { ViewType } from '../../entities.ts';
import { MlflowTag } from '../../entities.ts';
import { TrackingError } from '../../errors.ts';
import type { Clause, Condition } from '../../searchFilter/searchFilter.ts';
import { parseExperimentFilter, parseRunFilter } from '../../searchFilter/searchFilter.ts';
import type { Order } from '../../searchFilter/searchOrder.ts';
import { parseExperimentOrder, parseRunOrder } from '../../searchFilter/searchOrder.ts';
import type { ExperimentQuery, RunQuery } from '../trackingStore.ts';
import type { SqlValue } from './connection.ts';
import { parseExperimentId } from './experiments.ts';
import type { Features } from './schemaState.ts';

/** Selects all ids; the limit is its caller's. */
export interface Search {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

/** @throws TrackingError with MLflow's code for what MLflow refuses */
export function compileRunSearch(query: RunQuery, features: Pick<Features, 'datasets'>): Search {
  const clauses = parseRunFilter(query.filter ?? '');
  const orders = (query.orderBy ?? []).map(parseRunOrder);
  refuseDuplicates(orders);
  const statement = new Statement();
  const joins = orders.map(({ operand }, index) => {
    if (operand.entity === 'attribute' || operand.entity === 'dataset') return '';
    const alias = `o${index}`;
    return `LEFT JOIN ${tables[operand.entity]} ${alias} ON ${alias}.run_uuid = r.run_uuid AND ${alias}."key" = ${statement.bind(operand.key)}`;
  });
  const conditions = [
    `r.experiment_id IN (SELECT value FROM json_each(${statement.bind(experimentIds(query.experimentIds))}))`,
    stageCondition('r', query.viewType),
    ...clauses.map(clause => runCondition(clause, statement, features)),
  ];
  const order = [...orders.map((item, index) => runOrder(item, `o${index}`)), 'r.run_uuid'];
  if (!orders.some(({ operand }) => operand.entity === 'attribute' && operand.key === 'start_time')) {
    order.splice(-1, 0, 'r.start_time DESC');
  }
  return statement.select(`r.run_uuid FROM runs r ${joins.join(' ')}`, conditions, order);
}

/** @throws TrackingError with MLflow's code for what MLflow refuses */
export function compileExperimentSearch(
  query: ExperimentQuery,
  features: Pick<Features, 'workspaces'>,
): Search {
  const clauses = parseExperimentFilter(query.filter ?? '');
  const orders = (query.orderBy ?? []).map(parseExperimentOrder);
  const statement = new Statement();
  const conditions = [
    stageCondition('e', query.viewType),
    ...(features.workspaces ? [`e.workspace = 'default'`] : []),
    ...clauses.map(clause => experimentCondition(clause, statement)),
  ];
  const order = orders.map(({ operand, ascending }) => `e.${operand.key} ${ascending ? 'ASC' : 'DESC'}`);
  if (order.length === 0) order.push('e.creation_time DESC', 'e.experiment_id ASC');
  else order.push('e.experiment_id DESC');
  return statement.select('e.experiment_id FROM experiments e', conditions, order);
}

/** What each entity's (key, run_uuid) → value is kept in. */
const tables = { metric: 'latest_metrics', param: 'params', tag: 'tags' } as const;

/** The columns of attributes; a run's name is read from its tag, since runs of MLflow before 1.30 have no other. */
const runColumns: Readonly<Record<string, string>> = { run_id: 'run_uuid', run_name: 'name' };

const runColumn = (attribute: string) => `r.${runColumns[attribute] ?? attribute}`;

function runCondition(
  { operand, condition }: Clause,
  statement: Statement,
  features: Pick<Features, 'datasets'>,
): string {
  switch (operand.entity) {
    case 'attribute':
      return operand.key === 'run_name'
        ? keyedCondition('tags', MlflowTag.runName, 'r.run_uuid', condition, statement)
        : compare(runColumn(operand.key), condition, statement);
    case 'metric':
    case 'param':
    case 'tag':
      return keyedCondition(tables[operand.entity], operand.key, 'r.run_uuid', condition, statement);
    case 'dataset':
      return features.datasets ? datasetCondition(operand.key, condition, statement) : 'FALSE';
  }
}

function experimentCondition({ operand, condition }: Clause, statement: Statement): string {
  return operand.entity === 'tag'
    ? keyedCondition('experiment_tags', operand.key, 'e.experiment_id', condition, statement)
    : compare(`e.${operand.key}`, condition, statement);
}

/** That the owner has this key, with such a value; without the key, nothing holds but IS NULL. */
function keyedCondition(
  table: 'latest_metrics' | 'params' | 'tags' | 'experiment_tags',
  key: string,
  owner: 'r.run_uuid' | 'e.experiment_id',
  condition: Condition,
  statement: Statement,
): string {
  const [, ownerColumn] = owner.split('.') as [string, string];
  const row = `SELECT 1 FROM ${table} k WHERE k."key" = ${statement.bind(key)} AND k.${ownerColumn} = ${owner}`;
  if (condition.kind === 'null') return `${condition.comparator === 'IS NULL' ? 'NOT ' : ''}EXISTS (${row})`;
  const holds = compare('k.value', condition, statement);
  if (table !== 'latest_metrics') return `EXISTS (${row} AND ${holds})`;
  // NaN is kept as 0 and a flag. It differs from every number, and nothing else holds for it.
  const isUnequal = condition.comparator === '!=';
  return `EXISTS (${row} AND (${isUnequal ? `${holds} OR k.is_nan = 1` : `${holds} AND k.is_nan = 0`}))`;
}

/** That one of the run's datasets is so: MLflow looks at each use of a dataset on its own, also for !=. */
function datasetCondition(key: string, condition: Condition, statement: Statement): string {
  const uses = `SELECT 1 FROM inputs i JOIN datasets d ON d.dataset_uuid = i.source_id`;
  const ofRun = `i.destination_type = 'RUN' AND i.source_type = 'DATASET' AND i.destination_id = r.run_uuid`;
  if (key !== 'context') {
    return `EXISTS (${uses} WHERE ${ofRun} AND ${compare(`d.${key}`, condition, statement)})`;
  }
  const tag = `JOIN input_tags t ON t.input_uuid = i.input_uuid AND t.name = 'mlflow.data.context'`;
  return `EXISTS (${uses} ${tag} WHERE ${ofRun} AND ${compare('t.value', condition, statement)})`;
}

/** As SQLAlchemy writes it; SQLite's `lower` knows ASCII only, so ILIKE does, too. */
function compare(column: string, condition: Condition, statement: Statement): string {
  switch (condition.kind) {
    case 'number':
      return `${column} ${condition.comparator} ${statement.bind(condition.value)}`;
    case 'text': {
      const value = statement.bind(condition.value);
      return condition.comparator === 'ILIKE'
        ? `lower(${column}) LIKE lower(${value})`
        : `${column} ${condition.comparator} ${value}`;
    }
    case 'list':
      return `${column} ${condition.comparator} (${condition.values.map(value => statement.bind(value)).join(', ')})`;
    case 'null':
      return `${column} ${condition.comparator}`;
  }
}

/** Numbers, then NaN, then nothing at all: whatever the direction. */
function runOrder({ operand, ascending }: Order, alias: string): string {
  const column = operand.entity === 'attribute' ? runColumn(operand.key) : `${alias}.value`;
  const last =
    operand.entity === 'metric'
      ? `CASE WHEN ${alias}.is_nan = 1 THEN 1 WHEN ${column} IS NULL THEN 2 ELSE 0 END`
      : `${column} IS NULL`;
  return `${last}, ${column} ${ascending ? 'ASC' : 'DESC'}`;
}

/** MLflow answers this with INTERNAL_ERROR, its default. */
function refuseDuplicates(orders: readonly Order[]): void {
  const seen = new Set<string>();
  for (const { operand } of orders) {
    const name = `${operand.entity}.${operand.key}`;
    if (seen.has(name)) {
      throw new TrackingError('INTERNAL_ERROR', `Runs can't be sorted by ${name} twice: remove one.`);
    }
    seen.add(name);
  }
}

/** As a JSON list, so that the statement is the same for any number of experiments. */
function experimentIds(ids: readonly string[]): string {
  return `[${ids.map(parseExperimentId).join(',')}]`;
}

function stageCondition(table: 'r' | 'e', viewType: ViewType = 'ACTIVE_ONLY'): string {
  switch (viewType) {
    case 'ACTIVE_ONLY':
      return `${table}.lifecycle_stage = 'active'`;
    case 'DELETED_ONLY':
      return `${table}.lifecycle_stage = 'deleted'`;
    case 'ALL':
      return `${table}.lifecycle_stage IN ('active', 'deleted')`;
  }
}

/** Text and values of one statement. Values are numbered, so that the caller can add its own. */
class Statement {
  readonly #parameters: SqlValue[] = [];

  /** @returns what stands for the value in the text */
  bind(value: SqlValue): string {
    return `?${this.#parameters.push(value)}`;
  }

  select(columns: string, conditions: readonly string[], order: readonly string[]): Search {
    const sql = `SELECT ${columns} WHERE ${conditions.join(' AND ')} ORDER BY ${order.join(', ')}`;
    return { sql, parameters: this.#parameters };
  }
}
