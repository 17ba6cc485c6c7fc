import { EARLIER, today } from "../baseline/earlier.ts";
import { REVISIONS, type Revision, startSideBySide } from "../baseline/revision.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { spread, times } from "../lib/format.ts";
import { measure, type Sample } from "../lib/load.ts";
import { percentile, ratios, type Summary, summarize } from "../lib/stats.ts";

const CONCURRENCIES = [1, 50];

interface Row {
  readonly concurrency: number;
  /** Milliseconds of CPU time of one call, and its p50. */
  readonly cpu: Readonly<Record<Revision, Summary>>;
  readonly p50: Readonly<Record<Revision, Summary>>;
  /** Today's over the earlier revision's, round by round. */
  readonly cpuToBefore: Summary;
}

export interface BaselineResult {
  readonly commits: Readonly<Record<Revision, string>>;
  readonly rows: readonly Row[];
}

async function run({ quick, progress }: Options): Promise<BaselineResult> {
  const rounds = quick ? 3 : 21;
  const milliseconds = quick ? 250 : 1_000;
  progress.expect(CONCURRENCIES.length * (rounds + 1) * REVISIONS.length);
  const sides = await startSideBySide();
  const rows: Row[] = [];
  try {
    for (const concurrency of CONCURRENCIES) {
      const samples: Record<Revision, Sample[]> = { before: [], now: [] };
      // The first round warms up.
      for (let round = 0; round <= rounds; round++) {
        for (const { revision, call, vitals } of sides.inTurn(round)) {
          const cpu = async () => (await vitals()).cpu;
          const sample = await measure(call, { concurrency, milliseconds }, cpu);
          if (round > 0) samples[revision].push(sample);
          progress.step(`${revision}, concurrency ${concurrency}`);
        }
      }
      rows.push({ concurrency, ...compared(samples) });
    }
  } finally {
    await sides.stop();
  }
  return { commits: { before: EARLIER, now: await today() }, rows };
}

function compared(samples: Record<Revision, Sample[]>): Omit<Row, "concurrency"> {
  const cpuOf = ({ cpu, calls }: Sample) => cpu / calls;
  const p50Of = ({ latencies }: Sample) => percentile(latencies, 0.5);
  const both = (value: (sample: Sample) => number) => ({
    before: summarize(samples.before.map(value)),
    now: summarize(samples.now.map(value)),
  });
  return {
    cpu: both(cpuOf),
    p50: both(p50Of),
    cpuToBefore: ratios(samples.now.map(cpuOf), samples.before.map(cpuOf)),
  };
}

function tables({ rows, commits }: BaselineResult) {
  return [
    {
      id: "baseline",
      title: `CPU time of one signed-in Graph call under the local host, ${commits.now} beside ${commits.before}`,
      columns: ["at once", `${commits.before}, ms`, `${commits.now}, ms`, "now to before"],
      rows: rows.map(({ concurrency, cpu, cpuToBefore }) => [
        String(concurrency),
        spread(cpu.before),
        spread(cpu.now),
        times(cpuToBefore),
      ]),
    },
  ];
}

export const baseline: Benchmark<BaselineResult> = {
  name: "baseline",
  run,
  tables,
  charts: () => [],
};
