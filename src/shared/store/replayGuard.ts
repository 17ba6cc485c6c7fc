import { randomId } from "../base/random.ts";
import { usedPartition, usedRow } from "../rows/keys.ts";
import type { Entity, Stored } from "../table/table.ts";
import type { Store } from "./store.ts";

/**
 * Takes the right to use something that may be used once. Of all callers, on all instances, only the first gets it.
 *
 * @param id What is used, such as the `state` of an authorization response or the `jti` of a token.
 * @param expiresAt When it is invalid anyway. The same at every call. Milliseconds since 1970.
 */
export async function useOnce(store: Store, id: string, expiresAt: number): Promise<boolean> {
  const used = { ...usedRow(id, expiresAt), taker: randomId(store) };
  const outcome = await store.table.insert(used);
  if (outcome !== "unsure") return outcome === "done";
  const stored = await store.table.get<typeof used>(used.partitionKey, used.rowKey);
  return stored?.taker === used.taker;
}

/** Gives the right back unused. Only its holder may. */
export async function giveBack(store: Store, id: string, expiresAt: number): Promise<void> {
  const { partitionKey, rowKey } = usedRow(id, expiresAt);
  const row = await store.table.get(partitionKey, rowKey);
  // With the ETag, a copy of the request that arrives late cannot take the right from a later holder.
  if (row) await store.table.remove(partitionKey, rowKey, row.etag);
}

export async function isUsed(store: Store, id: string, expiresAt: number): Promise<boolean> {
  const { partitionKey, rowKey } = usedRow(id, expiresAt);
  return (await store.table.get(partitionKey, rowKey)) !== undefined;
}

/** What expired before today (UTC). */
export function listUsed(store: Store): AsyncIterable<Stored<Entity>> {
  return store.table.list("t.", usedPartition(store.now()));
}
