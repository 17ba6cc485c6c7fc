import { allOf } from "../base/allOf.ts";
import type { IndexKey } from "../rows/keys.ts";
import { readEarlyTombstones } from "./earlySignOuts.ts";
import { readSid, tombstonesOf } from "./sidIndex.ts";
import type { Store } from "./store.ts";

/**
 * The versions of the tombstones under these keys. A sign-in that starts now starts after those sign-outs.
 *
 * @param keys Partitions, from the browser's sealed cookies. Without any, the table is not read.
 * @throws {StoreUnavailable}
 */
export async function seenTombstones(store: Store, keys: readonly IndexKey[]): Promise<string[]> {
  const tombstones = await allOf(
    [...new Set(keys)].flatMap((key) => [
      readSid(store, key).then((row) => (row ? tombstonesOf(row) : [])),
      readEarlyTombstones(store, key),
    ]),
  );
  return tombstones.flat().map(({ version }) => version);
}
