import { lineChart } from "../lib/chart.ts";
import { bytes, number } from "../lib/format.ts";
import { percentile } from "../lib/stats.ts";

export const CONNECTIONS = 64;

/** One stretch of the load, and the process after it. */
export interface Segment {
  /** Seconds since the load began. */
  readonly at: number;
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longestStall: number;
  /** Bytes, after a full collection. */
  readonly heap: number;
  readonly rss: number;
  readonly openFiles: number;
  /** Expired sign-ins that were ended meanwhile. */
  readonly purged: number;
}

export interface SoakResult {
  readonly minutes: number;
  /** Every segment but the first, which warms up. */
  readonly segments: readonly Segment[];
}

const median = (values: readonly number[]) => percentile(values, 0.5);

/** The first quarter of the load, and the last. */
function quartersOf({ segments }: SoakResult): [first: readonly Segment[], last: typeof segments] {
  const quarter = Math.max(1, Math.floor(segments.length / 4));
  return [segments.slice(0, quarter), segments.slice(-quarter)];
}

/** The last quarter's median over the first's. */
export function growthOf(result: SoakResult, part: "heap" | "rss" | "openFiles"): number {
  const [first, last] = quartersOf(result).map((quarter) => median(quarter.map((s) => s[part])));
  return (last ?? Number.NaN) / (first ?? Number.NaN);
}

export function tables(result: SoakResult) {
  const { minutes, segments } = result;
  const parts = [...quartersOf(result), segments];
  const row = (name: string, value: (part: readonly Segment[]) => string) => [
    name,
    ...parts.map(value),
  ];
  const of =
    (pick: (segment: Segment) => number, combine: (values: number[]) => number) =>
    (part: readonly Segment[]) =>
      combine(part.map(pick));
  const largest = (values: number[]) => Math.max(...values);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const text =
    (format: (value: number) => string, value: (part: readonly Segment[]) => number) =>
    (part: readonly Segment[]) =>
      format(value(part));
  return [
    {
      id: "soak",
      title: `Mixed load, ${CONNECTIONS} connections, ${number(minutes)} minutes`,
      columns: ["", "first quarter", "last quarter", "whole"],
      rows: [
        row(
          "requests",
          text(
            (n) => n.toLocaleString("en-US"),
            of((s) => s.requests, sum),
          ),
        ),
        row(
          "expired sign-ins purged",
          text(
            (n) => n.toLocaleString("en-US"),
            of((s) => s.purged, sum),
          ),
        ),
        row(
          "p50, ms",
          text(
            number,
            of((s) => s.p50, median),
          ),
        ),
        row(
          "p99, ms",
          text(
            number,
            of((s) => s.p99, median),
          ),
        ),
        row(
          "p99.9, ms",
          text(
            number,
            of((s) => s.p999, median),
          ),
        ),
        row(
          "longest event-loop stall of 30 seconds, ms",
          text(
            number,
            of((s) => s.longestStall, median),
          ),
        ),
        row(
          "longest event-loop stall, ms",
          text(
            number,
            of((s) => s.longestStall, largest),
          ),
        ),
        row(
          "heap after collection",
          text(
            bytes,
            of((s) => s.heap, median),
          ),
        ),
        row(
          "whole process (RSS)",
          text(
            bytes,
            of((s) => s.rss, median),
          ),
        ),
        row(
          "open sockets and files",
          text(
            String,
            of((s) => s.openFiles, largest),
          ),
        ),
      ],
    },
  ];
}

export function charts({ segments }: SoakResult) {
  return [
    {
      name: "soak",
      svg: lineChart({
        title: "Memory under mixed load",
        subtitle: `${CONNECTIONS} connections. After a full collection. Flat is good.`,
        xLabel: "minutes",
        series: [
          { label: "heap", points: segments.map(({ at, heap }) => [at / 60, heap]) },
          { label: "whole process", points: segments.map(({ at, rss }) => [at / 60, rss]) },
        ],
        format: bytes,
      }),
    },
  ];
}
