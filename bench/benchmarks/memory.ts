import { setTimeout as sleep } from "node:timers/promises";
import { EARLIER, today } from "../baseline/earlier.ts";
import { REVISIONS, type Revision, type Running, startSideBySide } from "../baseline/revision.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { lineChart } from "../lib/chart.ts";
import { bytes, number } from "../lib/format.ts";
import { pace } from "../lib/pace.ts";
import { save } from "../lib/results.ts";
import { percentile } from "../lib/stats.ts";

const MINUTE = 60_000;
/** A hundred calls a second for each revision, half of them at once. */
const BURST = { burst: 50, every: 500 };

/** One process after a minute of load. */
interface Sample {
  /** Bytes as they are, and after a full collection. */
  readonly rss: number;
  readonly heap: number;
}

export interface MemoryResult {
  readonly commits: Readonly<Record<Revision, string>>;
  /** One each minute. */
  readonly samples: readonly Readonly<Record<Revision, Sample>>[];
}

async function run({ quick, minutes = 60, progress }: Options): Promise<MemoryResult> {
  const count = quick ? 3 : minutes;
  const milliseconds = quick ? 2_000 : MINUTE;
  progress.expect(count);
  const sides = await startSideBySide();
  const commits = { before: EARLIER, now: await today() };
  const samples: Record<Revision, Sample>[] = [];
  try {
    for (let minute = 1; minute <= count; minute++) {
      await load(sides.running, milliseconds);
      const [before, now] = await Promise.all(sides.running.map(sampleOf));
      if (before && now) samples.push({ before, now });
      // Whoever ends a run of an hour early has what came so far.
      if (!quick) await save(memory.name, { commits, samples });
      progress.step(`minute ${minute}, ${bytes(before?.rss ?? 0)} and ${bytes(now?.rss ?? 0)}`);
    }
  } finally {
    await sides.stop();
  }
  return { commits, samples };
}

/** Bursts of one come between those of the other. */
async function load(running: readonly Running[], milliseconds: number): Promise<void> {
  await Promise.all(
    running.map(async ({ call }, i) => {
      await sleep((i * BURST.every) / running.length);
      await pace(call, { ...BURST, milliseconds });
    }),
  );
}

async function sampleOf({ vitals }: Running): Promise<Sample> {
  const { rss } = await vitals();
  const { heapUsed: heap } = await vitals("gc");
  return { rss, heap };
}

/** After the load has gone on for so long: the median of the last quarter. */
export function atEnd({ samples }: MemoryResult): Readonly<Record<Revision, Sample>> {
  const last = samples.slice(-Math.ceil(samples.length / 4));
  const median = (revision: Revision) => ({
    rss: percentile(
      last.map((sample) => sample[revision].rss),
      0.5,
    ),
    heap: percentile(
      last.map((sample) => sample[revision].heap),
      0.5,
    ),
  });
  return { before: median("before"), now: median("now") };
}

function tables(result: MemoryResult) {
  const { commits, samples } = result;
  const [first] = samples;
  if (first === undefined) return [];
  const last = atEnd(result);
  const row = (name: string, { before, now }: typeof first, of: keyof Sample) => [
    name,
    bytes(before[of]),
    bytes(now[of]),
    `${number(now[of] / before[of])}×`,
  ];
  const end = `after ${samples.length} minutes`;
  return [
    {
      id: "memory",
      title: `Memory of the app's process, ${commits.now} beside ${commits.before}`,
      columns: ["", commits.before, commits.now, "now to before"],
      rows: [
        row("whole process (RSS), after one minute", first, "rss"),
        row(`whole process (RSS), ${end}`, last, "rss"),
        row("heap after collection, after one minute", first, "heap"),
        row(`heap after collection, ${end}`, last, "heap"),
      ],
    },
  ];
}

function charts({ samples }: MemoryResult) {
  const line = (revision: Revision, of: keyof Sample, what: string) => ({
    label: `${what}, ${revision}`,
    points: samples.map((sample, i) => [i + 1, sample[revision][of]] as const),
  });
  return [
    {
      name: "memory",
      svg: lineChart({
        title: "Memory under a steady load",
        subtitle: "100 signed-in Graph calls a second, in bursts of 50. Flat is good.",
        xLabel: "minutes",
        series: REVISIONS.flatMap((revision) => [
          line(revision, "rss", "process"),
          line(revision, "heap", "heap"),
        ]),
        format: bytes,
      }),
    },
  ];
}

export const memory: Benchmark<MemoryResult> = {
  name: "memory",
  onlyNamed: true,
  run,
  tables,
  charts,
};
