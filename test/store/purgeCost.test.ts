import { expect, it } from "@jest/globals";
import type { HomeAccountId, Sid } from "../../src/shared/rows/keys.ts";
import { type Purged, purge } from "../../src/shared/store/purge.ts";
import { storeSignIn } from "../../src/shared/store/signIn.ts";
import type { Table } from "../../src/shared/table/table.ts";
import { virtualTime } from "../support/virtualTime.ts";
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
    const homeAccountId = `${i}.tenant` as HomeAccountId;
    const session = sessionOf({ homeAccountId, expiresAt: time.now() + HOUR });
    await storeSignIn(store, { session, cache: cacheOf(), sids: [`sid ${i}` as Sid] });
  }
  await time.pass(2 * DAY);

  let underWay = 0;
  let most = 0;
  const slowly =
    <A extends unknown[], T>(request: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      most = Math.max(most, ++underWay);
      await time.sleep(10);
      underWay--;
      return await request(...args);
    };
  const { get, remove, transact, list } = store.table;
  const table: Table = {
    ...store.table,
    get: slowly(get) as Table["get"],
    remove: slowly(remove),
    transact: slowly(transact),
    async *list(from, to) {
      let count = 0;
      for await (const row of list<never>(from, to)) {
        if (count++ % 200 === 0) await time.sleep(10);
        yield row;
      }
    },
  };
  const started = time.now();
  let done: Purged | undefined;
  void purge({ ...store, table }).then((purged) => {
    done = purged;
  });
  while (done === undefined) await time.pass(50);
  expect(done).toEqual({ expired: COUNT, kept: 0, failed: 0, malformed: 0 });
  expect(store.table.rows.size).toBe(0);
  expect(COUNT / ((time.now() - started) / 1_000)).toBeGreaterThanOrEqual(500);
  expect(most).toBeLessThanOrEqual(80);
});
