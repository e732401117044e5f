import { userInfo } from 'node:os';

type MlflowVariable =
  | 'MLFLOW_TRACKING_URI'
  | 'MLFLOW_TRACKING_USERNAME'
  | 'MLFLOW_RUN_ID'
  | 'MLFLOW_EXPERIMENT_ID'
  | 'MLFLOW_EXPERIMENT_NAME';

/** MLflow's variables in the extension host's environment; an empty one counts as unset, as for MLflow. */
export function environmentVariable(name: MlflowVariable): string | undefined {
  return process.env[name] || undefined;
}

/** Who a run is written for: MLflow's credential username, else the user of the operating system. */
export function currentUser(): string {
  const credential = environmentVariable('MLFLOW_TRACKING_USERNAME');
  if (credential !== undefined) return credential;
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the password database, as in some containers. MLflow's own fallback.
    return 'unknown';
  }
}
