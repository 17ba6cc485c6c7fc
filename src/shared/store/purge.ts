import { StoreUnavailable } from "../base/errors.ts";
import { expiryPartition } from "../rows/keys.ts";
import { type ExpiryRow, indexKeysIn } from "../rows/rows.ts";
import type { Entity, Stored, Table } from "../table/table.ts";
import { faultFields } from "../table/tableFault.ts";
import { idleSlots } from "./earlySignOuts.ts";
import { fileForExpiry } from "./expiry.ts";
import { Malformed, purgeEntry } from "./purgeEntry.ts";
import { listUsed } from "./replayGuard.ts";
import type { Store } from "./store.ts";

export interface Purged {
  /** Expired sign-ins whose account has ended: their rows are all gone. */
  readonly expired: number;
  /** Expired sign-ins whose account other sessions still use: what led to them is gone. */
  readonly kept: number;
  /** Rows that storage did not let be looked at or deleted. Another run does. */
  readonly failed: number;
  /** Rows that the app does not write. They stay where they are. */
  readonly malformed: number;
}

/** Rows at once: one whose account does not answer holds up none of the others. */
const AT_ONCE = 16;
/** Milliseconds from the start of a run, which the host ends after two minutes (`functionTimeout`). */
export const END = {
  /** No further sign-in is begun. */
  signIns: 60_000,
  /** Nor anything else. */
  rows: 75_000,
  /** What has been begun asks the table for nothing more. */
  requests: 90_000,
};

/**
 * Removes what expired before today (UTC). Reads only the expiry entries of past days, and removes each
 * entry after everything it names, so that a purge that stops half-way is finished by the next one. A row that
 * cannot be dealt with stops nothing but itself.
 *
 * @throws {StoreUnavailable} The table does not even say what has expired.
 */
export async function purge(unlimited: Store, atOnce = AT_ONCE): Promise<Purged> {
  const started = unlimited.now();
  const isOver = (end: number) => unlimited.now() - started >= end;
  const store = { ...unlimited, table: unless(() => isOver(END.requests), unlimited.table) };
  const purged = { expired: 0, kept: 0, failed: 0, malformed: 0 };
  let isFinished = true;
  let fault: unknown;

  /** @returns the rows that storage did not let be dealt with. */
  async function each<E extends Entity>(
    rows: AsyncIterable<Stored<E>>,
    end: number,
    work: (row: Stored<E>) => Promise<unknown>,
  ): Promise<Stored<E>[]> {
    const left = rows[Symbol.asyncIterator]();
    const failed: Stored<E>[] = [];
    async function worker(): Promise<void> {
      while (!isOver(end)) {
        const { value: row, done } = await left.next();
        if (done) return;
        try {
          await work(row);
        } catch (error) {
          if (error instanceof StoreUnavailable) {
            failed.push(row);
            fault ??= error;
          } else if (error instanceof Malformed) {
            purged.malformed++;
            store.log("warn", "purge.malformed", { day: row.partitionKey, row: row.rowKey });
          } else throw error;
        }
      }
      isFinished = false;
    }
    const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    return failed;
  }

  const remove = ({ partitionKey, rowKey, etag }: Stored<Entity>) =>
    store.table.remove(partitionKey, rowKey, etag);

  const today = expiryPartition(started);
  const silent = await each(
    store.table.list<ExpiryRow>("x.", today),
    END.signIns,
    async (entry) => {
      const result = await purgeEntry(store, entry);
      if (result === "later") return;
      await remove(entry);
      purged[result]++;
    },
  );
  purged.failed += silent.length;
  if (!isFinished) {
    // The next run would begin with them, and might come no further either: tomorrow's does.
    await each(all(silent), END.rows, async (entry) => {
      await fileForExpiry(store, entry, indexKeysIn(entry), started);
      await remove(entry);
    });
  }
  purged.failed += (await each(listUsed(store), END.rows, remove)).length;
  purged.failed += (await each(idleSlots(store), END.rows, remove)).length;

  const details = { ...purged, ms: store.now() - started };
  if (isFinished && purged.failed === 0) store.log("info", "purge.done", details);
  else store.log("warn", "purge.unfinished", { ...details, ...faultFields(fault) });
  return purged;
}

async function* all<T>(items: Iterable<T>): AsyncGenerator<T, undefined> {
  yield* items;
}

/** The table, which is asked for nothing more when it is too late. */
function unless(isLate: () => boolean, table: Table): Table {
  function inTime<T>(request: () => Promise<T>): Promise<T> {
    return isLate() ? Promise.reject(new StoreUnavailable()) : request();
  }
  return {
    get: (...row) => inTime(() => table.get(...row)),
    insert: (...row) => inTime(() => table.insert(...row)),
    replace: (...row) => inTime(() => table.replace(...row)),
    transact: (...writes) => inTime(() => table.transact(...writes)),
    remove: (...row) => inTime(() => table.remove(...row)),
    list: table.list,
  };
}
