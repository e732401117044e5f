/** All that a store asks of its worker. The types of both sides come from these tables. */
import type { StoreAccess } from '../trackingStore.ts';
import * as experiments from './experiments.ts';
import { logBatch } from './logBatch.ts';
import * as history from './metricHistory.ts';
import * as changes from './runChanges.ts';
import { getRun } from './runs.ts';
import { searchExperiments, searchRuns } from './searchPages.ts';

/** Each runs in a read transaction of its own; a generator in one for each piece, and other requests in between. */
export const reads = {
  getExperiment: experiments.getExperiment,
  getExperimentByName: experiments.getExperimentByName,
  countRuns: experiments.countRuns,
  searchExperiments,
  getRun,
  searchRuns,
  getMetricHistory: history.getMetricHistory,
  sampleMetricHistory: history.sampleMetricHistory,
  summarizeMetrics: history.summarizeMetrics,
};

/** Committed together with their neighbours, each refused on its own. */
export const writes = {
  createExperiment: experiments.createExperiment,
  renameExperiment: experiments.renameExperiment,
  deleteExperiment: experiments.deleteExperiment,
  restoreExperiment: experiments.restoreExperiment,
  setExperimentTag: experiments.setExperimentTag,
  createRun: changes.createRun,
  updateRun: changes.updateRun,
  deleteRun: changes.deleteRun,
  restoreRun: changes.restoreRun,
  deleteTag: changes.deleteTag,
  logBatch,
};

/** Questions about the file itself. */
export interface FileQuestions {
  access: () => StoreAccess;
  changeToken: () => string;
}

type Handlers = typeof reads & typeof writes;

export type AnyRequestName = keyof Handlers | keyof FileQuestions;

export type ArgumentsOf<N extends AnyRequestName> = N extends keyof Handlers
  ? Parameters<Handlers[N]> extends [unknown, ...infer Rest]
    ? Rest
    : never
  : [];

export type ResultOf<N extends AnyRequestName> = N extends keyof Handlers
  ? ReturnType<Handlers[N]> extends Generator<unknown, infer Result, never>
    ? Result
    : ReturnType<Handlers[N]>
  : N extends keyof FileQuestions
    ? ReturnType<FileQuestions[N]>
    : never;
