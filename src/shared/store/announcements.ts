import { allOf } from "../base/allOf.ts";
import { announcedRow, type IndexKey, type PartitionKey } from "../rows/keys.ts";
import type { AnnouncedRow, IndexRow } from "../rows/rows.ts";
import type { Stored } from "../table/table.ts";
import { REQUESTS_OVER_MS } from "./expiry.ts";
import { disturb } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import { readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";
import { CLOCKS_APART_MS } from "./tombstones.ts";

/*
 * A sign-in announces itself, looks for early tombstones, and reserves its `sid` meanwhile. A sign-out that does not
 * find the `sid` leaves an early tombstone, and looks for the announcement then. Whatever the order, one of the two
 * sees the other.
 */

/** @returns false when somebody else's may be there, for another account: then nobody finds this sign-in by it. */
export async function announce(
  store: Store,
  key: IndexKey,
  partition: PartitionKey,
): Promise<boolean> {
  const row: AnnouncedRow = { ...announcedRow(key, store.now() + REQUESTS_OVER_MS), partition };
  return (await store.table.insert(row)) === "done";
}

/**
 * Looks once more for a row that was not there before an early tombstone was left.
 * @returns undefined when it is not there, and no sign-in that has missed the tombstone will be stored.
 */
export async function readSidAgain(
  store: Store,
  key: IndexKey,
): Promise<Stored<IndexRow> | undefined> {
  const [row, ...accounts] = await allOf([
    readSid(store, key),
    ...placesOf(store, key).map(([partition, rowKey]) =>
      store.table.get<AnnouncedRow>(partition, rowKey),
    ),
  ]);
  const underWay = accounts.flatMap((row) => row?.partition ?? []);
  if (row !== undefined || underWay.length === 0) return row;
  for (const partition of underWay) {
    for (let round = 0; !(await disturb(store, partition)); ) await beginRound(store, ++round);
  }
  return await readSid(store, key);
}

/** Where announcements are that may count, whichever clocks they were filed by. */
function placesOf(store: Store, key: IndexKey): [partitionKey: string, rowKey: string][] {
  const times = [-2 * CLOCKS_APART_MS, CLOCKS_APART_MS].map(
    (by) => store.now() + REQUESTS_OVER_MS + by,
  );
  const rows = times.map((time) => announcedRow(key, time));
  return [...new Map(rows.map(({ partitionKey, rowKey }) => [partitionKey, rowKey]))];
}
