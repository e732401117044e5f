/**
 * MLflow's rules for what may be written (`mlflow/utils/validation.py`), each refused with INVALID_PARAMETER_VALUE.
 *
 * Two things differ from MLflow on purpose, so that nothing is lost in silence: values that are too long are refused,
 * where MLflow cuts them (`MLFLOW_TRUNCATE_LONG_VALUES`), and a key may not end in a line feed, which MLflow's
 * `re.match('…$')` lets through.
 */
import type { Int64, Metric, Param, Tag, Timestamp } from './entities.ts';
import { invalid, TrackingError } from './errors.ts';

/** Greatest lengths, in characters (Unicode code points, as Python counts). */
export const limits = {
  key: 250,
  paramValue: 6000,
  tagValue: 8000,
  experimentTagValue: 20_000,
  experimentName: 500,
  /** What `runs.name` of MLflow's schema holds; SQLite would take more, other databases refuse it. */
  runName: 250,
  artifactLocation: 2048,
} as const;

export const int64Min = -(2n ** 63n);
export const int64Max = 2n ** 63n - 1n;

/**
 * Python's `\w` in Unicode patterns: letters and everything that has a numeric value, but no combining marks.
 * MLflow on Windows refuses colons, because keys may become file names there.
 */
const keyPattern = process.platform === 'win32' ? /^[/\p{L}\p{N}_.\- ]*$/u : /^[/\p{L}\p{N}_.\- :]*$/u;
const allowedInKeys = `letters, digits, "_", "-", ".", " ", ${process.platform === 'win32' ? '' : '":", '}and "/"`;

const runIdPattern = /^[a-zA-Z0-9][\p{L}\p{N}_-]{0,255}$/u;
const experimentIdPattern = /^[a-zA-Z0-9][\p{L}\p{N}_-]{0,63}$/u;

export const validateMetricKey = (key: string) => {
  validateKey('Metric key', key);
};

export const validateParamKey = (key: string) => {
  validateKey('Parameter key', key);
};

export const validateTagKey = (key: string) => {
  validateKey('Tag key', key);
};

/** Any double is a value, NaN and the infinities too. The timestamp is milliseconds since the epoch, not negative. */
export function validateMetric({ key, value, timestamp, step }: Metric): void {
  validateMetricKey(key);
  if (typeof value !== 'number') throw invalid(`Metric "${excerpt(key)}" needs a number as its value.`);
  validateInt64(`The timestamp of metric "${excerpt(key)}"`, timestamp);
  if (timestamp < 0) {
    throw invalid(`The timestamp of metric "${excerpt(key)}" can't be negative, and is ${timestamp}.`);
  }
  validateInt64(`The step of metric "${excerpt(key)}"`, step);
}

export function validateParam({ key, value }: Param): void {
  validateParamKey(key);
  validateParamValue(key, value);
}

export const validateParamValue = (key: string, value: string) => {
  validateText(`The value of parameter "${excerpt(key)}"`, value, limits.paramValue);
};

export function validateTag({ key, value }: Tag): void {
  validateTagKey(key);
  validateTagValue(key, value);
}

export const validateTagValue = (key: string, value: string) => {
  validateText(`The value of tag "${excerpt(key)}"`, value, limits.tagValue);
};

export function validateExperimentTag({ key, value }: Tag): void {
  validateTagKey(key);
  validateText(`The value of tag "${excerpt(key)}"`, value, limits.experimentTagValue);
}

export function validateExperimentName(name: string): void {
  if (name === '') throw invalid('An experiment needs a name.');
  validateText('The experiment name', name, limits.experimentName);
}

export function validateRunName(name: string): void {
  if (name === '') throw invalid('A run needs a name.');
  validateText('The run name', name, limits.runName);
}

/** A URI or a path. MLflow's server also refuses `#` and `;params` in URIs, its client doesn't. */
export function validateArtifactLocation(location: string): void {
  if (location.startsWith('runs:')) {
    throw invalid(`The artifact location can't be a runs:/ URI, and is "${excerpt(location)}".`);
  }
  validateText('The artifact location', location, limits.artifactLocation);
}

export function validateRunId(runId: string): void {
  if (runIdPattern.test(runId)) return;
  throw invalid(`"${excerpt(runId)}" is not a run ID: MLflow's are 32 hexadecimal digits.`);
}

/** Any form that MLflow's API accepts; SQL stores know only integers: `parseExperimentId`. */
export function validateExperimentId(experimentId: string): void {
  if (experimentIdPattern.test(experimentId)) return;
  throw invalid(`"${excerpt(experimentId)}" is not an experiment ID.`);
}

/** A whole number that fits 64 bits; a `number` that may have been rounded is refused. */
export function validateInt64(what: string, value: Int64): void {
  if (typeof value === 'bigint') {
    if (value >= int64Min && value <= int64Max) return;
    throw invalid(`${what} must fit a 64-bit integer, and is ${value}.`);
  }
  if (Number.isSafeInteger(value)) return;
  throw invalid(
    Number.isInteger(value)
      ? `${what} is ${value}, which is too large for an exact number: pass a bigint.`
      : `${what} must be a whole number, and is ${value}.`,
  );
}

export function validateTimestamp(what: string, time: Timestamp): void {
  validateInt64(what, time);
}

/** What `validate` refuses, as a message for an input box; undefined if it is fine. */
export function messageOf(validate: () => void): string | undefined {
  try {
    validate();
    return undefined;
  } catch (error) {
    if (error instanceof TrackingError) return error.message;
    throw error;
  }
}

/** Keys may become file names (`mlflow.store.tracking.file_store`): they must be a normal relative path. */
function validateKey(what: string, key: string): void {
  if (key === '') throw invalid(`${what} is empty: give it a name.`);
  if (!keyPattern.test(key)) {
    const bad = Array.from(key).find(character => !keyPattern.test(character)) ?? key;
    throw invalid(
      `${what} "${excerpt(key)}" contains ${JSON.stringify(bad)}: only ${allowedInKeys} are allowed.`,
    );
  }
  const parts = key.split('/');
  if (key.startsWith('..') || parts.some(part => part === '' || part === '.' || part === '..')) {
    throw invalid(
      `${what} "${excerpt(key)}" is not a plain path: it can't start or end with "/", ` +
        'start with "..", or have empty, "." or ".." parts.',
    );
  }
  validateLength(`${what} "${excerpt(key)}"`, key, limits.key);
}

/** Lone surrogates can't be stored as UTF-8: the text would come back changed. */
function validateText(what: string, text: string, limit: number): void {
  if (typeof text !== 'string') throw invalid(`${what} must be a text.`);
  validateLength(what, text, limit);
  if (/\p{Surrogate}/u.test(text))
    throw invalid(`${what} contains half a Unicode character (a lone surrogate).`);
}

function validateLength(what: string, text: string, limit: number): void {
  // Code units are never fewer than code points, so the exact count is rarely needed.
  if (text.length <= limit) return;
  const { length } = Array.from(text);
  if (length > limit) throw invalid(`${what} is ${length} characters long; MLflow takes at most ${limit}.`);
}

/** What a message quotes of a text that may be long. */
const excerpt = (text: string) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
