import { bytes, number } from "../lib/format.ts";
import type { Table } from "../lib/table.ts";
import { purgedADay } from "../purge/day.ts";
import { ACCOUNT_LIMIT, type Load, loadOf, PARTITION_LIMIT, SIGN_INS_A_DAY } from "./load.ts";
import { dollars } from "./prices.ts";
import type { Results } from "./results.ts";

const ACCOUNTS = [10_000, 100_000, 1_000_000];

/** A million accounts on paper, from what one of them costs. */
export function scale(results: Results): Table {
  const loads = ACCOUNTS.map((accounts) => loadOf(accounts, results));
  const share = (value: number, limit: number) => `${number((value / limit) * 100)} %`;
  const row = (name: string, value: (load: Load) => string) => [name, ...loads.map(value)];
  return {
    id: "scale",
    title: "On paper",
    columns: ["", ...ACCOUNTS.map((accounts) => `${accounts.toLocaleString("en-US")} accounts`)],
    rows: [
      row("requests in the busiest second", (load) => number(load.requests)),
      row("storage operations in the busiest second", (load) => number(load.operations)),
      row("of what one storage account takes", (load) => share(load.operations, ACCOUNT_LIMIT)),
      row("sign-ins in the busiest second", (load) => number(load.signIns)),
      row("of what the day's partition takes", (load) =>
        share(load.partitionRows, PARTITION_LIMIT),
      ),
      row("CPU cores busy in the busiest second", (load) => number(load.cores)),
      row("stored, with one access token each", (load) => bytes(load.stored)),
      row("storage operations a month", (load) => dollars(load.storageOperations)),
      row("storage space a month", (load) => dollars(load.storageSpace)),
      row("functions a month", (load) => dollars(load.functions)),
    ],
  };
}

/** What is reached first. */
export function limits(results: Results): Table {
  const { operations, partitionRows, signIns } = loadOf(1, results);
  const { requests = [] } =
    results.operations.operations.find(({ step }) => step === "sign-in, callback") ?? {};
  const purged = purgedADay(results.purge.rate);
  const millions = (value: number) => `${number(value / 1_000_000)} million`;
  return {
    id: "limits",
    title: "What is reached first",
    columns: ["", "at most", "reached over the day by", "reached in a rush by"],
    rows: [
      [
        "requests to one storage account",
        `${ACCOUNT_LIMIT.toLocaleString("en-US")} a second`,
        `${millions(ACCOUNT_LIMIT / operations)} accounts`,
        `${number(ACCOUNT_LIMIT / requests.length)} sign-ins a second`,
      ],
      [
        "expired sign-ins that the purge ends",
        `${millions(purged)} a day`,
        `${millions(purged / SIGN_INS_A_DAY)} accounts`,
        "",
      ],
      [
        "rows of one partition",
        `${PARTITION_LIMIT.toLocaleString("en-US")} a second`,
        `${millions(PARTITION_LIMIT / partitionRows)} accounts`,
        `${number((PARTITION_LIMIT * signIns) / partitionRows)} sign-ins a second`,
      ],
    ],
  };
}
