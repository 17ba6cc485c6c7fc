/** The value below which this share (0 to 1) of the values lies; between two values, a mixture of both. */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) return Number.NaN;
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

/** A median, with the quartiles around it as the spread. */
export interface Summary {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export function summarize(values: readonly number[]): Summary {
  return {
    median: percentile(values, 0.5),
    low: percentile(values, 0.25),
    high: percentile(values, 0.75),
  };
}

/** Round by round, so that a slow spell of the machine, which both sides had, cancels out. */
export function ratios(over: readonly number[], under: readonly number[]): Summary {
  return summarize(over.map((value, round) => value / (under[round] ?? Number.NaN)));
}
