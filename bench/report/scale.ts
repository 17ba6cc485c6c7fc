import { bytes, number } from "../lib/format.ts";
import type { Table } from "../lib/table.ts";
import { dollars, PRICES } from "./prices.ts";
import type { Results } from "./results.ts";

const ACCOUNTS = [10_000, 100_000, 1_000_000];

/** What a user does in a day. */
const DAY = {
  "sign-in, callback": 1,
  "Graph call, token at hand": 100,
  "Graph call, token refreshed": 8,
  "front-channel sign-out": 0.5,
} as const;

/** How much more than the day's average the busiest second has. */
const PEAK = 5;
const SECONDS = 24 * 3_600;
const DAYS = 30;
/** Requests a second that one storage account takes, and entities a second that one partition takes. */
const ACCOUNT_LIMIT = 20_000;
const PARTITION_LIMIT = 2_000;

/** A million accounts on paper, from what one of them costs. */
export function scale({ operations, bytes: sizes, signedIn }: Results): Table {
  const requestsOf = (step: string) =>
    operations.operations.find((operation) => operation.step === step)?.requests.length ?? 0;
  const operationsADay = Object.entries(DAY).reduce(
    (sum, [step, times]) => sum + times * requestsOf(step),
    0,
  );
  const calls = Object.values(DAY).reduce((sum, times) => sum + times, 0);
  const stored = sizes.rows.find(({ tokens }) => tokens === 1)?.total ?? 0;
  const cpu =
    signedIn.cells.find(
      ({ hosting, tokens, concurrency }) =>
        hosting === "hosted" && tokens === 1 && concurrency === 16,
    )?.measured.lightsout.cpu.median ?? Number.NaN;

  const peak = (accounts: number, aDay: number) => ((accounts * aDay) / SECONDS) * PEAK;
  const share = (value: number, limit: number) => `${number((value / limit) * 100)} %`;
  const row = (name: string, value: (accounts: number) => string) => [name, ...ACCOUNTS.map(value)];
  return {
    id: "scale",
    title: "On paper",
    columns: ["", ...ACCOUNTS.map((accounts) => `${accounts.toLocaleString("en-US")} accounts`)],
    rows: [
      row("requests in the busiest second", (n) => number(peak(n, calls))),
      row("storage operations in the busiest second", (n) => number(peak(n, operationsADay))),
      row("of what one storage account takes", (n) =>
        share(peak(n, operationsADay), ACCOUNT_LIMIT),
      ),
      row("sign-ins in the busiest second, each with one row in the day's partition", (n) =>
        number(peak(n, DAY["sign-in, callback"])),
      ),
      row("of what one partition takes", (n) =>
        share(peak(n, DAY["sign-in, callback"]), PARTITION_LIMIT),
      ),
      row("stored, with one access token each", (n) => bytes(n * stored)),
      row("CPU cores busy in the busiest second", (n) => number((peak(n, calls) * cpu) / 1_000)),
      row("storage operations a month", (n) =>
        dollars(n * operationsADay * DAYS * PRICES.operation),
      ),
      row("storage space a month", (n) => dollars(((n * stored) / 1e9) * PRICES.gigabyteMonth)),
    ],
  };
}
