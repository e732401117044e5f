import { invalid } from '../../errors.ts';
import { validateMetric, validateParam, validateTag } from '../../validation.ts';
import type { RunData } from '../trackingStore.ts';

/** All of a batch is checked before any of it is sent, as MLflow does (`_validate_batch_log_data`). */
export function validateRunData({ metrics, params, tags }: RunData): void {
  metrics?.forEach(validateMetric);
  params?.forEach(validateParam);
  tags?.forEach(validateTag);
  const keys = new Set<string>();
  for (const { key } of params ?? []) {
    if (keys.has(key)) throw invalid(`Parameter "${key}" is in the batch twice: log each parameter once.`);
    keys.add(key);
  }
}
