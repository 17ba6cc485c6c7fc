import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import {
  accountPartition,
  type HomeAccountId,
  type IndexKey,
  type PartitionKey,
  type Sid,
  sidPartition,
} from "../../src/shared/rows/keys.ts";
import { describeAccount } from "../../src/shared/store/describe.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { fileForExpiry, overAt } from "../../src/shared/store/expiry.ts";
import { fence, readHead } from "../../src/shared/store/generation.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { storeSignIn } from "../../src/shared/store/signIn.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import type { Stored, Table, Value } from "../../src/shared/table/table.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";
import {
  cacheOf,
  DAY,
  HOME,
  HOUR,
  type MemoryStore,
  MINUTE,
  memoryStore,
  NOON,
  sessionOf,
} from "./samples.ts";

const MIDNIGHT = NOON + 12 * HOUR;
let store: MemoryStore;
beforeEach(() => {
  store = memoryStore();
});

const keys = () => [...store.table.rows.keys()];
const filed = () => keys().flatMap((key) => /^x\.([^|]+)/.exec(key)?.[1] ?? []);
function signIn(expiresAt: number, sid = "sid", homeAccountId = HOME) {
  const session = sessionOf({
    homeAccountId: homeAccountId as HomeAccountId,
    signedInAt: store.time,
    expiresAt,
  });
  return storeSignIn(store, {
    session,
    cache: cacheOf(),
    sids: [sid as Sid],
    subject: `${sid}.sub`,
  });
}
async function purgeAt(time: number) {
  store.time = time;
  return await purge(store);
}

describe("fileForExpiry", () => {
  it.each([
    ["the day it expires", NOON, NOON + 3 * DAY, "2026-01-18"],
    [
      "not a day on which its requests may still run",
      MIDNIGHT - MINUTE,
      MIDNIGHT - 1,
      "2026-01-16",
    ],
    ["today, if that is an hour away from its end", NOON, NOON - DAY, "2026-01-15"],
  ])("files under %s, once", async (_, now, expiresAt, day) => {
    store.time = now;
    const partition = "a.1" as PartitionKey;
    const sids = ["s.1", "u.1"] as IndexKey[];
    const over = overAt(store, expiresAt);
    await fileForExpiry(store, partition, sids, over);
    await fileForExpiry(store, partition, sids, over);
    expect(filed()).toEqual([day]);
    expect([...store.table.rows.values()][0]).toMatchObject({ partition, sids: "s.1 u.1" });
    // What is another thing in any way is filed by itself.
    await fileForExpiry(store, "a.2" as PartitionKey, sids, over);
    await fileForExpiry(store, partition, ["s.1" as IndexKey], over);
    expect(filed()).toEqual([day, day, day]);
  });
});

