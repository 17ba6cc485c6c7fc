import { bytes, number } from "../lib/format.ts";
import type { Table } from "../lib/table.ts";
import { ACCOUNT_LIMIT, type Load, loadOf, PARTITION_LIMIT } from "./load.ts";
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

/** How many it takes to reach what Table Storage takes. */
export function limits(results: Results): Table {
  const { operations, partitionRows, signIns } = loadOf(1, results);
  const { requests = [] } =
    results.operations.operations.find(({ step }) => step === "sign-in, callback") ?? {};
  const rowsEach = partitionRows / signIns;
  const row = (what: string, limit: number, each: number, atOnce: number) => [
    what,
    limit.toLocaleString("en-US"),
    `${number(limit / each / 1_000_000)} million accounts`,
    `${number(limit / atOnce)} sign-ins a second`,
  ];
  return {
    id: "limits",
    title: "What comes first",
    columns: ["", "a second", "reached over the day by", "reached in a rush by"],
    rows: [
      row("requests to one storage account", ACCOUNT_LIMIT, operations, requests.length),
      row("rows of one partition", PARTITION_LIMIT, partitionRows, rowsEach),
    ],
  };
}
