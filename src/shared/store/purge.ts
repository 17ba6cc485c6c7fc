import type { AccountEntity } from "./accountEntity.ts";
import { purgeEarlySignOuts } from "./earlySignOuts.ts";
import type { ExpiryEntry } from "./expiry.ts";
import { fileForExpiry } from "./expiry.ts";
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
 * A head has to outlive every sign-in that may have read it: no request runs for longer than
 * `functionTimeout` in host.json, and this is thirty times that. Milliseconds.
 */
const HEAD_MUST_REST = 60 * 60_000;

/**
 * Removes what expired before today (UTC). Reads only the expiry entries of past days, and removes each
 * entry after everything it names, so that a purge that stops half-way is finished by the next one.
 */
export async function purge(store: Store): Promise<Purged> {
  const today = expiryPartition(store.now());
  const purged = { expired: 0, kept: 0 };
  for await (const entry of store.table.list<ExpiryEntry>("x.", today)) {
    const result = await purgeEntry(store, entry);
    if (result === "later") continue;
    await store.table.remove(entry.partitionKey, entry.rowKey, entry.etag);
    purged[result]++;
  }
  await purgeTaken(store);
  await purgeEarlySignOuts(store);
  store.log("info", "purge.done", { ...purged });
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
    await store.table.remove(key, sid.rowKey, sid.etag);
  }

  const head = await readHead(store, partition);
  if (head === undefined) return "expired";
  // Another generation's entry will see to it.
  if (head.generation !== "" && head.generation !== generation) return "expired";
  if (Date.parse(head.changedAt) + HEAD_MUST_REST > store.now()) return "later";
  return (await store.table.remove(partition, head.rowKey, head.etag)) ? "expired" : "later";
}
