import { describe, expect, it } from "@jest/globals";
import { accountPartition, type IndexKey, type PartitionKey } from "../../src/shared/rows/keys.ts";
import { describeAccount } from "../../src/shared/store/describe.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { fileForExpiry, overAt } from "../../src/shared/store/expiry.ts";
import { fence, readHead } from "../../src/shared/store/generation.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { expectPurge, filedIn } from "./purging.ts";
import {
  DAY,
  HOME,
  HOUR,
  homeOf,
  keysOf,
  MIDNIGHT,
  MINUTE,
  NOON,
  SID,
  signIn as signInTo,
  storeOfEach,
} from "./samples.ts";

const ACCOUNT = "a.1" as PartitionKey;
const store = storeOfEach();

const filed = () => filedIn(store);
const signIn = (expiresAt: number, sid = "sid", homeAccountId = HOME) =>
  signInTo(store, { homeAccountId, expiresAt, sid, subject: `${sid}.sub` });
describe("fileForExpiry", () => {
  it.each([
    ["the day it expires", NOON, NOON + 3 * DAY, "2026-01-18"],
    ["not a day on which its requests may run", MIDNIGHT - MINUTE, MIDNIGHT - 1, "2026-01-16"],
    ["today, if that is an hour away from its end", NOON, NOON - DAY, "2026-01-15"],
  ])("files under %s, once", async (_, now, expiresAt, day) => {
    store.time = now;
    const sids = ["s.1", "u.1"] as IndexKey[];
    const over = overAt(store, expiresAt);
    await fileForExpiry(store, ACCOUNT, sids, over);
    await fileForExpiry(store, ACCOUNT, sids, over);
    expect(filed()).toEqual([day]);
    expect([...store.table.rows.values()]).toMatchObject([{ partition: ACCOUNT, sids: "s.1 u.1" }]);
    // What is another thing in any way is filed by itself.
    await fileForExpiry(store, "a.2" as PartitionKey, sids, over);
    await fileForExpiry(store, ACCOUNT, ["s.1" as IndexKey], over);
    expect(filed()).toEqual([day, day, day]);
  });
});

describe("purge", () => {
  it("leaves nothing of what has expired, and touches nothing before the day is over", async () => {
    await signIn(NOON + 8 * HOUR);
    await signIn(NOON + 6 * HOUR, "sid 2", homeOf("other"));
    await useOnce(store, "state", NOON + HOUR);
    const before = new Map(store.table.rows);
    await expectPurge(store, MIDNIGHT - 1);
    expect(store.table.rows).toEqual(before);

    await noteEarlySignOut(store, "stranger" as IndexKey);
    // They are nothing of the kind.
    await store.table.insert({ partitionKey: "e", rowKey: "+0", tombstones: "none" });
    await store.table.insert({ partitionKey: "e", rowKey: "+1" });
    await expectPurge(store, MIDNIGHT + 30 * MINUTE, { expired: 2 });
    expect(keysOf(store)).toEqual([]);
    expect(store.logged).toContain("purge.done");
  });

  it("reads only what is filed under past days", async () => {
    await signIn(NOON + 8 * HOUR);
    await signIn(NOON + 5 * DAY, "sid 2", homeOf("other"));
    store.table.operations.length = 0;
    await expectPurge(store, MIDNIGHT, { expired: 1 });
    const lists = store.table.operations.filter((operation) => operation.startsWith("list"));
    expect(lists).toEqual(["list x. x.2026-01-16", "list t. t.2026-01-16", "list e f"]);
    expect(await describeAccount(store, HOME)).toBeUndefined();
    expect(await describeAccount(store, homeOf("other"))).toBeDefined();
    expect(filed()).toEqual(["2026-01-20"]);
  });

  it.each<[string, RegExp, () => Promise<unknown>]>([
    [
      "a sign-out's tombstone",
      /^s\./,
      async () => {
        await signIn(NOON + 8 * HOUR);
        store.time = MIDNIGHT - MINUTE;
        await signOutByFrontChannel(store, SID);
      },
    ],
    [
      "a head",
      /^a\.1\|head$/,
      async () => {
        store.time = MIDNIGHT - 90 * MINUTE;
        await fence(store, ACCOUNT, undefined);
        store.time = MIDNIGHT - MINUTE;
        await fence(store, ACCOUNT, await readHead(store, ACCOUNT));
      },
    ],
  ])("keeps %s until every sign-in that may need it is over", async (_, kept, leave) => {
    await leave();
    const before = keysOf(store);
    await expectPurge(store, MIDNIGHT + 58 * MINUTE);
    expect(keysOf(store, kept)).toHaveLength(1);
    expect(filed()).toHaveLength(1);
    expect(before).toEqual(expect.arrayContaining(keysOf(store)));
    await expectPurge(store, MIDNIGHT + 59 * MINUTE, { expired: 1 });
    expect(keysOf(store)).toEqual([]);
  });

  it.each<[string, object | RegExp]>([
    ["an expiry row that names nothing", { sids: undefined, partition: undefined }],
    ["one that names what is no key", { partition: "a.1/2" }],
    ["one that names other kinds of rows", { sids: "a.1 t.2" }],
    ["one of numbers", { partition: 1, generation: 2, sids: 3 }],
    ["one with a generation of another kind", { generation: true }],
    ["a sid row without a time", /^s\./],
    ["a head without a time", /\|head$/],
  ])("is stopped by nothing: %s is said and counted, and stays", async (_, damage) => {
    await signIn(NOON + 8 * HOUR);
    const [damaged, changes] =
      damage instanceof RegExp ? [damage, { changedAt: undefined }] : [/^x\./, damage];
    const [key = ""] = keysOf(store, damaged);
    store.table.rows.set(key, { ...store.table.rows.get(key), ...changes } as Stored);
    await signIn(NOON + 8 * HOUR, "sid 2", homeOf("other"));
    await expectPurge(store, MIDNIGHT, { expired: 1, malformed: 1 });
    expect(store.logged).toEqual(["purge.malformed", "purge.done"]);
    expect(filed()).toHaveLength(1);
    // Nothing of the others is left.
    expect(keysOf(store).join()).not.toContain(accountPartition(homeOf("other")));
    await expectPurge(store, MIDNIGHT, { malformed: 1 });
  });

  it("throws when the table is silent", async () => {
    store.table.down = true;
    await expect(purge(store)).rejects.toThrow("Table Storage does not answer.");
  });
});
