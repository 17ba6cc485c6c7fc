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
  /** Expired sign-ins whose account has ended. All their rows are gone. */
  readonly expired: number;
  /** Expired sign-ins whose account other sessions still use. Their index rows are gone. */
  readonly kept: number;
  /** Rows that storage failed to read or delete. A later run tries again. */
  readonly failed: number;
  /** Rows that the app does not write. They stay. */
  readonly malformed: number;
}

/** Rows at once, so that one whose account does not answer holds up no other. */
const AT_ONCE = 16;
/** Milliseconds from the start of a run. The host ends it after two minutes (`functionTimeout`). */
export const END = {
  /** From then on, no further sign-in is begun. */
  signIns: 60_000,
  /** From then on, no further row. */
  rows: 75_000,
  /** From then on, rows under way send no further request. */
  requests: 90_000,
};

/**
 * Removes what expired before today (UTC). It reads only the expiry rows of past days. Each goes after everything that
 * it names, so that the next run finishes what this one leaves. A row that fails stops no other.
 *
 * @throws {StoreUnavailable} The table does not list the expiry rows.
 */
export async function purge(unlimited: Store, atOnce = AT_ONCE): Promise<Purged> {
  const started = unlimited.now();
  const isOver = (end: number) => unlimited.now() - started >= end;
  const store = { ...unlimited, table: unless(() => isOver(END.requests), unlimited.table) };
  const purged = { expired: 0, kept: 0, failed: 0, malformed: 0 };
  let isFinished = true;
  let fault: unknown;

  /** @returns the rows for which storage failed. */
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
    // The next run would begin with the failed rows, and might get no further either. So they are filed for today,
    // and tomorrow's run reads them.
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

/** The table, with every request failing once it is too late. */
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
