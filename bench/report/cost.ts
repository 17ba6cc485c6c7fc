import type { Table } from "../lib/table.ts";
import { dollars, INSTANCE_MEMORY, PRICES } from "./prices.ts";
import type { Results } from "./results.ts";

const MILLION = 1_000_000;
/** Milliseconds that a point read and a call to Graph take in Azure, for the sake of the calculation. */
const REQUEST_TIME = 100;
/** Requests that an instance works on at the same time. */
const AT_ONCE = 16;

/** What the stock pattern asks of storage for a signed-in call: its session and its cache. */
const STOCK_OPERATIONS = 2;

/** Dollars of an instance for one request. */
export const COMPUTE = (REQUEST_TIME / 1_000 / AT_ONCE) * INSTANCE_MEMORY * PRICES.gigabyteSecond;
const FUNCTIONS = (PRICES.execution + COMPUTE) * MILLION;

/** Dollars of a million requests with so many storage operations each. */
export function costOf(storageOperations: number): number {
  return storageOperations * PRICES.operation * MILLION + FUNCTIONS;
}

/** What a million requests cost, from the operations counted. */
export function cost({ operations }: Results): Table {
  const row = (name: string, storageOperations: number) => [
    name,
    String(storageOperations),
    dollars(costOf(storageOperations) - FUNCTIONS),
    dollars(FUNCTIONS),
    dollars(costOf(storageOperations)),
  ];
  return {
    id: "cost",
    title: "A million requests",
    columns: ["", "storage operations each", "storage", "functions", "together"],
    rows: [
      ...operations.operations.map(({ step, requests }) => row(step, requests.length)),
      row("the stock pattern's Graph call, token at hand", STOCK_OPERATIONS),
    ],
  };
}
