import { randomId } from "../base/random.ts";
import { type Generation, generationRow, HEAD, type PartitionKey } from "../rows/keys.ts";
import type { AccountRow, HeadRow } from "../rows/rows.ts";
import type { Stored } from "../table/table.ts";
import { fileForExpiry, overAt } from "./expiry.ts";
import { eitherFound, type Found } from "./found.ts";
import { beginRound } from "./rounds.ts";
import type { GenerationRef, Store } from "./store.ts";

/** The generation of an account that never had one. */
const NONE = "" as Generation;

export function headOf(store: Store, partition: PartitionKey, generation: Generation): HeadRow {
  return {
    partitionKey: partition,
    rowKey: HEAD,
    generation,
    changedAt: new Date(store.now()).toISOString(),
    change: randomId(store),
  };
}

export function readHead(
  store: Store,
  partition: PartitionKey,
): Promise<Stored<HeadRow> | undefined> {
  return store.table.get<HeadRow>(partition, HEAD);
}

/** All rows of an account, one page after the other: what comes later may be newer. */
export function listPartition(store: Store, partition: PartitionKey): AsyncIterable<Stored> {
  // `!` sorts before every character of a key, so the range holds this partition alone.
  return store.table.list(partition, `${partition}!`);
}

/** Deletes a live generation: the account's tokens and every session, in one request. */
export function deleteGeneration(store: Store, ref: GenerationRef): Promise<Found> {
  return store.table.remove(ref.partition, generationRow(ref.generation));
}

/**
 * Ends a generation for good: one that is live, has ended, or is about to be created by a sign-in under way.
 * Repeating it is harmless, because no generation is ever created twice.
 */
export async function endGeneration(store: Store, ref: GenerationRef): Promise<Found> {
  const found = await deleteGeneration(store, ref);
  if (found || (await preventCreation(store, ref))) return found;
  // It was created once, perhaps just after the first deletion. It cannot be created again.
  return eitherFound(found, await deleteGeneration(store, ref));
}

/** Deletes a generation if all its sessions are over. */
export async function deleteIfOver(
  store: Store,
  { partition, generation }: GenerationRef,
): Promise<"in use" | "deleted" | "gone"> {
  const rowKey = generationRow(generation);
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const account = await store.table.get<AccountRow>(partition, rowKey);
    if (account === undefined) return "gone";
    if (Date.parse(account.expiresAt) > store.now()) return "in use";
    // Conditional: a sign-in may be joining at this moment.
    if (await store.table.remove(partition, rowKey, account.etag)) return "deleted";
  }
}

/**
 * Makes sure that a generation is never created, unless it has been already.
 * @returns false when it is the one that was created last. It may be live.
 */
export async function preventCreation(store: Store, ref: GenerationRef): Promise<boolean> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const head = await readHead(store, ref.partition);
    if (head?.generation === ref.generation) return false;
    if (await fence(store, ref.partition, head)) return true;
  }
}

/**
 * Gives the head a new version, so that every sign-in that is about to create a generation fails on its condition.
 * @returns false when the head was changed since it was read.
 */
export async function fence(
  store: Store,
  partition: PartitionKey,
  head: Stored<HeadRow> | undefined,
): Promise<boolean> {
  const fenced = headOf(store, partition, head?.generation ?? NONE);
  if (head) return (await store.table.replace(fenced, head.etag)) === "done";
  await fileForExpiry(store, partition, [], overAt(store, store.now()));
  return (await store.table.insert(fenced)) === "done";
}

/**
 * Gives head and live generation a new version, and leaves in them what is there: whoever has read the account by now,
 * and is about to create a generation or to join one, has to look again.
 * @returns false when something was changed since it was read.
 */
export async function disturb(store: Store, partition: PartitionKey): Promise<boolean> {
  const head = await readHead(store, partition);
  if (!(await fence(store, partition, head))) return false;
  if (!head?.generation) return true;
  const live = await store.table.get(partition, generationRow(head.generation));
  if (live === undefined) return true;
  const { etag, ...row } = live;
  return (await store.table.replace(row, etag)) === "done";
}
