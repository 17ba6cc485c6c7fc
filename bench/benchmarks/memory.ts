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
/** Fifty calls a second for each revision, all at once. */
const BURST = { burst: 50, every: 1_000 };

/** One process after a minute of load. */
interface Sample {
  /** Answered in that minute. */
  readonly calls: number;
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
      const [before, now] = await Promise.all(
        sides.running.map((one, i) => load(one, (i * BURST.every) / 2, milliseconds)),
      );
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

/** @param offset Milliseconds: the bursts of one revision come between those of the other. */
async function load(
  { call, vitals }: Running,
  offset: number,
  milliseconds: number,
): Promise<Sample> {
  await sleep(offset);
  const calls = await pace(call, { ...BURST, milliseconds: milliseconds - offset });
  const { rss } = await vitals();
  const { heapUsed: heap } = await vitals("gc");
  return { calls, rss, heap };
}

/** After the load has gone on for so long: the median of the last quarter. */
export function atEnd({ samples }: MemoryResult): Readonly<Record<Revision, Sample>> {
  const last = samples.slice(-Math.ceil(samples.length / 4));
  const median = (revision: Revision) => {
    const of = (part: keyof Sample) =>
      percentile(
        last.map((sample) => sample[revision][part]),
        0.5,
      );
    return { calls: of("calls"), rss: of("rss"), heap: of("heap") };
  };
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
  const calls = (revision: Revision) =>
    samples.reduce((sum, sample) => sum + sample[revision].calls, 0).toLocaleString("en-US");
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
        ["calls answered", calls("before"), calls("now"), ""],
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
        subtitle: "50 signed-in Graph calls a second, all at once. Flat is good.",
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
