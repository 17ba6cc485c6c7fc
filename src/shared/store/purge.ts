import type { AccountEntity } from "./accountEntity.ts";
import { purgeEarlySignOuts } from "./earlySignOuts.ts";
import type { ExpiryEntry } from "./expiry.ts";
import { fileForExpiry, REQUESTS_OVER } from "./expiry.ts";
import { readHead } from "./generation.ts";
import { expiryPartition, generationRow } from "./keys.ts";
import { purgeTaken } from "./once.ts";
import { readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";
import type { Stored } from "./table.ts";

export interface Purged {
  /** Expired sign-ins whose rows are all gone. */
  readonly expired: number;
  /** Sign-ins whose account is still in use, filed again for its new last day. */
  readonly kept: number;
}

/**
 * Removes what expired before today (UTC). Reads only the expiry entries of past days, and removes each
 * entry after everything it names, so that a purge that stops half-way is finished by the next one.
 */
export async function purge(store: Store): Promise<Purged> {
  const started = store.now();
  const today = expiryPartition(started);
  const purged = { expired: 0, kept: 0 };
  for await (const entry of store.table.list<ExpiryEntry>("x.", today)) {
    const result = await purgeEntry(store, entry);
    if (result === "later") continue;
    await store.table.remove(entry.partitionKey, entry.rowKey, entry.etag);
    purged[result]++;
  }
  await purgeTaken(store);
  await purgeEarlySignOuts(store);
  store.log("info", "purge.done", { ...purged, ms: store.now() - started });
  return purged;
}

async function purgeEntry(
  store: Store,
  entry: Stored<ExpiryEntry>,
): Promise<"expired" | "kept" | "later"> {
  const { partition, generation } = entry;
  const sids = entry.sids.split(" ").filter(Boolean);
  const rowKey = generationRow(generation);

  const account = await store.table.get<AccountEntity>(partition, rowKey);
  if (account) {
    const expiresAt = Date.parse(account.expiresAt);
    if (expiresAt > store.now()) {
      await fileForExpiry(store, entry, sids, expiresAt);
      return "kept";
    }
    // Conditional: a sign-in may be joining at this moment.
    if (!(await store.table.remove(partition, rowKey, account.etag))) return "later";
  }

  for (const key of sids) {
    const sid = await readSid(store, key);
    if (sid?.partition !== partition || sid.generation !== generation) continue;
    // A sign-in under way may still have to see the marks in it.
    if (!rests(store, sid)) return "later";
    if (!(await store.table.remove(key, sid.rowKey, sid.etag))) return "later";
  }

  const head = await readHead(store, partition);
  if (head === undefined) return "expired";
  // Another generation's entry will see to it.
  if (head.generation !== "" && head.generation !== generation) return "expired";
  // A sign-in under way may have read it, or found none, before it last changed.
  if (!rests(store, head)) return "later";
  return (await store.table.remove(partition, head.rowKey, head.etag)) ? "expired" : "later";
}

/** Whether everybody who was under way when the row last changed is done. */
function rests(store: Store, { changedAt }: { readonly changedAt: string }): boolean {
  return Date.parse(changedAt) + REQUESTS_OVER <= store.now();
}
