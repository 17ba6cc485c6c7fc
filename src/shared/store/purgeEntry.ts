import { expiryPartition, generationRow, type IndexKey } from "../rows/keys.ts";
import { type AccountRow, type ExpiryRow, indexKeysIn, readRow } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";

import { fileForExpiry, REQUESTS_OVER_MS } from "./expiry.ts";
import { deleteIfOver, readHead } from "./generation.ts";
import { isOver, readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";

/** A row in the table that this app does not write. */
export class Malformed extends Error {}

/**
 * Removes what expired with one sign-in. The caller removes the expiry row.
 *
 * @returns `expired`: all of it is gone. `kept`: other sessions use the account. `later`: a request under way may need it.
 * @throws {Malformed} @throws {StoreUnavailable}
 */
export async function purgeEntry(
  store: Store,
  entry: Stored<ExpiryRow>,
): Promise<"expired" | "kept" | "later"> {
  if (readRow(entry) === undefined) throw new Malformed();
  const { partition, generation } = entry;
  const state = await deleteIfOver(store, entry);

  const undated: IndexKey[] = [];
  for (const key of indexKeysIn(entry)) {
    const sid = await readSid(store, key);
    if (sid?.partition !== partition || sid.generation !== generation) continue;
    if (state === "in use" && !isOver(store, sid)) {
      if (!sid.expiresAt) undated.push(key);
      // The expiry row of a later sign-in names it too.
      if (!sid.expiresAt || expiryPartition(timeOf(sid.expiresAt)) > entry.partitionKey) continue;
      return "later";
    }
    // A sign-in under way may still need its tombstones.
    if (!rests(store, sid)) return "later";
    if (!(await isRemoved(store, sid))) return "later";
  }
  if (state === "in use") {
    // Index rows of the release before have no end of their own: they go with the account.
    if (undated.length > 0) await fileAgain(store, entry, undated);
    return "kept";
  }

  const head = await readHead(store, partition);
  if (head === undefined) return "expired";
  // The expiry row of that generation names the head too.
  if (head.generation !== "" && head.generation !== generation) return "expired";
  // A sign-in under way may have read the head, or found none, before it last changed.
  if (!rests(store, head)) return "later";
  return (await isRemoved(store, head)) ? "expired" : "later";
}

/** Removes this version of a row. @returns whether the row is gone, whoever removed it. */
async function isRemoved(store: Store, { partitionKey, rowKey, etag }: Stored<Entity>) {
  if (await store.table.remove(partitionKey, rowKey, etag)) return true;
  return (await store.table.get(partitionKey, rowKey)) === undefined;
}

/** Whether every request that was under way when the row last changed is over. */
function rests(store: Store, { changedAt }: { readonly changedAt: string }): boolean {
  return timeOf(changedAt) + REQUESTS_OVER_MS <= store.now();
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Malformed();
  return time;
}

async function fileAgain(store: Store, ref: ExpiryRow, sids: readonly IndexKey[]): Promise<void> {
  const rowKey = generationRow(ref.generation);
  const account = await store.table.get<AccountRow>(ref.partition, rowKey);
  if (account) await fileForExpiry(store, ref, sids, timeOf(account.expiresAt));
}
