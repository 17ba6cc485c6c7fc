import type { Benchmark, Options } from "../benchmark.ts";
import { CONTESTANTS, type Contestant, type Running } from "../contestants/contestants.ts";
import { startDirect } from "../contestants/direct.ts";
import { startHostedContestant } from "../contestants/hosted.ts";
import { barChart } from "../lib/chart.ts";
import { number, spread, times } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { type Cell, compare, emptySamples, HOSTINGS, type Measured } from "../signedIn/cell.ts";
import { bundleProduct } from "../world/bundles.ts";
import { createCallers } from "../world/callers.ts";
import { startWorld } from "../world/world.ts";

const TOKENS = [1, 10, 50];
const CONCURRENCIES = [1, 16, 64];
const CELLS = TOKENS.flatMap((tokens) =>
  CONCURRENCIES.map((concurrency) => ({ tokens, concurrency })),
);
const CALLERS = 32;

export interface SignedInResult {
  readonly cells: readonly Cell[];
}

async function run({ quick, progress }: Options): Promise<SignedInResult> {
  const rounds = quick ? 3 : 10;
  const milliseconds = quick ? 250 : 600;
  const warmUp = quick ? 50 : 1_500;
  const turns = (rounds + 1) * CONTESTANTS.length;
  progress.expect(HOSTINGS.length * CELLS.length * turns);

  await bundleProduct();
  const world = await startWorld();
  const cells: Cell[] = [];
  try {
    const metadata = await (await fetch(world.metadataUrl)).text();
    const callers = await createCallers(world, metadata, TOKENS, CALLERS);
    for (const hosting of HOSTINGS) {
      const start = hosting === "direct" ? startDirect : startHostedContestant;
      const running: [Contestant, Running][] = [];
      try {
        for (const contestant of CONTESTANTS) {
          running.push([contestant, await start(contestant, world, metadata, callers)]);
        }
        // Until V8 has compiled what is called often. The first cell would pay for that.
        for (const { tokens, concurrency } of CELLS) {
          for (const [, { run }] of running) {
            await run(tokens, { concurrency, milliseconds: warmUp });
          }
        }
        for (const { tokens, concurrency } of CELLS) {
          const samples = emptySamples();
          // The first round is for what the cell before has left behind.
          for (let round = 0; round <= rounds; round++) {
            for (const [contestant, { run }] of inTurn(running, round)) {
              const sample = await run(tokens, { concurrency, milliseconds });
              if (round > 0) samples[contestant].push(sample);
              progress.step(`${hosting}, ${tokens} tokens, concurrency ${concurrency}`);
            }
          }
          cells.push({ hosting, concurrency, tokens, ...compare(samples) });
        }
      } finally {
        for (const [, { stop }] of running) await stop();
      }
    }
  } finally {
    await world.stop();
  }
  return { cells };
}

const HOSTING_TITLES = {
  direct: "handlers called directly",
  hosted: "the built bundle under the local Functions host",
};

function tables({ cells }: SignedInResult) {
  return HOSTINGS.flatMap((hosting) => {
    const own = cells.filter((cell) => cell.hosting === hosting);
    const title = `Signed-in Graph call, ${HOSTING_TITLES[hosting]}`;
    return [
      {
        id: `signed-in-${hosting}`,
        title: `${title}: ratios, median (quartiles)`,
        columns: [
          "access tokens, concurrency",
          "throughput to stock",
          "p50 to floor",
          "CPU of stock to ours",
        ],
        rows: own.map((cell) => [
          `${cell.tokens}, ${cell.concurrency}`,
          times(cell.throughputToStock),
          times(cell.p50ToFloor),
          times(cell.stockCpuToOurs),
        ]),
      },
      {
        id: `signed-in-${hosting}-times`,
        title: `${title}: times`,
        columns: [
          "access tokens, concurrency",
          "",
          "p50, ms",
          "p99, ms",
          "requests/s",
          "CPU per request, ms",
        ],
        rows: own.flatMap(({ tokens, concurrency, measured }) =>
          CONTESTANTS.map((contestant) => {
            const { p50, p99, throughput, cpu } = measured[contestant];
            return [
              `${tokens}, ${concurrency}`,
              contestant,
              spread(p50),
              number(p99),
              number(throughput.median),
              spread(cpu),
            ];
          }),
        ),
      },
    ];
  });
}

function charts({ cells }: SignedInResult) {
  const shown = cells.filter(({ hosting }) => hosting === "direct");
  const chart = (
    name: string,
    title: string,
    subtitle: string,
    value: (measured: Measured) => number,
    format: (value: number) => string,
    concurrency: number,
  ) => ({
    name,
    svg: barChart({
      title,
      subtitle,
      series: ["Lightsout", "the floor: one read, one call", "stock pattern"],
      groups: shown
        .filter((cell) => cell.concurrency === concurrency)
        .map(({ tokens, measured }) => ({
          label: tokens === 1 ? "1 access token" : `${tokens} access tokens`,
          values: CONTESTANTS.map((contestant) => value(measured[contestant])),
        })),
      format,
    }),
  });
  return [
    chart(
      "signed-in-throughput",
      "Signed-in Graph calls per second",
      "Handlers called directly, 16 at once. More is better.",
      ({ throughput }) => throughput.median,
      (value) => Math.round(value).toLocaleString("en-US"),
      16,
    ),
    chart(
      "signed-in-cpu",
      "CPU time of one signed-in Graph call",
      "Handlers called directly, 16 at once. Less is better.",
      ({ cpu }) => cpu.median,
      (value) => `${number(value)} ms`,
      16,
    ),
  ];
}

export const signedIn: Benchmark<SignedInResult> = { name: "signed-in", run, tables, charts };