describe("purge", () => {
  it("leaves nothing of what has expired", async () => {
    await signIn(NOON + 8 * HOUR);
    await signIn(NOON + 6 * HOUR, "sid 2", `other.${HOME}` as HomeAccountId);
    await useOnce(store, "state", NOON + HOUR);
    await noteEarlySignOut(store, "stranger" as IndexKey);
    expect(await purgeAt(MIDNIGHT)).toMatchObject({ expired: 2, kept: 0, failed: 0, malformed: 0 });
    expect(keys()).toEqual([]);
    expect(store.logged).toContain("purge.done");
  });

  it("touches nothing before the day is over", async () => {
    await signIn(NOON + HOUR);
    const before = new Map(store.table.rows);
    expect(await purgeAt(MIDNIGHT - 1)).toMatchObject({
      expired: 0,
      kept: 0,
      failed: 0,
      malformed: 0,
    });
    expect(store.table.rows).toEqual(before);
  });

  it("reads only what is filed under past days", async () => {
    await signIn(NOON + 8 * HOUR);
    await signIn(NOON + 5 * DAY, "sid 2", `other.${HOME}` as HomeAccountId);
    store.table.operations.length = 0;
    expect(await purgeAt(MIDNIGHT)).toMatchObject({ expired: 1, kept: 0, failed: 0, malformed: 0 });
    const lists = store.table.operations.filter((operation) => operation.startsWith("list"));
    expect(lists).toEqual(["list x. x.2026-01-16", "list t. t.2026-01-16", "list e f"]);
    expect(await describeAccount(store, HOME)).toBeUndefined();
    expect(await describeAccount(store, `other.${HOME}` as HomeAccountId)).toBeDefined();
    expect(filed()).toEqual(["2026-01-20"]);
  });

  it("leaves an account that is still in use, and what leads to its sessions", async () => {
    await signIn(NOON + 8 * HOUR);
    await signIn(NOON + 2 * DAY, "sid 2");
    expect(filed()).toEqual(["2026-01-15", "2026-01-17"]);
    expect(await purgeAt(MIDNIGHT)).toMatchObject({ expired: 0, kept: 1, failed: 0, malformed: 0 });
    expect(filed()).toEqual(["2026-01-17"]);
    expect(keys().filter((key) => key.startsWith("s."))).toEqual([
      `${sidPartition("sid 2" as Sid)}|sid`,
    ]);
    expect(await describeAccount(store, HOME)).toBeDefined();
    expect(await purgeAt(MIDNIGHT + 2 * DAY)).toMatchObject({
      expired: 1,
      kept: 0,
      failed: 0,
      malformed: 0,
    });
    expect(keys()).toEqual([]);
  });

  it("leaves what a newer generation of the account needs", async () => {
    await signIn(NOON + 8 * HOUR);
    await signOutByFrontChannel(store, "sid" as Sid);
    await signIn(NOON + 2 * DAY, "sid 2");
    expect(await purgeAt(MIDNIGHT)).toMatchObject({ expired: 0, kept: 1, failed: 0, malformed: 0 });
    expect(await describeAccount(store, HOME)).toBeDefined();
    await purgeAt(MIDNIGHT + 2 * DAY);
    expect(keys()).toEqual([]);
  });

  it("keeps a sign-out's tombstone until every sign-in that may need it is over", async () => {
    await signIn(NOON + 8 * HOUR);
    store.time = MIDNIGHT - MINUTE;
    await signOutByFrontChannel(store, "sid" as Sid);
    const before = keys();
    expect(await purgeAt(MIDNIGHT + 58 * MINUTE)).toMatchObject({
      expired: 0,
      kept: 0,
      failed: 0,
      malformed: 0,
    });
    expect(keys().filter((key) => key.startsWith("s."))).toHaveLength(1);
    expect(filed()).toHaveLength(1);
    expect(before).toEqual(expect.arrayContaining(keys()));
    expect(await purgeAt(MIDNIGHT + 59 * MINUTE)).toMatchObject({
      expired: 1,
      kept: 0,
      failed: 0,
      malformed: 0,
    });
    expect(keys()).toEqual([]);
  });

  it("keeps a head until every sign-in that may have read it is over", async () => {
    store.time = MIDNIGHT - 90 * MINUTE;
    await fence(store, "a.1" as PartitionKey, undefined);
    store.time = MIDNIGHT - MINUTE;
    await fence(store, "a.1" as PartitionKey, await readHead(store, "a.1" as PartitionKey));
    expect(await purgeAt(MIDNIGHT + 58 * MINUTE)).toMatchObject({
      expired: 0,
      kept: 0,
      failed: 0,
      malformed: 0,
    });
    expect(keys()).toContain("a.1|head");
    expect(await purgeAt(MIDNIGHT + 59 * MINUTE)).toMatchObject({
      expired: 1,
      kept: 0,
      failed: 0,
      malformed: 0,
    });
    expect(keys()).toEqual([]);
  });

  it("leaves an account that a sign-in joins at that moment", async () => {
    await signIn(NOON + 8 * HOUR);
    store.table.before = () => signIn(NOON + 2 * DAY, "sid 2");
    expect(await purgeAt(MIDNIGHT)).toMatchObject({ expired: 0, kept: 1, failed: 0, malformed: 0 });
    expect((await describeAccount(store, HOME))?.expiresAt).toBe("2026-01-17T12:00:00.000Z");
  });

  it("is finished by the next one, wherever it stops", async () => {
    await signIn(NOON + 8 * HOUR);
    const rows = new Map(store.table.rows);
    for (let steps = 0; ; steps++) {
      store = memoryStore(MIDNIGHT);
      for (const [key, row] of rows) store.table.rows.set(key, row);
      let left = steps;
      const dying =
        <A extends unknown[], T>(request: (...args: A) => Promise<T>) =>
        async (...args: A) => {
          if (left-- <= 0) throw new Error("The process ended.");
          return await request(...args);
        };
      const { remove, transact } = store.table;
      const table = { ...store.table, remove: dying(remove), transact: dying(transact) };
      const died = await purge({ ...store, table }).then(
        () => false,
        () => true,
      );
      // What is left is filed.
      expect(keys().every((key) => key.startsWith("t."))).toBe(filed().length === 0);
      await purge(store);
      expect(keys()).toEqual([]);
      // The two announcements go with one request.
      if (!died) return expect(steps).toBe(rows.size - 1);
    }
  });

  it.each<[string, Partial<Record<string, Value>> | "sid" | "head"]>([
    ["an expiry row that names nothing", { sids: undefined, partition: undefined }],
    ["one that names what is no key", { partition: "a.1/2" }],
    ["one that names other kinds of rows", { sids: "a.1 t.2" }],
    ["one of numbers", { partition: 1, generation: 2, sids: 3 }],
    ["one with a generation of another kind", { generation: true }],
    ["a sid row without a time", "sid"],
    ["a head without a time", "head"],
  ])("is stopped by nothing: %s is said and counted, and stays", async (_, damage) => {
    await signIn(NOON + 8 * HOUR, "sid 2", `other.${HOME}` as HomeAccountId);
    await signIn(NOON + 8 * HOUR);
    const name = sidPartition("sid" as Sid);
    const partition = accountPartition(HOME);
    for (const [key, row] of store.table.rows) {
      const { changedAt: _time, ...timeless } = row;
      if (key === `${name}|sid` && damage === "sid") store.table.rows.set(key, timeless as Stored);
      if (key === `${partition}|head` && damage === "head")
        store.table.rows.set(key, timeless as Stored);
      if (row.partition === partition && key.startsWith("x.") && typeof damage === "object") {
        store.table.rows.set(key, { ...row, ...damage } as Stored);
      }
    }
    expect(await purgeAt(MIDNIGHT)).toEqual({ expired: 1, kept: 0, failed: 0, malformed: 1 });
    expect(store.logged).toEqual(["purge.malformed", "purge.done"]);
    expect(filed()).toHaveLength(1);
    // Nothing of the others is left.
    expect(keys().join()).not.toContain(accountPartition(`other.${HOME}` as HomeAccountId));
    expect(await purge(store)).toMatchObject({ malformed: 1 });
  });

  it("is not stopped by an early sign-out's row that is nothing of the kind", async () => {
    await store.table.insert({ partitionKey: "e", rowKey: "00", tombstones: "none" });
    await store.table.insert({ partitionKey: "e", rowKey: "01" });
    await purgeAt(MIDNIGHT);
    expect(keys()).toEqual([]);
  });

  it("goes on past an account that does not answer, which the next one finds", async () => {
    for (let i = 0; i < 40; i++)
      await signIn(NOON + 8 * HOUR, `sid ${i}`, `${i}.${HOME}` as HomeAccountId);
    const silent = new Set([
      accountPartition(`3.${HOME}` as HomeAccountId),
      accountPartition(`30.${HOME}` as HomeAccountId),
    ]);
    const { get } = store.table;
    const table: Table = {
      ...store.table,
      get: async (partitionKey, rowKey) => {
        if (silent.has(partitionKey as PartitionKey)) throw new StoreUnavailable();
        return await get(partitionKey, rowKey);
      },
    };
    store.time = MIDNIGHT;
    expect(await purge({ ...store, table })).toMatchObject({ expired: 38, failed: 2 });
    expect(store.logged).toEqual(["purge.unfinished"]);
    expect(filed()).toHaveLength(2);
    expect(await purge(store)).toMatchObject({ expired: 2, failed: 0 });
    expect(keys()).toEqual([]);
  });

  it("goes on past expiry rows that cannot be removed, and counts them", async () => {
    for (let i = 0; i < 3; i++)
      await signIn(NOON + 8 * HOUR, `sid ${i}`, `${i}.${HOME}` as HomeAccountId);
    await useOnce(store, "state", NOON);
    const { transact } = store.table;
    const table: Table = {
      ...store.table,
      transact: async (writes) => {
        if (writes[0]?.entity.partitionKey.startsWith("x.")) throw new StoreUnavailable();
        return await transact(writes);
      },
    };
    store.time = MIDNIGHT;
    expect(await purge({ ...store, table })).toMatchObject({ expired: 0, failed: 3 });
    expect(store.logged).toEqual(["purge.unfinished"]);
    expect(keys()).toEqual(filed().map(() => expect.stringMatching(/^x\./)));
    expect(await purge(store)).toMatchObject({ failed: 0 });
    expect(keys()).toEqual([]);
  });

  it("ends by itself before the host ends it, and the next one goes on there", async () => {
    for (let i = 0; i < 100; i++)
      await signIn(NOON + 8 * HOUR, `sid ${i}`, `${i}.${HOME}` as HomeAccountId);
    await useOnce(store, "state", NOON);
    // Every deletion takes five seconds, of sixteen accounts at once.
    const { remove } = store.table;
    const slow: Table = {
      ...store.table,
      remove: async (...row) => {
        store.time += 5_000 / 16;
        return await remove(...row);
      },
    };
    store.time = MIDNIGHT;
    let runs = 0;
    for (let before = 100; filed().length > 0; before = filed().length) {
      const started = store.time;
      await purge({ ...store, table: slow });
      expect(store.time - started).toBeLessThan(120_000);
      expect(filed().length).toBeLessThan(before);
      runs++;
    }
    expect(runs).toBeGreaterThan(1);
    expect(store.logged.filter((event) => event === "purge.unfinished").length).toBe(runs - 1);
    expect(store.logged.at(-1)).toBe("purge.done");
    expect(keys()).toEqual([]);
  });

  describe("on a slow table", () => {
    const SECOND = 1_000;
    let time: VirtualTime;
    beforeEach(() => {
      time = virtualTime();
    });

    /** @param delay What it does before it answers about a partition. @returns how long it ran, on its own clock. */
    async function run(delay: (partitionKey: string) => Promise<unknown>): Promise<number> {
      const { get, insert, remove } = store.table;
      const table: Table = {
        ...store.table,
        get: async (partitionKey, rowKey) => {
          await delay(partitionKey);
          return await get(partitionKey, rowKey);
        },
        insert: async (entity) => {
          await delay(entity.partitionKey);
          return await insert(entity);
        },
        remove: async (partitionKey, ...row) => {
          await delay(partitionKey);
          return await remove(partitionKey, ...row);
        },
      };
      const started = time.now();
      let ended: number | undefined;
      const running = purge({ ...store, now: time.now, table }).finally(() => {
        ended = time.now();
      });
      while (ended === undefined) await time.pass(SECOND);
      await running;
      return ended - started;
    }

    it("gets on in the next run, though a run is filled by accounts at the front that stay silent", async () => {
      for (let i = 0; i < 300; i++)
        await signIn(NOON + 8 * HOUR, `sid ${i}`, `${i}.${HOME}` as HomeAccountId);
      const silent = new Set(
        Array.from({ length: 225 }, (_, i) => accountPartition(`${i}.${HOME}` as HomeAccountId)),
      );
      const answersOnly = async (partitionKey: string) => {
        if (!silent.has(partitionKey as PartitionKey)) return;
        await time.sleep(9 * SECOND);
        throw new StoreUnavailable();
      };
      expect(await run(answersOnly)).toBeLessThan(120 * SECOND);
      expect(await run(answersOnly)).toBeLessThan(120 * SECOND);
      const ends = store.logged.filter((event) => event !== "purge.progress");
      expect(ends).toEqual(["purge.unfinished", "purge.unfinished"]);
      const left = keys().filter((key) => /^a\..*head$/.test(key));
      expect(
        left.filter((key) => !silent.has(key.slice(0, -"|head".length) as PartitionKey)),
      ).toEqual([]);
      expect(left).toHaveLength(225);
      expect(filed()).toHaveLength(225);

      // When they answer again, they are gone a day later at most.
      await time.pass(DAY);
      await run(async () => {});
      expect(keys()).toEqual([]);
    });

    it("ends by itself before the host ends it, however long each answer takes", async () => {
      for (let i = 0; i < 40; i++)
        await signIn(NOON + 8 * HOUR, `sid ${i}`, `${i}.${HOME}` as HomeAccountId);
      for (let i = 0; i < 100; i++) await useOnce(store, `state ${i}`, NOON);
      for (let i = 0; i < 100; i++) await noteEarlySignOut(store, `stranger ${i}` as IndexKey);
      const rows = () => store.table.rows.size;
      for (let before = rows() + 1; rows() > 0; await time.pass(HOUR)) {
        expect(rows()).toBeLessThan(before);
        before = rows();
        expect(await run(() => time.sleep(8.5 * SECOND))).toBeLessThan(120 * SECOND);
      }
      expect(store.logged).toContain("purge.unfinished");
      expect(store.logged.at(-1)).toBe("purge.done");
    });
  });

  it("keeps what the release before wrote with the account that it belongs to", async () => {
    await signIn(NOON + 8 * HOUR);
    await signIn(NOON + 2 * DAY, "sid 2");
    for (const [key, { expiresAt: _, keyId: __, mac: ___, ...row }] of store.table.rows) {
      if (/^[su]\./.test(key)) store.table.rows.set(key, row as Stored);
    }
    expect(await purgeAt(MIDNIGHT)).toMatchObject({ expired: 0, kept: 1 });
    await signOutByFrontChannel(store, "sid" as Sid);
    expect(await describeAccount(store, HOME)).toBeUndefined();
    await purgeAt(MIDNIGHT + 2 * DAY);
    expect(keys()).toEqual([]);
  });

  it("throws when the table is silent", async () => {
    store.table.down = true;
    await expect(purge(store)).rejects.toThrow("Table Storage does not answer.");
  });
});
