import * as vscode from 'vscode';
import type { ActiveRun } from '../tracking/activeRun.ts';
import type { Int64, Metric, Run } from '../tracking/entities.ts';
import { invalid } from '../tracking/errors.ts';
import {
  messageOf,
  validateInt64,
  validateMetricKey,
  validateParamKey,
  validateParamValue,
  validateTagKey,
  validateTagValue,
} from '../tracking/validation.ts';
import { formatExactMetric } from '../views/format.ts';
import { findActive } from './activeRuns.ts';
import { askInTurn, askText } from './ask.ts';
import { clickedNode } from './clicked.ts';
import { ensureRun, titleFor } from './ensureRun.ts';
import { keysOf, siblingsOf } from './knownKeys.ts';
import { parseDouble, parseInteger, readOptions } from './options.ts';
import { askKey } from './pick.ts';
import type { CommandServices } from './services.ts';

/** Each returns the id of the run that was written to: one is started when none is active. */
export function loggingCommands(services: CommandServices) {
  return {
    'runlight.logMetric': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { key: 'string', value: 'double', step: 'integer?' });
      if (options) {
        const run = await services.fluent.ensureRun();
        await run.logMetric(options.key, options.value, options.step);
        return run.info.runId;
      }
      const answer = await askForMetric(services);
      return answer && log(services, run => run.logMetric(answer.key, answer.value, answer.step));
    },

    'runlight.logParam': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { key: 'string', value: 'string' });
      if (options) {
        const run = await services.fluent.ensureRun();
        await run.logParam(options.key, options.value);
        return run.info.runId;
      }
      const answer = await askForParam(services);
      return answer && log(services, run => run.logParam(answer.key, answer.value));
    },

    'runlight.setTag': async (...args: readonly unknown[]) => {
      const options = readOptions(args, { key: 'string', value: 'string', runId: 'string?' });
      if (options) {
        const { key, value, runId } = options;
        if (runId !== undefined) return setTagOf(services, runId, key, value);
        const run = await services.fluent.ensureRun();
        await run.setTag(key, value);
        return run.info.runId;
      }
      const clicked = clickedNode(args, 'run');
      const answer = await askForTag(services, clicked?.run);
      if (!answer) return undefined;
      return clicked
        ? setTagOf(services, clicked.run.info.runId, answer.key, answer.value)
        : log(services, run => run.setTag(answer.key, answer.value));
    },
  };
}

async function log(services: CommandServices, write: (run: ActiveRun) => Promise<void>): Promise<string> {
  const run = await ensureRun(services);
  await write(run);
  return run.info.runId;
}

/** Of an active run, or of another one in the current store. */
async function setTagOf(
  services: CommandServices,
  runId: string,
  key: string,
  value: string,
): Promise<string> {
  const active = findActive(services, runId);
  if (active) await active.setTag(key, value);
  else await (await services.connection.currentStore()).logBatch(runId, { tags: [{ key, value }] });
  return runId;
}

/** What the active run holds, and the newest runs of its experiment; nothing of either when no run is active. */
async function readContext({ fluent }: CommandServices): Promise<{
  own: Run | undefined;
  siblings: readonly Run[];
}> {
  const run = fluent.activeRun();
  if (!run) return { own: undefined, siblings: [] };
  const { store, info } = run;
  const [own, siblings] = await Promise.all([store.getRun(info.runId), siblingsOf(store, info.experimentId)]);
  return { own, siblings };
}

