import { isAbsolute } from 'node:path';
import type { Experiment, Metric, Run, RunInfo, Tag, ViewType } from '../../entities.ts';
import { invalid } from '../../errors.ts';
import type { Event } from '../../events.ts';
import type { Logger } from '../../logger.ts';
import * as validate from '../../validation.ts';
import { resolveLocation } from '../artifactLocation.ts';
import { offsetOf, pageTokenOf, validateMaxResults } from '../pageToken.ts';
import type {
  ExperimentQuery,
  MetricSummary,
  NewRun,
  Page,
  PageQuery,
  RunData,
  RunQuery,
  RunUpdate,
  StoreAccess,
  TrackingStore,
} from '../trackingStore.ts';
import { ChangeFeed } from './changeFeed.ts';
import { historyTokenOf, positionOf } from './historyToken.ts';
import type { AnyRequestName, ArgumentsOf, ResultOf } from './requests.ts';
import { flatten, toMetric, toRun } from './rows.ts';
import { validateRunData } from './validateRunData.ts';
import { WorkerClient } from './workerClient.ts';

export interface SqliteStoreOptions {
  /** The database file: an absolute path. It need not exist. */
  readonly path: string;
  readonly uri: string;
  /** Under it go artifacts of experiments that name no location: a URI, or an absolute path. */
  readonly artifactRoot: string;
  /** What relative artifact locations are relative to. */
  readonly baseDirectory: string;
  /** The worker thread's program. */
  readonly workerFile: URL | string;
  readonly logger: Logger;
  /** How long to wait for other processes' locks, in milliseconds. Default: MLflow's 20 s. */
  readonly lockTimeout?: number;
}

export const openSqliteStore = (options: SqliteStoreOptions): TrackingStore => new SqliteStore(options);

const defaultPageSize = 1000;
const defaultHistoryPageSize = 50_000;
const defaultPoints = 2000;

/** MLflow's own SQLite file, read and written natively. SQLite works in a thread of its own: no call blocks. */
class SqliteStore implements TrackingStore {
  readonly uri: string;
  readonly onDidChange: Event<void>;
  readonly #options: SqliteStoreOptions;
  readonly #worker: WorkerClient;
  readonly #changes: ChangeFeed;

  constructor(options: SqliteStoreOptions) {
    const { path, uri, artifactRoot, workerFile, logger, lockTimeout = 20_000 } = options;
    if (!isAbsolute(path)) throw invalid(`"${path}" must be an absolute path.`);
    this.uri = uri;
    this.#options = options;
    this.#worker = new WorkerClient(workerFile, { path, artifactRoot, lockTimeout });
    this.#changes = new ChangeFeed(path, () => this.#worker.read('changeToken', []), logger);
    this.onDidChange = this.#changes.event;
  }

  access(): Promise<StoreAccess> {
    return this.#worker.read('access', []);
  }

