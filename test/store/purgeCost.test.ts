import { expect, it } from "@jest/globals";
import { type Purged, purge } from "../../src/shared/store/purge.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { virtualTime } from "../support/virtualTime.ts";
import { DAY, HOUR, homeOf, memoryStore, NOON, signIn, withTable } from "./samples.ts";

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
  const time = virtualTime();
  const store = { ...memoryStore(), now: time.now };
  const COUNT = 1_500;
  for (let i = 0; i < COUNT; i++) {
    const expiresAt = time.now() + HOUR;
    await signIn(store, { homeAccountId: homeOf(i), sid: `sid ${i}`, expiresAt });
  }
  await time.pass(2 * DAY);

  let underWay = 0;
  let most = 0;
  const slow = slowedTable(store.table, async () => {
    most = Math.max(most, ++underWay);
    await time.sleep(10);
    underWay--;
  });
  const started = time.now();
  let done: Purged | undefined;
  void purge(withTable(store, slow)).then((purged) => {
    done = purged;
  });
  while (done === undefined) await time.pass(50);
  expect(done).toEqual({ expired: COUNT, kept: 0, failed: 0, malformed: 0 });
  expect(store.table.rows.size).toBe(0);
  expect(COUNT / ((time.now() - started) / 1_000)).toBeGreaterThanOrEqual(500);
  expect(most).toBeLessThanOrEqual(80);
});
