import { expect, it } from "@jest/globals";
import { purgedADay } from "../../bench/purge/day.ts";
import { purgeRate } from "../../bench/purge/rate.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { DAY, HOUR, homeOf, memoryStore, NOON, signIn } from "./samples.ts";

/** How many requests a purge takes, of so many accounts of which so many are over. */
async function costOf(live: number, over: number): Promise<number> {
  const store = memoryStore();
  for (let i = 0; i < live + over; i++) {
    const expiresAt = NOON + (i < over ? 8 * HOUR : 3 * DAY);
    await signIn(store, { homeAccountId: homeOf(i), sid: `sid ${i}`, expiresAt });
  }
  store.time = NOON + DAY;
  store.table.operations.length = 0;
  expect(await purge(store)).toMatchObject({ expired: over, kept: 0 });
  return store.table.operations.length;
}

/** Of a sign-in: what is read (head, tokens, `sid`) and removed. */
const EACH = 6;

it("costs what has expired, whatever else is stored", async () => {
  const nothing = await costOf(0, 0);
  // Announcements of yesterday, by hundreds.
  expect(await costOf(300, 0)).toBe(nothing + 3);
  // The expiry rows too.
  expect(await costOf(0, 10)).toBe(nothing + 10 * EACH + 1 + 1);
  expect(await costOf(290, 10)).toBe(nothing + 10 * EACH + 1 + 3);
  expect(await costOf(0, 400)).toBe(nothing + 400 * EACH + 4 + 4);
});

it("ends 500 sign-ins a second at 10 ms a request, with no more than 80 requests at once", async () => {
  const rate = await purgeRate(1_500);
  const { perSecond, mostAtOnce, left } = rate;
  expect(perSecond).toBeGreaterThanOrEqual(500);
  expect(mostAtOnce).toBeLessThanOrEqual(80);
  expect(left).toBe(0);
  // A million accounts that sign in twice a day.
  expect(purgedADay(rate)).toBeGreaterThanOrEqual(2_000_000);
});
