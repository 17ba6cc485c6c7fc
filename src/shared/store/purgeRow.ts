import { allOf } from "../base/allOf.ts";
import {
  expiryPartition,
  type Generation,
  generationRow,
  type IndexKey,
  type PartitionKey,
} from "../rows/keys.ts";
import { readRow } from "../rows/readRow.ts";
import {
  type AccountRow,
  type ExpiryRow,
  type HeadRow,
  type IndexRow,
  indexKeysIn,
} from "../rows/rows.ts";
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
export async function purgeRow(
  store: Store,
  row: Stored<ExpiryRow>,
): Promise<"expired" | "kept" | "later"> {
  if (readRow(row) === undefined) throw new Malformed();
  const { partition } = row;
  const [head, sids] = await allOf([
    readHead(store, partition),
    allOf(indexKeysIn(row).map((key) => readSid(store, key))),
  ]);
  const inUse = await generationInUse(store, partition, head);

  const over: Stored<IndexRow | HeadRow>[] = [];
  const undated: IndexKey[] = [];
  for (const sid of sids) {
    if (sid?.partition !== partition) continue;
    if (!inUse || sid.generation !== inUse || isOver(store, sid)) over.push(sid);
    else if (!sid.expiresAt) undated.push(sid.partitionKey);
    // Else a later sign-in's row will see to it.
    else if (expiryPartition(timeOf(sid.expiresAt)) <= row.partitionKey) return "later";
  }
  if (head && !inUse) over.push(head);
  // A sign-in under way may still have to see the tombstones in it; or have read the head, or found none, before it
  // last changed.
  const resting = over.filter((row) => rests(store, row));
  const removed = await allOf(resting.map((row) => isRemoved(store, row)));
  // As the release before wrote them, they go with the account.
  if (inUse && undated.length > 0) await fileAgain(store, partition, inUse, undated);
  if (resting.length < over.length || removed.includes(false)) return "later";
  return inUse ? "kept" : "expired";
}

/** The live generation that other sessions still use. One that nobody uses is deleted. */
async function generationInUse(
  store: Store,
  partition: PartitionKey,
  head: HeadRow | undefined,
): Promise<Generation | undefined> {
  if (!head?.generation) return undefined;
  const { generation } = head;
  const state = await deleteIfOver(store, { partition, generation });
  return state === "in use" ? generation : undefined;
}

/** Removes this version of a row. @returns whether the row is gone, whoever removed it. */
async function isRemoved({ table }: Store, { partitionKey, rowKey, etag }: Stored<Entity>) {
  const isDone = await table.remove(partitionKey, rowKey, etag);
  return isDone || (await table.get(partitionKey, rowKey)) === undefined;
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

async function fileAgain(
  store: Store,
  partition: PartitionKey,
  generation: Generation,
  sids: readonly IndexKey[],
): Promise<void> {
  const account = await store.table.get<AccountRow>(partition, generationRow(generation));
  // It may have been signed out meanwhile. Then nobody uses them any more.
  await fileForExpiry(store, partition, sids, account ? timeOf(account.expiresAt) : store.now());
}
