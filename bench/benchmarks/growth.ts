import { performance } from "node:perf_hooks";
import { purge } from "../../src/shared/store/purge.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { createStage, STEPS, type Stage, type Step } from "../growth/stage.ts";
import { barChart } from "../lib/chart.ts";
import { number, spread, times } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { ownCpu } from "../lib/load.ts";
import { ratios, type Summary, summarize } from "../lib/stats.ts";
import { startWorld } from "../world/world.ts";

/** What each step asks of the table and waits for, as bare requests. */
const BARE = {
  "read a session": ["emulator: read a row"],
  "sign out by cookie": ["emulator: delete a row"],
  "front-channel sign-out": [
    "emulator: read a row",
    "emulator: delete a row",
    "emulator: update a row",
  ],
  "store a sign-in": [
    "emulator: insert a row",
    "emulator: list a partition",
    "emulator: insert a row",
    "emulator: insert a row",
  ],
} as const satisfies Partial<Record<Step, readonly Step[]>>;
type OwnStep = keyof typeof BARE;
const OWN_STEPS = Object.keys(BARE) as OwnStep[];

/** What changes nothing is done so often in a round: it takes no longer than what disturbs it. */
const READS = 10;
const REPEATABLE: readonly Step[] = ["read a session", "emulator: read a row"];

interface Size {
  readonly accounts: number;
  /** Milliseconds. */
  readonly latency: Readonly<Record<Step, Summary>>;
  /** Milliseconds of our CPU time. */
  readonly cpu: Readonly<Record<OwnStep, Summary>>;
  /** Over the smallest size, round by round. */
  readonly growth: Readonly<Record<Step, Summary>>;
  /** The same, after the growth of bare requests of the same kinds has been taken out. */
  readonly own: Readonly<Record<OwnStep, Summary>>;
  /** How many accounts the purge removed, and the milliseconds it took for all of them. */
  readonly purged: number;
  readonly purgeTime: number;
}

export interface GrowthResult {
  readonly sizes: readonly Size[];
}

async function run({ quick, progress }: Options): Promise<GrowthResult> {
  const sizes = quick ? [1_000, 5_000] : [1_000, 10_000, 100_000];
  const rounds = quick ? 10 : 250;
  progress.expect(sizes.length + rounds);

  const world = await startWorld();
  const stages: Stage[] = [];
  try {
    for (const accounts of sizes) {
      stages.push(await createStage(world, accounts, rounds + 1));
      progress.step(`stored ${accounts.toLocaleString("en-US")} accounts`);
    }
    // All sizes in every round, one after the other.
    const samples = () =>
      stages.map(() => new Map<Step, number[]>(STEPS.map((step) => [step, []])));
    const [latencies, cpus] = [samples(), samples()];
    for (let round = 0; round <= rounds; round++) {
      for (const step of STEPS) {
        for (const [i, stage] of inTurn([...stages.entries()], round)) {
          const repeats = REPEATABLE.includes(step) ? READS : 1;
          const cpu = await ownCpu();
          const before = performance.now();
          for (let left = repeats; left > 0; left--) await stage.act(step, round);
          const latency = performance.now() - before;
          // The first round warms up.
          if (round === 0) continue;
          latencies[i]?.get(step)?.push(latency / repeats);
          cpus[i]?.get(step)?.push(((await ownCpu()) - cpu) / repeats);
        }
      }
      progress.step("measuring");
    }
    const result: Size[] = [];
    for (const [i, { accounts, app }] of stages.entries()) {
      const own = (step: Step) => latencies[i]?.get(step) ?? [];
      const smallest = (step: Step) => latencies[0]?.get(step) ?? [];
      const overBare = (step: OwnStep, of: typeof own) =>
        of(step).map((time, round) => time / sum(BARE[step].map((bare) => of(bare)[round] ?? 0)));
      const before = performance.now();
      const { expired } = await purge(app.store);
      result.push({
        accounts,
        latency: recordOf(STEPS, (step) => summarize(own(step))),
        cpu: recordOf(OWN_STEPS, (step) => summarize(cpus[i]?.get(step) ?? [])),
        growth: recordOf(STEPS, (step) => ratios(own(step), smallest(step))),
        own: recordOf(OWN_STEPS, (step) => ratios(overBare(step, own), overBare(step, smallest))),
        purged: expired,
        purgeTime: performance.now() - before,
      });
    }
    return { sizes: result };
  } finally {
    for (const { azurite } of stages) await azurite.stop();
    await world.stop();
  }
}

function recordOf<Name extends string>(
  names: readonly Name[],
  value: (name: Name) => Summary,
): Record<Name, Summary> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Summary>;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

const named = ({ accounts }: Size) => `${accounts.toLocaleString("en-US")} accounts`;

function tables({ sizes }: GrowthResult) {
  return [
    {
      id: "growth",
      title: "Latency by the number of accounts stored, ms",
      columns: ["", ...sizes.map(named)],
      rows: [
        ...STEPS.map((step) => [step, ...sizes.map(({ latency }) => spread(latency[step]))]),
        ...OWN_STEPS.map((step) => [
          `${step}, CPU of ours`,
          ...sizes.map(({ cpu }) => spread(cpu[step])),
        ]),
        ["purge of 100 accounts, ms each", ...sizes.map((s) => number(s.purgeTime / s.purged))],
      ],
    },
    {
      id: "growth-ratios",
      title: `Over ${sizes[0] ? named(sizes[0]) : ""}, median of the rounds`,
      columns: ["", ...sizes.slice(1).map(named)],
      rows: [
        ...STEPS.map((step) => [step, ...sizes.slice(1).map(({ growth }) => times(growth[step]))]),
        ...OWN_STEPS.map((step) => [
          `${step}, without the emulator's growth`,
          ...sizes.slice(1).map(({ own }) => times(own[step])),
        ]),
      ],
    },
  ];
}

function charts({ sizes }: GrowthResult) {
  const larger = sizes.slice(1);
  return [
    {
      name: "growth",
      svg: barChart({
        title: `Latency, to that of ${(sizes[0]?.accounts ?? 0).toLocaleString("en-US")} accounts`,
        subtitle:
          "Without what grows in the emulator alone. At 1×, it does not depend on their number.",
        series: larger.map(named),
        groups: OWN_STEPS.map((step) => ({
          label: step,
          values: larger.map(({ own }) => own[step].median),
        })),
        format: (value) => `${number(value)}×`,
      }),
    },
  ];
}

export const growth: Benchmark<GrowthResult> = { name: "growth", run, tables, charts };
