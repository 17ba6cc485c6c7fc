import type { Contestant } from "../contestants/contestants.ts";
import type { Sample } from "../lib/load.ts";
import { percentile, ratios, type Summary, summarize } from "../lib/stats.ts";

/** The handler called directly, or the bundle under the local Functions host. */
export const HOSTINGS = ["direct", "hosted"] as const;

/** Of the rounds of one cell. Milliseconds, and requests a second. */
export interface Measured {
  readonly p50: Summary;
  readonly p99: number;
  readonly throughput: Summary;
  readonly cpu: Summary;
}

export interface Cell {
  readonly hosting: (typeof HOSTINGS)[number];
  readonly concurrency: number;
  readonly tokens: number;
  readonly measured: Readonly<Record<Contestant, Measured>>;
  /** Lightsout's p50 over the floor's, by round. */
  readonly p50ToFloor: Summary;
  /** Lightsout's throughput over the stock pattern's. */
  readonly throughputToStock: Summary;
  /** The stock pattern's CPU time over Lightsout's. */
  readonly stockCpuToOurs: Summary;
}

type Samples = Record<Contestant, Sample[]>;

export const emptySamples = (): Samples => ({ lightsout: [], floor: [], stock: [] });

const p50Of = ({ latencies }: Sample) => percentile(latencies, 0.5);
const throughputOf = ({ calls, wall }: Sample) => (calls / wall) * 1_000;
const cpuOf = ({ calls, cpu }: Sample) => cpu / calls;

export function compare(samples: Samples): Omit<Cell, "hosting" | "concurrency" | "tokens"> {
  const { lightsout, floor, stock } = samples;
  return {
    measured: {
      lightsout: measuredOf(lightsout),
      floor: measuredOf(floor),
      stock: measuredOf(stock),
    },
    p50ToFloor: ratios(lightsout.map(p50Of), floor.map(p50Of)),
    throughputToStock: ratios(lightsout.map(throughputOf), stock.map(throughputOf)),
    stockCpuToOurs: ratios(stock.map(cpuOf), lightsout.map(cpuOf)),
  };
}

function measuredOf(samples: readonly Sample[]): Measured {
  return {
    p50: summarize(samples.map(p50Of)),
    p99: percentile(
      samples.flatMap(({ latencies }) => latencies),
      0.99,
    ),
    throughput: summarize(samples.map(throughputOf)),
    cpu: summarize(samples.map(cpuOf)),
  };
}