  async createExperiment(
    name: string,
    { artifactLocation, tags = [] }: { artifactLocation?: string | undefined; tags?: readonly Tag[] } = {},
  ): Promise<string> {
    validate.validateExperimentName(name);
    const location = artifactLocation === undefined || artifactLocation === '' ? undefined : artifactLocation;
    const resolved = location && resolveLocation(location, this.#options.baseDirectory);
    if (resolved !== undefined) validate.validateArtifactLocation(resolved);
    tags.forEach(validate.validateExperimentTag);
    return this.#write('createExperiment', name, resolved, tags);
  }

  getExperiment(experimentId: string): Promise<Experiment> {
    return this.#worker.read('getExperiment', [experimentId]);
  }

  getExperimentByName(name: string): Promise<Experiment | undefined> {
    return this.#worker.read('getExperimentByName', [name]);
  }

  async searchExperiments(query: ExperimentQuery, signal?: AbortSignal): Promise<Page<Experiment>> {
    const slice = sliceOf(query);
    const found = await this.#worker.read('searchExperiments', [query, slice], signal);
    return { items: found.items, nextPageToken: nextToken(slice, found.hasMore) };
  }

  async renameExperiment(experimentId: string, name: string): Promise<void> {
    validate.validateExperimentName(name);
    await this.#write('renameExperiment', experimentId, name);
  }

  deleteExperiment(experimentId: string): Promise<void> {
    return this.#write('deleteExperiment', experimentId);
  }

  restoreExperiment(experimentId: string): Promise<void> {
    return this.#write('restoreExperiment', experimentId);
  }

  async setExperimentTag(experimentId: string, tag: Tag): Promise<void> {
    validate.validateExperimentTag(tag);
    await this.#write('setExperimentTag', experimentId, tag);
  }

  countRuns(experimentIds: readonly string[], viewType: ViewType = 'ACTIVE_ONLY') {
    return this.#worker.read('countRuns', [experimentIds, viewType]);
  }

  async createRun(run: NewRun): Promise<Run> {
    validate.validateRunId(run.runId);
    validate.validateTimestamp('The start time of the run', run.startTime);
    run.tags.forEach(validate.validateTag);
    return toRun(await this.#write('createRun', run));
  }

  async getRun(runId: string): Promise<Run> {
    return toRun(await this.#worker.read('getRun', [runId]));
  }

  async updateRun(runId: string, update: RunUpdate): Promise<RunInfo> {
    if (update.runName !== undefined && update.runName !== '') validate.validateRunName(update.runName);
    if (update.endTime != null) validate.validateTimestamp('The end time of the run', update.endTime);
    return this.#write('updateRun', runId, update);
  }

  deleteRun(runId: string): Promise<void> {
    return this.#write('deleteRun', runId);
  }

  restoreRun(runId: string): Promise<void> {
    return this.#write('restoreRun', runId);
  }

  async searchRuns(query: RunQuery, signal?: AbortSignal): Promise<Page<Run>> {
    const slice = sliceOf(query);
    const found = await this.#worker.read('searchRuns', [query, slice], signal);
    return { items: found.items.map(toRun), nextPageToken: nextToken(slice, found.hasMore) };
  }

  async logBatch(runId: string, data: RunData): Promise<void> {
    validateRunData(data);
    const { metrics = [], params = [], tags = [] } = data;
    await this.#write('logBatch', runId, flatten(metrics), params, tags);
  }

  deleteTag(runId: string, key: string): Promise<void> {
    return this.#write('deleteTag', runId, key);
  }

  async getMetricHistory(
    runId: string,
    key: string,
    { maxResults = defaultHistoryPageSize, pageToken }: PageQuery = {},
    signal?: AbortSignal,
  ): Promise<Page<Metric>> {
    validateMaxResults(maxResults);
    const rows = await this.#worker.read(
      'getMetricHistory',
      [runId, key, maxResults + 1, positionOf(pageToken)],
      signal,
    );
    const items = rows.slice(0, maxResults).map(row => toMetric(key, row));
    const last = rows.length > maxResults ? rows[maxResults - 1] : undefined;
    return { items, nextPageToken: last && historyTokenOf(last) };
  }

  async sampleMetricHistory(
    runIds: readonly string[],
    key: string,
    {
      maxPoints = defaultPoints,
      startStep,
      endStep,
    }: { maxPoints?: number; startStep?: number; endStep?: number } = {},
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<string, readonly Metric[]>> {
    validateMaxResults(maxPoints);
    const range = { start: startStep, end: endStep };
    const samples = await this.#worker.read('sampleMetricHistory', [runIds, key, maxPoints, range], signal);
    return new Map(runIds.map((runId, i) => [runId, (samples[i] ?? []).map(row => toMetric(key, row))]));
  }

  summarizeMetrics(runId: string, signal?: AbortSignal): Promise<readonly MetricSummary[]> {
    return this.#worker.read('summarizeMetrics', [runId], signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#changes.dispose();
    await this.#worker.close();
  }

  async #write<N extends AnyRequestName>(name: N, ...args: ArgumentsOf<N>): Promise<ResultOf<N>> {
    const result = await this.#worker.write(name, args);
    this.#changes.committed();
    return result;
  }
}

function sliceOf({ maxResults = defaultPageSize, pageToken }: PageQuery) {
  validateMaxResults(maxResults);
  return { offset: offsetOf(pageToken), limit: maxResults };
}

const nextToken = ({ offset, limit }: { offset: number; limit: number }, hasMore: boolean) =>
  hasMore ? pageTokenOf(offset + limit) : undefined;