async function askForMetric(
  services: CommandServices,
): Promise<{ key: string; value: number; step: Int64 } | undefined> {
  const { own, siblings } = await readContext(services);
  const title = titleFor(services, vscode.l10n.t('Log Metric'));
  const known = new Map([
    ...[...(own?.metrics ?? [])].map(
      ([key, { value, step }]) => [key, `${formatExactMetric(value)} @ ${step}`] as const,
    ),
    ...[...keysOf(siblings, run => run.metrics)].filter(([key]) => !own?.metrics.has(key)),
  ]);
  const answers = await askInTurn<{ key: string; value: string; step: string }>({
    key: (place, { key }) =>
      askKey({
        title,
        place,
        value: key,
        known,
        placeholder: vscode.l10n.t('Metric key'),
        unknown: vscode.l10n.t('new metric'),
        validate: text => messageOf(() => validateMetricKey(text)),
      }),
    value: (place, { key = '', value }) =>
      askText({
        title,
        place,
        value,
        prompt: vscode.l10n.t('Value of metric "{0}"', key),
        placeholder: vscode.l10n.t('A number, NaN, Infinity or -Infinity'),
        validate: text =>
          parseDouble(text) === undefined
            ? vscode.l10n.t('A metric is a number such as 0.25 or 1e-3, or NaN, Infinity or -Infinity.')
            : undefined,
      }),
    step: (place, { key = '', step }) =>
      askText({
        title,
        place,
        value: step ?? String(nextStep(own?.metrics.get(key))),
        prompt: vscode.l10n.t('Step of metric "{0}"', key),
        validate: text => messageOf(() => readStep(text)),
      }),
  });
  return (
    answers && {
      key: answers.key,
      value: parseDouble(answers.value) ?? NaN,
      step: readStep(answers.step),
    }
  );
}

/** One after the last that was logged; MLflow's default, 0, for the first. */
const nextStep = (last: Metric | undefined) => (last ? BigInt(last.step) + 1n : 0n);

function readStep(text: string): Int64 {
  const step = text.trim() === '' ? 0 : parseInteger(text);
  if (step === undefined) throw invalid(vscode.l10n.t('A step is a whole number, such as 0 or 100.'));
  validateInt64(vscode.l10n.t('The step'), step);
  return step;
}

async function askForParam(services: CommandServices) {
  const { own, siblings } = await readContext(services);
  const title = titleFor(services, vscode.l10n.t('Log Parameter'));
  const known = keysOf(siblings, run => run.params);
  return askInTurn<{ key: string; value: string }>({
    key: (place, { key }) =>
      askKey({
        title,
        place,
        value: key,
        // What the run has can't change any more, so there is nothing to complete.
        known: new Map([...known].filter(([each]) => !own?.params.has(each))),
        placeholder: vscode.l10n.t('Parameter key'),
        unknown: vscode.l10n.t('new parameter'),
        validate: text =>
          messageOf(() => {
            validateParamKey(text);
            const value = own?.params.get(text);
            if (value !== undefined) throw invalid(unchangeable(text, value));
          }),
      }),
    value: (place, { key = '', value }) =>
      askText({
        title,
        place,
        value,
        prompt: vscode.l10n.t('Value of parameter "{0}"', key),
        validate: text => messageOf(() => validateParamValue(key, text)),
      }),
  });
}

const unchangeable = (key: string, value: string) =>
  vscode.l10n.t(
    'Parameter "{0}" already has the value {1} in this run. MLflow parameters can’t change: log it under another name, or start a new run.',
    key,
    value,
  );

async function askForTag(services: CommandServices, clicked: Run | undefined) {
  const { own, siblings } = clicked ? { own: clicked, siblings: [] } : await readContext(services);
  const title = clicked
    ? vscode.l10n.t('Set Tag of {0}', clicked.info.runName)
    : titleFor(services, vscode.l10n.t('Set Tag'));
  const current = own?.tags ?? new Map<string, string>();
  const known = new Map([...keysOf(siblings, run => run.tags), ...current]);
  return askInTurn<{ key: string; value: string }>({
    key: (place, { key }) =>
      askKey({
        title,
        place,
        value: key,
        known: new Map([...known].filter(([each]) => !each.startsWith('mlflow.'))),
        placeholder: vscode.l10n.t('Tag key'),
        unknown: vscode.l10n.t('new tag'),
        validate: text => messageOf(() => validateTagKey(text)),
      }),
    value: (place, { key = '', value }) =>
      askText({
        title,
        place,
        value: value ?? current.get(key),
        prompt: vscode.l10n.t('Value of tag "{0}"', key),
        validate: text => messageOf(() => validateTagValue(key, text)),
      }),
  });
}
