import { bytes, number } from "../lib/format.ts";
import type { Table } from "../lib/table.ts";
import { costOf } from "./cost.ts";
import { ACCOUNT_LIMIT, cpuOf, loadOf } from "./load.ts";
import { dollars } from "./prices.ts";
import type { Results } from "./results.ts";

const MILLION = 1_000_000;

/** What a reader wants to know who reads nothing else. */
export function summary(results: Results): Table {
  const { operations } = results.operations;
  const requestsOf = (step: string) =>
    operations.find((operation) => operation.step === step)?.requests.length ?? Number.NaN;
  const elsewhere = operations.find(({ step }) => step === "front-channel sign-out");
  const plural = (count: number) =>
    count === 1 ? "1 storage request" : `${count} storage requests`;
  const aMillion = (...steps: string[]) =>
    `${dollars(steps.reduce((sum, step) => sum + costOf(requestsOf(step)), 0))} a million`;
  const load = loadOf(MILLION, results);
  const storage = load.storageOperations + load.storageSpace;
  const full = (MILLION * ACCOUNT_LIMIT) / load.operations / MILLION;
  return {
    id: "summary",
    title: "In a minute",
    columns: ["", "takes", "costs in Azure"],
    rows: [
      [
        "a signed-in Graph call",
        `${plural(requestsOf("Graph call, token at hand"))}, ${number(cpuOf(results.signedIn))} ms of CPU`,
        aMillion("Graph call, token at hand"),
      ],
      [
        "a sign-in, its start and its callback",
        plural(requestsOf("sign-in, callback")),
        aMillion("sign-in, start", "sign-in, callback"),
      ],
      [
        "a sign-out in the app",
        `${plural(requestsOf("sign-out by cookie"))}: all tokens and sessions of the user are gone`,
        aMillion("sign-out by cookie"),
      ],
      [
        "a sign-out in another app",
        `${plural(elsewhere?.requests.length ?? Number.NaN)}: the tokens are gone after ${elsewhere?.untilGone} of them`,
        aMillion("front-channel sign-out"),
      ],
      [
        "a million accounts",
        `${number(load.operations)} storage requests and ${number(load.cores)} CPU cores in the busiest second, ${bytes(load.stored)}`,
        `${dollars(storage)} a month for storage, ${dollars(load.functions)} for functions`,
      ],
      [
        "the first limit",
        `${number(full)} million accounts: the requests that one storage account takes`,
        "[how to go on](scale.md#beyond-one-storage-account)",
      ],
    ],
  };
}
