/** What a piece of Python is to load. */
export interface Loadable {
  readonly trackingUri: string;
  readonly runId: string;
  /** A metric's history instead of the whole run. */
  readonly metric?: string | undefined;
  /** A file or directory instead of the whole run. */
  readonly artifactPath?: string | undefined;
}

/** Python that loads a run, the history of its metric, or its artifact, with MLflow's own client. */
export function loadSnippet({ trackingUri, runId, metric, artifactPath }: Loadable): string {
  const load =
    metric !== undefined
      ? `history = mlflow.MlflowClient().get_metric_history(${python(runId)}, ${python(metric)})`
      : artifactPath !== undefined
        ? `path = mlflow.artifacts.download_artifacts(run_id=${python(runId)}, artifact_path=${python(artifactPath)})`
        : `run = mlflow.get_run(${python(runId)})`;
  return `import mlflow\n\nmlflow.set_tracking_uri(${python(trackingUri)})\n${load}\n`;
}

/** Every JSON text is a Python literal of the same text, as long as it has no lone surrogates. */
const python = (text: string) => JSON.stringify(text);
