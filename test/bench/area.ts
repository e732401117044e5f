/** One line of bench-results.json: what was measured side by side, as medians. */
export interface Comparison {
  readonly area: string;
  readonly name: string;
  readonly unit: string;
  readonly ours: number;
  /** What users have today (MLflow's client, VS Code's Git extension); null where nothing does the same. */
  readonly theirs: number | null;
  /** What the platform can do at best (bare node:sqlite, a plain copy). */
  readonly limit?: number;
  /** How many times better ours is than theirs: 2 is half the time, or double the rate. */
  readonly ratio: number | null;
  /** In words, such as `≥ 5 × theirs, ≥ 0.8 × limit`. */
  readonly target: string;
  readonly met: boolean;
}

/** Takes one sample in the measurement's unit. What must not be counted is done before it or after it. */
export type Sample = () => number | Promise<number>;

export interface Measurement {
  readonly name: string;
  readonly unit: string;
  /** Default: `lower`, as for times and sizes. */
  readonly better?: 'lower' | 'higher';
  readonly ours: Sample;
  readonly theirs?: Sample;
  readonly limit?: Sample;
  readonly target: Target;
  /** At least 5, the default. */
  readonly samples?: number;
}

/** All that are given must hold. */
export interface Target {
  /** Ours must be at least so many times better than theirs. */
  readonly timesTheirs?: number;
  /** Ours must reach at least this share of the limit. */
  readonly shareOfLimit?: number;
  /** An absolute bound, in the unit. */
  readonly atMost?: number;
}

/** A module of measurements; main.ts names the areas that they belong to and prints each as it comes. */
export type Bench = () => AsyncIterable<Omit<Comparison, 'area'>>;

/** Milliseconds that `work` takes. */
export async function milliseconds(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Takes the samples in rounds, each contender once a round and the first one changing from round to round, so that
 * whatever else the machine does falls on all of them alike.
 */
export async function compare(measurement: Measurement): Promise<Omit<Comparison, 'area'>> {
  const { name, unit, better = 'lower', target, samples = 5 } = measurement;
  if (samples < 5) throw new RangeError(`${name}: ${samples} samples are too few for a median.`);
  const contenders = (['ours', 'theirs', 'limit'] as const).flatMap(who => {
    const sample = measurement[who];
    return sample ? [{ who, sample, values: [] as number[] }] : [];
  });
  for (let round = 0; round < samples; round++) {
    const first = round % contenders.length;
    for (const { sample, values } of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      values.push(await sample());
    }
  }
  const medians = new Map(contenders.map(({ who, values }) => [who, percentile(values, 0.5)]));
  const ours = medians.get('ours') ?? NaN;
  const timesBetterThan = (other: number) => (better === 'lower' ? other / ours : ours / other);
  const theirs = medians.get('theirs') ?? null;
  const limit = medians.get('limit');
  const ratio = theirs === null ? null : timesBetterThan(theirs);
  return {
    name,
    unit,
    ours,
    theirs,
    ...(limit === undefined ? {} : { limit }),
    ratio,
    target: inWords(target, unit),
    met:
      (target.timesTheirs === undefined || (ratio ?? NaN) >= target.timesTheirs) &&
      (target.shareOfLimit === undefined || timesBetterThan(limit ?? NaN) >= target.shareOfLimit) &&
      (target.atMost === undefined || ours <= target.atMost),
  };
}

/** The value below which `share` (0 to 1) of the values lie, by nearest rank; of an even number's two medians the lower. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
}

function inWords({ timesTheirs, shareOfLimit, atMost }: Target, unit: string): string {
  return [
    timesTheirs === undefined ? [] : [`≥ ${timesTheirs} × theirs`],
    shareOfLimit === undefined ? [] : [`≥ ${shareOfLimit} × limit`],
    atMost === undefined ? [] : [`≤ ${atMost} ${unit}`],
  ]
    .flat()
    .join(', ');
}
