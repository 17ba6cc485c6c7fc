import { IndexForged } from "../base/errors.ts";
import type { IndexKey } from "../rows/keys.ts";
import type { IndexRow } from "../rows/rows.ts";
import type { Stored } from "../table/table.ts";
import { readSidAgain } from "./announcements.ts";
import { endForged, originOf, readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";

/** The index row that a `sid` or a `sub` has led to. */
interface Known {
  readonly row: Stored<IndexRow>;
  /** Whether the row's MAC verifies. Rows of the release before have none. */
  readonly isOurs: boolean;
}

/**
 * Reads the index row of a `sid` or a `sub`. If there is none, a sign-in may still be redeeming its code: this leaves a
 * tombstone for it, and reads again. A sign-in announces itself before it looks for tombstones, so one of the two sees
 * the other.
 *
 * @param looked Called each time that storage has answered: whether there is a row.
 * @throws {StoreUnavailable}
 * @throws {IndexForged} Somebody else wrote the row. What it leads to has been ended. The row stays as it is: it must
 * not vouch for a later sign-out.
 */
export async function lookUp(
  store: Store,
  key: IndexKey,
  leaveTombstone: () => Promise<void>,
  looked: (isKnown: boolean) => void = () => {},
): Promise<Known | undefined> {
  let row = await readSid(store, key);
  looked(row !== undefined);
  if (row === undefined) {
    await leaveTombstone();
    row = await readSidAgain(store, key);
    looked(row !== undefined);
  }
  if (row === undefined) return undefined;

  const origin = originOf(store.keyring, row);
  if (origin === "forged") {
    await leaveTombstone();
    await endForged(store, row);
    store.log("error", "index.forged", { index: key });
    throw new IndexForged();
  }
  if (origin === "unsigned") store.log("warn", "index.unsigned", { index: key });
  return { row, isOurs: origin === "ours" };
}
