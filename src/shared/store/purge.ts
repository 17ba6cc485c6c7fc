import { StoreUnavailable } from "../base/errors.ts";
import { all, batchesOf, workThrough } from "../base/workThrough.ts";
import { expiryPartition } from "../rows/keys.ts";
import { type ExpiryRow, indexKeysIn } from "../rows/rows.ts";
import { MOST_WRITES, type Stored, type Table } from "../table/table.ts";
import { faultFields } from "../table/tableFault.ts";
import { idleSlots } from "./earlySignOuts.ts";
import { fileForExpiry } from "./expiry.ts";
import { Malformed, purgeRow } from "./purgeRow.ts";
import { removeRows } from "./removal.ts";
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

/**
 * Expired sign-ins at once, so that one whose account does not answer holds up no other. Each has one to three requests
 * under way: at 10 milliseconds, some 4,000 a second of the 20,000 that a storage account takes.
 */
const AT_ONCE = 24;
/** Milliseconds from the start of a run, which has as long as a sign-out: see PATIENCE_MS in stubbornSignOuts.ts. */
export const END = {
  /** From then on, no further sign-in is begun. */
  signIns: 60_000,
  /** From then on, no further row. */
  rows: 75_000,
  /** From then on, rows under way send no further request. */
  requests: 90_000,
};
/** Milliseconds between two lines of the log. */
const TELL_EVERY_MS = 10_000;

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
  let told = started;
  let fault: unknown;

  function tell(): void {
    if (store.now() - told < TELL_EVERY_MS) return;
    told = store.now();
    store.log("info", "purge.progress", { ...purged, ms: told - started });
  }

  /** @returns the items for which storage failed. */
  async function each<T>(
    items: AsyncIterable<T>,
    end: number,
    work: (item: T) => Promise<unknown>,
  ): Promise<T[]> {
    const failed: T[] = [];
    const isDone = await workThrough(
      items,
      atOnce,
      () => isOver(end),
      async (item) => {
        try {
          await work(item);
        } catch (error) {
          if (!(error instanceof StoreUnavailable)) throw error;
          failed.push(item);
          fault ??= error;
        }
        tell();
      },
    );
    isFinished &&= isDone;
    return failed;
  }

  let ended: { readonly row: Stored<ExpiryRow>; readonly result: "expired" | "kept" }[] = [];

  /** Removes the rows of which all else is gone. */
  async function removeEnded(): Promise<void> {
    const together = ended;
    ended = [];
    const rows = together.map(({ row }) => row);
    try {
      await removeRows(store, rows);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      purged.failed += rows.length;
      fault ??= error;
      return;
    }
    for (const { result } of together) purged[result]++;
  }

  const today = expiryPartition(started);
  const silent = await each(store.table.list<ExpiryRow>("x.", today), END.signIns, async (row) => {
    try {
      const result = await purgeRow(store, row);
      if (result === "later") return;
      ended.push({ row, result });
    } catch (error) {
      if (!(error instanceof Malformed)) throw error;
      purged.malformed++;
      store.log("warn", "purge.malformed", { day: row.partitionKey, row: row.rowKey });
    }
    if (ended.length >= MOST_WRITES) await removeEnded();
  });
  await removeEnded();
  purged.failed += silent.length;
  if (!isFinished) {
    // The next run would begin with the failed rows, and might get no further either. So they are filed for today,
    // and tomorrow's run reads them.
    await each(all(silent), END.rows, async (row) => {
      await fileForExpiry(store, row.partition, indexKeysIn(row), started);
      await store.table.remove(row.partitionKey, row.rowKey);
    });
  }
  const used = batchesOf(listUsed(store), MOST_WRITES);
  const usedLeft = await each(used, END.rows, (rows) => removeRows(store, rows));
  const slotsLeft = await each(idleSlots(store), END.rows, ({ partitionKey, rowKey, etag }) =>
    store.table.remove(partitionKey, rowKey, etag),
  );
  purged.failed += usedLeft.flat().length + slotsLeft.length;

  const details = { ...purged, ms: store.now() - started };
  if (isFinished && purged.failed === 0) store.log("info", "purge.done", details);
  else store.log("warn", "purge.unfinished", { ...details, ...faultFields(fault) });
  return purged;
}

/** The table, with every request failing once it is too late. */
function unless(isLate: () => boolean, table: Table): Table {
  const inTime =
    <Row extends unknown[], T>(request: (...row: Row) => Promise<T>) =>
    (...row: Row) =>
      isLate() ? Promise.reject<T>(new StoreUnavailable()) : request(...row);
  return {
    get: inTime(table.get) as Table["get"],
    insert: inTime(table.insert),
    replace: inTime(table.replace),
    transact: inTime(table.transact),
    remove: inTime(table.remove),
    list: table.list,
  };
}
