import type { ArtifactRepository } from '../../tracking/artifacts/artifactRepository.ts';
import { MlflowTag, type Run, type ViewType } from '../../tracking/entities.ts';
import type { Page, TrackingStore } from '../../tracking/store/trackingStore.ts';
import { runFilterOf } from './runFilter.ts';
import type { ArtifactListing, Contents, ExperimentSummary, RunDetails, Subject } from './subjects.ts';
import type { ViewOptions } from './viewOptions.ts';

/** How much of a list is asked for. */
export interface PageRequest {
  readonly maxResults: number;
  readonly pageToken?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Parents only: their children are shown below them. */
const topLevel = `tags.\`${MlflowTag.parentRunId}\` IS NULL`;

/** Reads subjects from one store, as the view options ask for. */
export class Reader {
  readonly store: TrackingStore;
  readonly options: ViewOptions;
  readonly #openArtifacts: (artifactUri: string) => ArtifactRepository;
  readonly #viewType: ViewType;
  readonly #filter: string | undefined;

  constructor(
    store: TrackingStore,
    options: ViewOptions,
    openArtifacts: (artifactUri: string) => ArtifactRepository,
  ) {
    this.store = store;
    this.options = options;
    this.#openArtifacts = openArtifacts;
    this.#viewType = options.viewType === 'deleted' ? 'DELETED_ONLY' : 'ACTIVE_ONLY';
    this.#filter = runFilterOf(options.filter);
  }

  async read(
    subject: Subject,
    page: PageRequest,
    experimentIds: readonly string[],
  ): Promise<Contents[Subject['kind']]> {
    switch (subject.kind) {
      case 'experiments':
        return this.#experiments(page);
      case 'matches':
        return this.#runs(experimentIds, this.#filter, page);
      case 'runs':
        return this.#runs([subject.experimentId], this.#filter ?? this.#withoutFilter(), page);
      case 'children':
        return this.#runs(
          [subject.experimentId],
          `tags.\`${MlflowTag.parentRunId}\` = '${subject.runId}'`,
          page,
        );
      case 'run':
        return this.#details(subject.runId, page.signal);
      case 'artifacts':
        return this.#artifacts(subject.artifactUri, subject.path);
    }
  }

  /** Deleted runs are a flat list: the parent of one may be there still. */
  #withoutFilter(): string | undefined {
    return this.options.viewType === 'deleted' ? undefined : topLevel;
  }

  #runs(
    experimentIds: readonly string[],
    filter: string | undefined,
    { signal, ...page }: PageRequest,
  ): Promise<Page<Run>> {
    const { orderBy } = this.options;
    return this.store.searchRuns(
      { experimentIds, filter, viewType: this.#viewType, orderBy, ...page },
      signal,
    );
  }

  /** In the view of deleted things: experiments that are deleted, and those with deleted runs. */
  async #experiments({ signal, ...page }: PageRequest): Promise<Page<ExperimentSummary>> {
    const deleted = this.options.viewType === 'deleted';
    const items: ExperimentSummary[] = [];
    let { pageToken } = page;
    do {
      const found = await this.store.searchExperiments(
        { viewType: deleted ? 'ALL' : 'ACTIVE_ONLY', maxResults: page.maxResults, pageToken },
        signal,
      );
      const ids = found.items.map(({ experimentId }) => experimentId);
      const counts = await this.store.countRuns(ids, this.#viewType);
      for (const experiment of found.items) {
        const runCount = counts.get(experiment.experimentId) ?? 0;
        if (!deleted || experiment.lifecycleStage === 'deleted' || runCount > 0) {
          items.push({ experiment, runCount });
        }
      }
      pageToken = found.nextPageToken;
    } while (items.length === 0 && pageToken !== undefined);
    return { items, nextPageToken: pageToken };
  }

  async #details(runId: string, signal: AbortSignal | undefined): Promise<RunDetails> {
    const [run, summaries] = await Promise.all([
      this.store.getRun(runId),
      this.store.summarizeMetrics(runId, signal),
    ]);
    return { run, metricSummaries: new Map(summaries.map(summary => [summary.key, summary])) };
  }

  async #artifacts(artifactUri: string, path: string): Promise<ArtifactListing> {
    const repository = this.#openArtifacts(artifactUri);
    const items = await repository.list(path === '' ? undefined : path);
    const localPaths = new Map<string, string>();
    for (const item of items) {
      const localPath = repository.localPath(item.path);
      if (localPath !== undefined) localPaths.set(item.path, localPath);
    }
    return { items, localPaths };
  }
}
