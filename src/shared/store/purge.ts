import { StoreUnavailable } from "../base/errors.ts";
import { expiryPartition, generationRow } from "../rows/keys.ts";
import type { Entity, Stored } from "../table/table.ts";
import { faultFields } from "../table/tableFault.ts";
import type { AccountEntity } from "./accountEntity.ts";
import { purgeEarlySignOuts } from "./earlySignOuts.ts";
import { type ExpiryEntry, fileForExpiry, REQUESTS_OVER } from "./expiry.ts";
import { deleteIfOver, readHead } from "./generation.ts";
import { listTaken } from "./replayGuard.ts";
import { isOver, readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";

export interface Purged {
  /** Expired sign-ins whose account has ended: their rows are all gone. */
  readonly expired: number;
  /** Expired sign-ins whose account other sessions still use: what led to them is gone. */
  readonly kept: number;
  /** Rows that storage did not let be looked at or deleted. The next run does. */
  readonly failed: number;
  /** Rows that the app does not write. They stay where they are. */
  readonly malformed: number;
}

export interface Pace {
  /** Rows at once: one whose account does not answer holds up none of the others. */
  readonly atOnce: number;
  /**
   * Milliseconds after which no further row is begun, of sign-ins and of what was used once. The host ends a run
   * after two minutes (`functionTimeout`).
   */
  readonly signIns: number;
  readonly used: number;
}

const PACE: Pace = { atOnce: 16, signIns: 60_000, used: 75_000 };

/** A row of the table is not as the app writes it. */
class Malformed extends Error {}

/**
 * Removes what expired before today (UTC). Reads only the expiry entries of past days, and removes each
 * entry after everything it names, so that a purge that stops half-way is finished by the next one. A row that
 * cannot be dealt with stops nothing but itself.
 *
 * @throws {StoreUnavailable} The table does not even say what has expired.
 */
export async function purge(store: Store, pace = PACE): Promise<Purged> {
  const started = store.now();
  const purged = { expired: 0, kept: 0, failed: 0, malformed: 0 };
  let isFinished = true;
  let fault: unknown;

  async function each<E extends Entity>(
    rows: AsyncIterable<Stored<E>>,
    time: number,
    work: (row: Stored<E>) => Promise<unknown>,
  ): Promise<void> {
    const left = rows[Symbol.asyncIterator]();
    async function worker(): Promise<void> {
      for (let { value: row } = await left.next(); row; { value: row } = await left.next()) {
        if (store.now() - started >= time) {
          isFinished = false;
          return;
        }
        try {
          await work(row);
        } catch (error) {
          if (error instanceof StoreUnavailable) {
            purged.failed++;
            fault = error;
          } else if (error instanceof Malformed) {
            purged.malformed++;
            store.log("warn", "purge.malformed", { day: row.partitionKey, row: row.rowKey });
          } else throw error;
        }
      }
    }
    const ends = await Promise.allSettled(Array.from({ length: pace.atOnce }, worker));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  const today = expiryPartition(started);
  await each(store.table.list<ExpiryEntry>("x.", today), pace.signIns, async (entry) => {
    const result = await purgeEntry(store, entry);
    if (result === "later") return;
    await store.table.remove(entry.partitionKey, entry.rowKey, entry.etag);
    purged[result]++;
  });
  await each(listTaken(store), pace.used, (row) =>
    store.table.remove(row.partitionKey, row.rowKey, row.etag),
  );
  await purgeEarlySignOuts(store);

  const details = { ...purged, ms: store.now() - started };
  if (isFinished && purged.failed === 0) store.log("info", "purge.done", details);
  else store.log("warn", "purge.unfinished", { ...details, ...faultFields(fault) });
  return purged;
}

async function purgeEntry(
  store: Store,
  entry: Stored<ExpiryEntry>,
): Promise<"expired" | "kept" | "later"> {
  if (!isWellFormed(entry)) throw new Malformed();
  const { partition, generation } = entry;
  const state = await deleteIfOver(store, entry);

  const undated: string[] = [];
  for (const key of entry.sids.split(" ").filter(Boolean)) {
    const sid = await readSid(store, key);
    if (sid?.partition !== partition || sid.generation !== generation) continue;
    if (state === "in use" && !isOver(store, sid)) {
      if (!sid.expiresAt) undated.push(key);
      // A later sign-in's entry will see to it.
      if (!sid.expiresAt || expiryPartition(timeOf(sid.expiresAt)) > entry.partitionKey) continue;
      return "later";
    }
    // A sign-in under way may still have to see the marks in it.
    if (!rests(store, sid)) return "later";
    if (!(await isRemoved(store, sid))) return "later";
  }
  if (state === "in use") {
    // As the release before wrote them, they go with the account.
    if (undated.length > 0) await fileAgain(store, entry, undated);
    return "kept";
  }

  const head = await readHead(store, partition);
  if (head === undefined) return "expired";
  // Another generation's entry will see to it.
  if (head.generation !== "" && head.generation !== generation) return "expired";
  // A sign-in under way may have read it, or found none, before it last changed.
  if (!rests(store, head)) return "later";
  return (await isRemoved(store, head)) ? "expired" : "later";
}

/** Whether it is gone, by this or by who else was about to remove it; a newer version stays. */
async function isRemoved(store: Store, { partitionKey, rowKey, etag }: Stored<Entity>) {
  if (await store.table.remove(partitionKey, rowKey, etag)) return true;
  return (await store.table.get(partitionKey, rowKey)) === undefined;
}

function isWellFormed({ partition, generation, sids }: Partial<ExpiryEntry>): boolean {
  return (
    /^a\.[\w-]+$/.test(String(partition)) &&
    typeof generation === "string" &&
    /^[\w-]*$/.test(generation) &&
    /^([su]\.[\w-]+ ?)*$/.test(String(sids))
  );
}

/** Whether everybody who was under way when the row last changed is done. */
function rests(store: Store, { changedAt }: { readonly changedAt: string }): boolean {
  return timeOf(changedAt) + REQUESTS_OVER <= store.now();
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Malformed();
  return time;
}

async function fileAgain(store: Store, ref: ExpiryEntry, sids: readonly string[]): Promise<void> {
  const rowKey = generationRow(ref.generation);
  const account = await store.table.get<AccountEntity>(ref.partition, rowKey);
  if (account) await fileForExpiry(store, ref, sids, timeOf(account.expiresAt));
}
