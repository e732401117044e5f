"""MLflow's own client, timed from within: one JSON request a line on stdin, one answer a line on stdout."""

import json
import logging
import sys
import time

logging.disable(logging.WARNING)

from mlflow.entities import Metric, ViewType
from mlflow.tracking import MlflowClient

client = MlflowClient(sys.argv[1])


def create_run(experiment_id):
    return client.create_run(experiment_id).info.run_id


def search_runs(experiment_id, filter_string, order_by, max_results):
    return len(
        client.search_runs([experiment_id], filter_string, ViewType.ACTIVE_ONLY, max_results, order_by)
    )


def get_metric_history(run_id, key):
    return len(client.get_metric_history(run_id, key))


def log_metrics(run_id, key, count):
    for i in range(count):
        client.log_metric(run_id, key, i / count, timestamp=i, step=i)


def log_batches(run_id, batches):
    for batch in batches:
        client.log_batch(run_id, [Metric(*metric) for metric in batch])


def create_experiment(name, artifact_location):
    return client.create_experiment(name, artifact_location)


def log_artifacts(run_id, directory):
    client.log_artifacts(run_id, directory)


def log_artifact_each(run_id, paths):
    for path in paths:
        client.log_artifact(run_id, path)


for line in sys.stdin:
    request = json.loads(line)
    function = globals()[request["function"]]
    start = time.perf_counter()
    result = function(*request["arguments"])
    milliseconds = (time.perf_counter() - start) * 1000
    print(json.dumps({"result": result, "milliseconds": milliseconds}), flush=True)
