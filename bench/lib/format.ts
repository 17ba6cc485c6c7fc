import type { Summary } from "./stats.ts";

/** Three significant digits, without an exponent. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en-US", {
    minimumFractionDigits: Math.min(digits, 2),
    maximumFractionDigits: Math.min(digits, 2),
  });
}

/** The median, and in brackets the quartiles around it. */
export function spread({ median, low, high }: Summary): string {
  return `${number(median)} (${number(low)}–${number(high)})`;
}

export function times(summary: Summary): string {
  return `${number(summary.median)}× (${number(summary.low)}–${number(summary.high)})`;
}

export function bytes(value: number): string {
  if (value < 10_000) return `${Math.round(value).toLocaleString("en-US")} B`;
  if (value < 10_000_000) return `${number(value / 1_000)} kB`;
  if (value < 1_000_000_000) return `${number(value / 1_000_000)} MB`;
  return `${number(value / 1_000_000_000)} GB`;
}

/** Whether a budget is kept. */
export function verdict(kept: boolean): string {
  return kept ? "✓" : "✗";
}
