/** What MLflow's filters can speak of: `SearchUtils` and `SearchExperimentsUtils` in `mlflow/utils/search_utils.py`. */

export type Entity = 'metric' | 'param' | 'tag' | 'attribute' | 'dataset';

export type NumericComparator = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type TextComparator = '=' | '!=' | 'LIKE' | 'ILIKE';
export type ListComparator = 'IN' | 'NOT IN';
export type NullComparator = 'IS NULL' | 'IS NOT NULL';
export type Comparator = NumericComparator | TextComparator | ListComparator | NullComparator;

/** What is compared: it decides the comparators, and how values are written. */
export type OperandType =
  | 'metric'
  /** A time of a run: MLflow takes fractions, too. */
  | 'time'
  /** A time of an experiment: a whole number. */
  | 'wholeTime'
  | 'text'
  | 'nullableText'
  | 'datasetText'
  | 'runId'
  | 'experimentId';

const numeric = ['=', '!=', '<', '<=', '>', '>='] as const;
const textual = ['=', '!=', 'LIKE', 'ILIKE'] as const;
const listed = ['IN', 'NOT IN'] as const;

export const comparatorsOf: Record<OperandType, readonly Comparator[]> = {
  metric: numeric,
  time: numeric,
  wholeTime: numeric,
  text: textual,
  nullableText: [...textual, 'IS NULL', 'IS NOT NULL'],
  datasetText: [...textual, ...listed],
  runId: [...textual, ...listed],
  experimentId: ['=', '!=', ...listed],
};

export const typeOf: Record<Exclude<Entity, 'attribute'>, OperandType> = {
  metric: 'metric',
  param: 'nullableText',
  tag: 'nullableText',
  dataset: 'datasetText',
};

export interface Attribute {
  readonly name: string;
  readonly type: OperandType;
  readonly orderable: boolean;
}

export interface Grammar {
  /** By what may stand before the first dot; without a dot, an attribute is meant. */
  readonly entities: ReadonlyMap<string, Entity>;
  /** By every spelling. */
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly orderable: readonly Entity[];
  /** MLflow is laxer with runs: `` `metrics`.loss ``, `like`, `in`. */
  readonly lax: boolean;
  /** For messages. */
  readonly hints: { readonly entities: string; readonly attributes: string; readonly example: string };
}

export const datasetAttributes: readonly string[] = ['name', 'digest', 'context'];

const attribute = (name: string, type: OperandType, orderable = true): Attribute => ({
  name,
  type,
  orderable,
});

export const runGrammar: Grammar = {
  entities: new Map<string, Entity>([
    ['metric', 'metric'],
    ['metrics', 'metric'],
    ['parameter', 'param'],
    ['parameters', 'param'],
    ['param', 'param'],
    ['params', 'param'],
    ['tag', 'tag'],
    ['tags', 'tag'],
    ['attribute', 'attribute'],
    ['attributes', 'attribute'],
    ['attr', 'attribute'],
    ['run', 'attribute'],
    ['dataset', 'dataset'],
    ['datasets', 'dataset'],
  ]),
  attributes: new Map([
    ['run_id', attribute('run_id', 'runId')],
    ['run_name', attribute('run_name', 'text')],
    ['run name', attribute('run_name', 'text', false)],
    ['Run name', attribute('run_name', 'text', false)],
    ['Run Name', attribute('run_name', 'text', false)],
    ['status', attribute('status', 'text')],
    ['user_id', attribute('user_id', 'text')],
    ['artifact_uri', attribute('artifact_uri', 'text')],
    ['start_time', attribute('start_time', 'time')],
    ['created', attribute('start_time', 'time')],
    ['Created', attribute('start_time', 'time')],
    ['end_time', attribute('end_time', 'time')],
  ]),
  orderable: ['metric', 'param', 'tag', 'attribute'],
  lax: true,
  hints: {
    entities: 'metrics, params, tags, attributes or dataset',
    attributes: 'run_id, run_name, status, user_id, artifact_uri, start_time or end_time',
    example: 'metrics.accuracy > 0.9',
  },
};

export const experimentGrammar: Grammar = {
  entities: new Map<string, Entity>([
    ['attribute', 'attribute'],
    ['tag', 'tag'],
    ['tags', 'tag'],
  ]),
  attributes: new Map([
    ['name', attribute('name', 'text')],
    ['experiment_id', attribute('experiment_id', 'experimentId')],
    ['creation_time', attribute('creation_time', 'wholeTime')],
    ['last_update_time', attribute('last_update_time', 'wholeTime')],
  ]),
  orderable: ['attribute'],
  lax: false,
  hints: {
    entities: 'tags or attribute',
    attributes: 'name, experiment_id, creation_time or last_update_time',
    example: "name LIKE 'image%'",
  },
};
