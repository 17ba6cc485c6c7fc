import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying } from "../../src/shared/table/retrying.ts";
import type { Table } from "../../src/shared/table/table.ts";
import { noIdentity } from "../support/azuriteStore.ts";
import { keepAliveSender } from "../support/send.ts";

/** Sooner than in the app, so that a run is over soon. */
const TRIES = { delays: [1, 5, 20, 50], maxDelay: 50, sleep };

/** The app's own way to the table service. */
export function openTable(connectionString: string): Table {
  return retrying(azureTable({ connectionString }, keepAliveSender(), noIdentity), TRIES);
}

/** Random, and the same for the same seed. */
export function seededBytes(seed: string): (size: number) => Uint8Array {
  let count = 0;
  return (size) => createHash("sha512").update(`${seed} ${++count}`).digest().subarray(0, size);
}
