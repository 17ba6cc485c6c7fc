import {
  expiryPartition,
  expiryRow,
  type Generation,
  type IndexKey,
  type PartitionKey,
} from "../rows/keys.ts";
import type { ExpiryRow } from "../rows/rows.ts";
import type { Store } from "./store.ts";

/**
 * Milliseconds after which no request to the table is carried out any more. The fault model assumes it
 * (docs/sign-out-guarantee.md). The app waits for an answer for 14 seconds at most.
 */
export const REQUESTS_OVER_MS = 60 * 60_000;

/**
 * When the purge may remove what is being stored now: after the session's end, and after every request that stores it.
 * Milliseconds since 1970.
 */
export function overAt(store: Store, expiresAt: number): number {
  return Math.max(expiresAt, store.now() + REQUESTS_OVER_MS);
}

/** @param over From {@link overAt}. */
export async function fileForExpiry(
  store: Store,
  partition: PartitionKey,
  sids: readonly IndexKey[],
  over: number,
): Promise<void> {
  const row: ExpiryRow = {
    partitionKey: expiryPartition(over),
    rowKey: expiryRow(partition, sids),
    partition,
    generation: "" as Generation,
    sids: sids.join(" "),
  };
  // The key names all of its content, so a row that is there already is this one.
  await store.table.insert(row);
}
