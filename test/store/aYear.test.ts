import { expect, it } from "@jest/globals";
import type { Sid } from "../../src/shared/rows/keys.ts";
import { describeAccount } from "../../src/shared/store/describe.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import { DAY, HOME, HOUR, MIDNIGHT, MINUTE, memoryStore, signIn } from "./samples.ts";

const DAYS = 365;

/** Rows by the kind of their partition: `a`, `s`, `u`, `x`. */
function census(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key[0] ?? ""] = (counts[key[0] ?? ""] ?? 0) + 1;
  return counts;
}

it.each([
  ["with a provider session of its own each time", (count: number) => `sid ${count}`],
  ["with one provider session", () => "sid"],
])("two sign-ins a day leave after a year what they left after a day, %s", async (_, sidOf) => {
  const store = memoryStore(MIDNIGHT);
  let count = 0;
  const days: { rows: Record<string, number>; requests: number }[] = [];
  for (let day = 0; day <= DAYS; day++) {
    let requests = 0;
    for (let hour = 0; hour < 24; hour++) {
      store.time = MIDNIGHT + day * DAY + hour * HOUR + 7 * MINUTE;
      const before = store.table.operations.length;
      await purge(store);
      requests += store.table.operations.length - before;
      if (hour === 8 || hour === 19) {
        const expiresAt = store.time + 12 * HOUR;
        await signIn(store, { sid: sidOf(++count), subject: "adele", expiresAt });
      }
      if (hour === 12) days.push({ rows: census(store.table.rows.keys()), requests: 0 });
    }
    days[day] = { rows: days[day]?.rows ?? {}, requests };
    store.table.operations.length = 0;
  }
  // From the second day on there is something to purge, and an evening before.
  expect(days[DAYS]).toEqual(days[2]);
  expect(days.slice(2).every(({ requests }) => requests === days[2]?.requests)).toBe(true);
  expect(days[DAYS]?.rows).toMatchObject({ a: 2, u: 1 });

  // Who signed out of the provider long ago does not end what is in use today, and who does so today does.
  if (sidOf(1) !== sidOf(2)) await signOutByFrontChannel(store, sidOf(1) as Sid);
  expect(await describeAccount(store, HOME)).toBeDefined();
  await signOutByFrontChannel(store, sidOf(count) as Sid);
  expect(await describeAccount(store, HOME)).toBeUndefined();
  store.time += 3 * DAY;
  await purge(store);
  expect([...store.table.rows.keys()]).toEqual([]);
});

it("signing in again and again on one day leaves the rows of one sign-in", async () => {
  const store = memoryStore();
  const counts: number[] = [];
  for (let i = 0; i < 50; i++) {
    store.time += MINUTE;
    await signIn(store, { subject: "adele", expiresAt: store.time + 8 * HOUR });
    counts.push(store.table.rows.size);
  }
  expect(counts[49]).toBe(counts[0]);
});
