import { expect, it } from "@jest/globals";
import type { HomeAccountId, Sid } from "../../src/shared/rows/keys.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { storeSignIn } from "../../src/shared/store/signIn.ts";
import { cacheOf, DAY, HOUR, memoryStore, NOON, sessionOf } from "./samples.ts";

/** How many requests a purge takes, of so many accounts of which so many are over. */
async function costOf(live: number, over: number): Promise<number> {
  const store = memoryStore();
  for (let i = 0; i < live + over; i++) {
    const expiresAt = NOON + (i < over ? 8 * HOUR : 3 * DAY);
    const session = sessionOf({ homeAccountId: `${i}.tenant` as HomeAccountId, expiresAt });
    await storeSignIn(store, { session, cache: cacheOf(), sids: [`sid ${i}` as Sid] });
  }
  store.time = NOON + DAY;
  store.table.operations.length = 0;
  expect(await purge(store)).toMatchObject({ expired: over, kept: 0 });
  return store.table.operations.length;
}

it("costs what has expired, whatever else is stored", async () => {
  const nothing = await costOf(0, 0);
  expect(await costOf(300, 0)).toBe(nothing);
  const ten = await costOf(0, 10);
  expect(await costOf(300, 10)).toBe(ten);
  const each = (ten - nothing) / 10;
  expect(each).toBeLessThanOrEqual(7);
  expect(await costOf(0, 40)).toBe(nothing + 40 * each);
});
