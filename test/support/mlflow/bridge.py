"""Runs operations of MlflowClient for MlflowBridge: one JSON line in for each batch, one out.

In:  {"uri": tracking URI, "calls": [[operation, {argument: value}], ...]}
Out: [{"value": ...} | {"error": MLflow's error code, "message": ...}, ...]

What JSON can't hold goes as an object with one key: {"$float": "nan"}, {"$int": "9007199254740993"}.
"""

import json
import math
import os
import sys
import tempfile
import unicodedata

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException
from mlflow.utils import validation

clients = {}


def encode(value):
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):  # page tokens
        return value.decode()
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {"$int": str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {"$float": repr(value)}
    if isinstance(value, dict):
        return {key: encode(each) for key, each in value.items()}
    return [encode(each) for each in value]


def decode(value):
    if "$int" in value:
        return int(value["$int"])
    if "$float" in value:
        return float(value["$float"])
    return value


def metric(value):
    return [value.key, value.value, value.timestamp, value.step]


def run(value):
    info = value.info
    inputs = getattr(value, "inputs", None)
    return {
        "info": {
            "runId": info.run_id,
            "runName": info.run_name,
            "experimentId": info.experiment_id,
            "userId": info.user_id,
            "status": info.status,
            "startTime": info.start_time,
            "endTime": info.end_time,
            "lifecycleStage": info.lifecycle_stage,
            "artifactUri": info.artifact_uri,
        },
        "metrics": [metric(each) for each in value.data._metric_objs],
        "params": list(value.data.params.items()),
        "tags": list(value.data.tags.items()),
        "datasets": [
            {
                "name": each.dataset.name,
                "digest": each.dataset.digest,
                "sourceType": each.dataset.source_type,
                "source": each.dataset.source,
                "schema": each.dataset.schema,
                "profile": each.dataset.profile,
                "tags": [[tag.key, tag.value] for tag in each.tags],
            }
            for each in (inputs.dataset_inputs if inputs else [])
        ],
    }


def experiment(value):
    return {
        "experimentId": value.experiment_id,
        "name": value.name,
        "artifactLocation": value.artifact_location,
        "lifecycleStage": value.lifecycle_stage,
        "creationTime": value.creation_time,
        "lastUpdateTime": value.last_update_time,
        "tags": list(value.tags.items()),
    }


def search(found, convert):
    return {"items": [convert(each) for each in found], "nextPageToken": found.token}


def log_batch(client, run_id, metrics=(), params=(), tags=()):
    client.log_batch(
        run_id,
        metrics=[Metric(*each) for each in metrics],
        params=[Param(*each) for each in params],
        tags=[RunTag(*each) for each in tags],
    )


def log_dataset(client, run_id, name, digest, tags=()):
    from mlflow.entities import Dataset, DatasetInput, InputTag

    dataset = Dataset(name, digest, "local", '{"uri": "/data"}', '{"schema": 1}', None)
    client.log_inputs(run_id, [DatasetInput(dataset, [InputTag(*each) for each in tags])])


def log_artifact(client, run_id, name, text, artifact_path=None):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        client.log_artifact(run_id, path, artifact_path)


def artifacts(client, run_id, path=None):
    """All files under a path, with their texts."""
    found = []
    for each in client.list_artifacts(run_id, path):
        if each.is_dir:
            found += artifacts(client, run_id, each.path)
        else:
            # Without a target, local artifacts are read where they are.
            with open(client.download_artifacts(run_id, each.path), encoding="utf-8", newline="") as file:
                found.append([each.path, each.file_size, file.read()])
    return found


def update_run(client, run_id, status=None, end_time=None, name=None):
    if name is not None or status not in (None, "FINISHED", "FAILED", "KILLED"):
        client.update_run(run_id, status, name)
    if status in ("FINISHED", "FAILED", "KILLED"):
        client.set_terminated(run_id, status, end_time)


OPERATIONS = {
    "version": lambda client: mlflow.__version__,
    "create_experiment": lambda client, **a: client.create_experiment(**a),
    "get_experiment": lambda client, experiment_id: experiment(client.get_experiment(experiment_id)),
    "rename_experiment": lambda client, experiment_id, name: client.rename_experiment(experiment_id, name),
    "delete_experiment": lambda client, experiment_id: client.delete_experiment(experiment_id),
    "restore_experiment": lambda client, experiment_id: client.restore_experiment(experiment_id),
    "set_experiment_tag": lambda client, experiment_id, key, value: client.set_experiment_tag(
        experiment_id, key, value
    ),
    "search_experiments": lambda client, view_type="ACTIVE_ONLY", **a: search(
        client.search_experiments(view_type=ViewType.from_string(view_type.lower()), **a), experiment
    ),
    "create_run": lambda client, experiment_id, tags=(), **a: run(
        client.create_run(experiment_id, tags=dict(tags), **a)
    ),
    "get_run": lambda client, run_id: run(client.get_run(run_id)),
    "update_run": update_run,
    "delete_run": lambda client, run_id: client.delete_run(run_id),
    "restore_run": lambda client, run_id: client.restore_run(run_id),
    "search_runs": lambda client, run_view_type="ACTIVE_ONLY", **a: search(
        client.search_runs(run_view_type=ViewType.from_string(run_view_type.lower()), **a), run
    ),
    # Only what a comparison of searches needs: converting thousands of runs takes longer than finding them.
    "search_run_ids": lambda client, run_view_type="ACTIVE_ONLY", **a: search(
        client.search_runs(run_view_type=ViewType.from_string(run_view_type.lower()), **a),
        lambda each: each.info.run_id,
    ),
    "log_batch": log_batch,
    "log_metric": lambda client, run_id, key, value, timestamp, step: client.log_metric(
        run_id, key, value, timestamp, step
    ),
    "log_param": lambda client, run_id, key, value: client.log_param(run_id, key, value),
    "set_tag": lambda client, run_id, key, value: client.set_tag(run_id, key, value),
    "delete_tag": lambda client, run_id, key: client.delete_tag(run_id, key),
    "log_dataset": log_dataset,
    "get_metric_history": lambda client, run_id, key: [
        metric(each) for each in client.get_metric_history(run_id, key)
    ],
    "log_artifact": log_artifact,
    "artifacts": artifacts,
    "is_assigned": lambda client, text: all(unicodedata.category(each) != "Cn" for each in text),
    "validate_metric_key": lambda client, key: validation._validate_metric(key, 1.0, 0, 0),
    "validate_param": lambda client, key, value: validation._validate_param(key, value) and None,
    "validate_experiment_name": lambda client, name: validation._validate_experiment_name(name),
}


def perform(client, operation, arguments):
    try:
        return {"value": encode(OPERATIONS[operation](client, **arguments))}
    except MlflowException as error:
        return {"error": error.error_code, "message": error.message}
    except Exception as error:
        return {"error": "PYTHON_ERROR", "message": f"{type(error).__name__}: {error}"}


def main():
    # Whatever MLflow prints goes to stderr: stdout is for answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        batch = json.loads(line, object_hook=decode)
        uri = batch["uri"]
        if uri not in clients:
            clients[uri] = mlflow.MlflowClient(uri)
        results = [perform(clients[uri], *call) for call in batch["calls"]]
        answers.write(json.dumps(results, allow_nan=False) + "\n")
        answers.flush()


main()
