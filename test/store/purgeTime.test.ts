import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { IndexKey } from "../../src/shared/rows/keys.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";
import { filedIn, isAnyOf, signInMany } from "./purging.ts";
import { DAY, HOUR, keysOf, MIDNIGHT, NOON, SECOND, storeOfEach, withTable } from "./samples.ts";

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

describe("on a slow table", () => {
  let time: VirtualTime;
  beforeEach(() => {
    time = virtualTime();
  });

  /** @param delay What the table does before it answers about a partition. */
  async function expectToEndInTime(delay: (partitionKey: string) => Promise<unknown>) {
    const started = time.now();
    const slow = withTable({ ...store, now: time.now }, slowedTable(store.table, delay));
    let ended: number | undefined;
    const running = purge(slow).finally(() => {
      ended = time.now();
    });
    while (ended === undefined) await time.pass(SECOND);
    await running;
    expect(ended - started).toBeLessThan(120 * SECOND);
  }

  it("gets on in the next run, though a run is filled by accounts at the front that stay silent", async () => {
    await signInMany(store, 300, "sub");
    store.time = MIDNIGHT;
    const isSilent = isAnyOf(...Array(225).keys());
    const answersOnly = async (partitionKey: string) => {
      if (!isSilent(partitionKey)) return;
      await time.sleep(9 * SECOND);
      throw new StoreUnavailable();
    };
    for (let run = 0; run < 2; run++) await expectToEndInTime(answersOnly);
    const ends = store.logged.filter((event) => event !== "purge.progress");
    expect(ends).toEqual(["purge.unfinished", "purge.unfinished"]);
    const left = keysOf(store, /^a\..*head$/).map((key) => key.replace("|head", ""));
    expect(left.filter((partition) => !isSilent(partition))).toEqual([]);
    expect([left.length, filedIn(store).length]).toEqual([225, 225]);

    // When they answer again, they are gone a day later at most.
    await time.pass(DAY);
    await expectToEndInTime(async () => {});
    expect(keysOf(store)).toEqual([]);
  });

  it("ends by itself before the host ends it, however long each answer takes, and the next one goes on there", async () => {
    await signInMany(store, 40, "sub");
    store.time = MIDNIGHT;
    for (let i = 0; i < 100; i++) await useOnce(store, `state ${i}`, NOON);
    for (let i = 0; i < 100; i++) await noteEarlySignOut(store, `stranger ${i}` as IndexKey);
    const size = () => store.table.rows.size;
    let runs = 0;
    for (let before = size() + 1; size() > 0; await time.pass(HOUR)) {
      expect(size()).toBeLessThan(before);
      before = size();
      await expectToEndInTime(() => time.sleep(8.5 * SECOND));
      runs++;
    }
    expect(runs).toBeGreaterThan(1);
    const ends = store.logged.filter((event) => event !== "purge.progress");
    expect(ends).toEqual([...Array(runs - 1).fill("purge.unfinished"), "purge.done"]);
  });
});
