import { expect, it } from "@jest/globals";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { signInMany } from "./purging.ts";
import { keysOf, MIDNIGHT, NOON, SECOND, storeOfEach, withTable } from "./samples.ts";

const store = storeOfEach();

/** A purge that works on one thing at a time. */
function purgeSlowly(before: (partitionKey: string) => void) {
  store.time = MIDNIGHT;
  const slow = slowedTable(store.table, async (partitionKey) => before(partitionKey));
  return purge(withTable(store, slow), 1);
}

const ALL = { accounts: 2, used: 1 };
it.each([
  [60 * SECOND - 1, "everything", { accounts: 0, used: 0 }],
  [60 * SECOND, "no further sign-in", { accounts: 1, used: 0 }],
  [75 * SECOND - 1, "no further sign-in", { accounts: 1, used: 0 }],
  [75 * SECOND, "no further row", { accounts: 1, used: 1 }],
  [90 * SECOND - 1, "no further row", { accounts: 1, used: 1 }],
  [90 * SECOND, "no further request", ALL],
])("where a request takes %i ms, it goes on with %s", async (takes, _, left) => {
  await signInMany(store, 2);
  // Of announcements, which go as what was used does, there are none by then.
  for (const key of keysOf(store, /^t\./)) store.table.rows.delete(key);
  await useOnce(store, "state", NOON);
  await purgeSlowly((partitionKey) => {
    // The first one about an account.
    if (partitionKey.startsWith("a.")) store.time = MIDNIGHT + takes;
  });
  expect({
    accounts: keysOf(store, /^a\..*head$/).length,
    used: keysOf(store, /^t\./).length,
  }).toEqual(left);
});

it("tells every ten seconds how far it is, and how it ended", async () => {
  await signInMany(store, 5);
  const [row = ""] = keysOf(store, /^x\./);
  store.table.rows.set(row, { ...store.table.rows.get(row), sids: "none" } as never);
  // Five seconds for each sign-in, and none for the first, which names nothing.
  await purgeSlowly((partitionKey) => {
    if (partitionKey.startsWith("s.")) store.time += 2_500;
  });
  const [, partitionKey, rowKey] = /(.*)\|(.*)/.exec(row) ?? [];
  const said = { expired: 0, kept: 0, failed: 0, malformed: 1 };
  expect(store.lines).toEqual([
    ["warn", "purge.malformed", { day: partitionKey, row: rowKey }],
    ["info", "purge.progress", { ...said, ms: 10_000 }],
    ["info", "purge.progress", { ...said, ms: 20_000 }],
    ["info", "purge.done", { ...said, expired: 4, ms: 20_000 }],
  ]);
});
