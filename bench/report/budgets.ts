import { EARLIER } from "../baseline/earlier.ts";
import { atEnd } from "../benchmarks/memory.ts";
import { PACKAGE_BUDGETS } from "../benchmarks/package.ts";
import { PURGE_BUDGET } from "../benchmarks/purge.ts";
import { bytes, number, verdict } from "../lib/format.ts";
import type { Table } from "../lib/table.ts";
import type { Cell } from "../signedIn/cell.ts";
import { growthOf } from "../soak/report.ts";
import type { Results } from "./results.ts";

/** Every budget of the design, and what was measured. */
export function budgets(results: Results): Table {
  const {
    signedIn,
    baseline,
    operations,
    together,
    purge,
    growth,
    coldStart,
    packageSize,
    soak,
    memory,
  } = results;
  const cells = (hosting: Cell["hosting"]) =>
    signedIn.cells.filter((cell) => cell.hosting === hosting);
  const direct = cells("direct");
  const largest = growth.sizes.at(-1);
  const [shipped] = coldStart.rows;
  return {
    id: "budgets",
    title: "Budgets",
    columns: ["", "budget", "measured", ""],
    rows: [
      ...operationBudgets(operations),
      ...together.rows.map(({ what, tokenRequests, writes }) => [
        `${together.calls} calls at once ${what}`,
        "1 token request, 1 write",
        `${tokenRequests}, ${writes}`,
        verdict(tokenRequests === 1 && writes === 1),
      ]),
      atLeast(
        "throughput to the stock pattern's, lowest cell",
        2.5,
        direct.map((cell) => cell.throughputToStock.median),
      ),
      atLeast(
        "throughput to the stock pattern's, under the local host, lowest cell",
        2,
        cells("hosted").map((cell) => cell.throughputToStock.median),
      ),
      atMost(
        "p50 to the floor's, highest cell",
        1.15,
        direct.map((cell) => cell.p50ToFloor.median),
      ),
      atMost("CPU with 50 access tokens, to 1", 1.5, cpuRatios(direct)),
      atMost(`CPU of a call, 50 at once, to ${EARLIER}'s`, 0.6, [
        baseline.rows.find(({ concurrency }) => concurrency === 50)?.cpuToBefore.median ??
          Number.NaN,
      ]),
      atMost(`memory after ${memory.samples.length} minutes of load, to ${EARLIER}'s`, 0.6, [
        atEnd(memory).now.rss / atEnd(memory).before.rss,
      ]),
      ...(["read a session", "sign out by cookie", "front-channel sign-out"] as const).map((step) =>
        atMost(`${step}, 100,000 accounts to 1,000, without the emulator's growth`, 1.1, [
          largest?.own[step].median ?? Number.NaN,
        ]),
      ),
      ...purgeBudgets(purge),
      ...(
        [
          ["heap", "heap after collection"],
          ["rss", "memory"],
          ["openFiles", "sockets"],
        ] as const
      ).map(([part, name]) =>
        atMost(
          `${name} in the last quarter of ${soak.minutes} minutes of load, to the first`,
          1.1,
          [growthOf(soak, part)],
        ),
      ),
      atMost("loading the modules, CPU, to unbundled", 0.25, [
        shipped?.load.cpuToUnbundled.median ?? Number.NaN,
      ]),
      atMost("process start to first answer, to unbundled", 0.4, [
        shipped?.answers["first-answer"].wallToUnbundled.median ?? Number.NaN,
      ]),
      atMost("front channel's first answer in the order of Flex, to unbundled", 0.4, [
        shipped?.answers["first-answer-front-channel"].wallToUnbundled.median ?? Number.NaN,
      ]),
      ["zipped package", "≤ 1 MB", bytes(coldStart.zipped), verdict(coldStart.zipped <= 1_000_000)],
      sizeBudget("the package, bundled into an app that has the SDKs", "added", packageSize),
      sizeBudget("the module for pages, gzipped", "browser", packageSize),
    ],
  };
}

function operationBudgets({ operations }: Results["operations"]): string[][] {
  const row = (step: string, what: string, budget: string, isKept: (got: string) => boolean) => {
    const found = operations.find((operation) => operation.step === step);
    const got = found?.requests.join(", ") ?? "";
    return [what, budget, got, verdict(isKept(got))];
  };
  const trips = (step: string, most: number) => {
    const got = operations.find((operation) => operation.step === step)?.roundTrips ?? 99;
    return [`${step}, round trips`, `≤ ${most}`, String(got), verdict(got <= most)];
  };
  const gone = operations.find(({ step }) => step === "front-channel sign-out")?.untilGone ?? 99;
  return [
    row("Graph call, token at hand", "signed-in request", "1 read", (got) => got === "read"),
    row(
      "Graph call, token refreshed",
      "token refresh",
      "1 read, 1 write",
      (got) => got === "read, replace",
    ),
    row("sign-out by cookie", "sign-out by cookie", "1", (got) => got === "delete"),
    trips("sign-in, callback", 4),
    trips("sign-in, callback, second browser", 5),
    [
      "front-channel sign-out, round trips until the tokens are gone",
      "≤ 2",
      String(gone),
      verdict(gone <= 2),
    ],
  ];
}

function purgeBudgets({ rate, year }: Results["purge"]): string[][] {
  const { rowsAfterDay, rowsAfterYear } = year;
  return [
    [
      "purge at 10 ms a storage request, expired sign-ins a second",
      `≥ ${PURGE_BUDGET}`,
      number(rate.perSecond),
      verdict(rate.perSecond >= PURGE_BUDGET),
    ],
    [
      "rows of a user after 365 days of two sign-ins",
      `${rowsAfterDay}, as after a day`,
      String(rowsAfterYear),
      verdict(rowsAfterYear === rowsAfterDay),
    ],
  ];
}

function sizeBudget(
  what: string,
  part: keyof typeof PACKAGE_BUDGETS,
  sizes: Results["packageSize"],
): string[] {
  const budget = PACKAGE_BUDGETS[part];
  return [what, `≤ ${bytes(budget)}`, bytes(sizes[part]), verdict(sizes[part] <= budget)];
}

function atLeast(what: string, budget: number, values: readonly number[]): string[] {
  const lowest = Math.min(...values);
  return [what, `≥ ${budget}×`, `${number(lowest)}×`, verdict(lowest >= budget)];
}

function atMost(what: string, budget: number, values: readonly number[]): string[] {
  const highest = Math.max(...values);
  return [what, `≤ ${budget}×`, `${number(highest)}×`, verdict(highest <= budget)];
}

function cpuRatios(cells: readonly Cell[]): number[] {
  const cpu = (tokens: number, concurrency: number) =>
    cells.find((cell) => cell.tokens === tokens && cell.concurrency === concurrency)?.measured
      .lightsout.cpu.median ?? Number.NaN;
  const concurrencies = [...new Set(cells.map(({ concurrency }) => concurrency))];
  return concurrencies.map((concurrency) => cpu(50, concurrency) / cpu(1, concurrency));
}
