import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { accountPartition, type IndexKey, type Sid } from "../../src/shared/rows/keys.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { signInMany as enter, isAnyOf } from "./purging.ts";
import {
  asTheReleaseBefore,
  DAY,
  HOUR,
  homeOf,
  keysOf,
  MIDNIGHT,
  NOON,
  renew,
  SECOND,
  signIn,
  storeOfEach,
  tokenRowsOf,
  withTable,
} from "./samples.ts";

const store = storeOfEach();

/** Of yesterday. */
async function signInMany(count: number) {
  await enter(store, count, "sub");
  store.time = MIDNIGHT;
}
const accountOf = (row: Stored | undefined) =>
  row?.partitionKey.startsWith("a.") ? row.partitionKey : row?.partition;

describe("is finished by the next one, wherever its process ends", () => {
  /** What it starts with, and what the table does before it answers about a partition. */
  const SCENES: readonly [string, () => Promise<unknown>, ((partitionKey: string) => void)?][] = [
    [
      "when everything has expired",
      async () => {
        await signInMany(1);
        await useOnce(store, "state", NOON);
        await noteEarlySignOut(store, "stranger" as IndexKey);
      },
    ],
    [
      "when an account is in use that the release before wrote",
      async () => {
        const adele = { homeAccountId: homeOf(0), subject: "sub" };
        await signIn(store, { ...adele, expiresAt: NOON + 8 * HOUR });
        await signIn(store, { ...adele, expiresAt: NOON + 2 * DAY, sid: "sid 2" });
        asTheReleaseBefore(store);
      },
    ],
    [
      "when it files an account for the next day that did not answer in time",
      () => signInMany(2),
      (partitionKey) => {
        if (!isAnyOf(0)(partitionKey)) return;
        store.time = MIDNIGHT + HOUR + 60 * SECOND;
        throw new StoreUnavailable();
      },
    ],
  ];

  const SIDS = ["sid", "sid 0", "sid 1", "sid 2"] as Sid[];

  it.each(SCENES)("%s", async (_, fill, disturb = () => {}) => {
    store.time = NOON;
    await fill();
    const rows = new Map(store.table.rows);
    for (let steps = 0, isOver = false; !isOver; steps++) {
      renew(store, MIDNIGHT + HOUR);
      for (const [key, row] of rows) store.table.rows.set(key, row);
      let left = steps;
      const dying = slowedTable(store.table, async (partitionKey) => {
        // Nothing comes of it that waits for this request. All else goes on.
        if (left-- === 0) await new Promise(() => {});
        disturb(partitionKey);
      });
      const running = purge(withTable(store, dying), 1).then(() => "over");
      const outcome = await Promise.race([running, setImmediate("under way")]);
      isOver = left >= 0;
      expect(outcome).toBe(isOver ? "over" : "under way");
      const accounts = (pattern: RegExp) =>
        keysOf(store, pattern).map((key) => accountOf(store.table.rows.get(key)));
      expect(accounts(/^x\./)).toEqual(expect.arrayContaining(accounts(/^[asu]\./)));

      const there = new Map(store.table.rows);
      const restore = () => {
        store.table.rows.clear();
        for (const row of there) store.table.rows.set(...row);
      };

      // Tokens that are still there can still be signed out.
      for (const sid of SIDS) await signOutByFrontChannel(store, sid);
      expect(tokenRowsOf(store)).toEqual([]);

      // A sign-in that comes before the next one outlives it, and can be signed out.
      restore();
      const expiresAt = store.time + 8 * HOUR;
      const who = { homeAccountId: homeOf(0), subject: "sub 0" };
      const held = await signIn(store, { ...who, sid: "sid 0", expiresAt });
      await purge(store);
      expect(await readSession(store, held)).toBeDefined();
      await signOutByFrontChannel(store, "sid 0" as Sid);
      expect(await readSession(store, held)).toBeUndefined();

      restore();
      store.time = MIDNIGHT + 3 * DAY;
      await purge(store);
      expect(keysOf(store)).toEqual([]);
    }
  });
});

/** A timer may fire on two instances, and an operator may run it besides. */
it("fails at nothing where another one overtakes it at any moment, and takes nothing that is in use", async () => {
  const IN_USE = accountPartition(homeOf("in-use"));
  for (let steps = 0, isOvertaken = true; isOvertaken; steps++) {
    renew(store);
    for (const [sid, hours] of [
      ["over", 8],
      ["in use", 48],
    ] as const) {
      const who = { homeAccountId: homeOf("in-use"), sid, subject: `${sid}.sub` };
      await signIn(store, { ...who, expiresAt: NOON + hours * HOUR });
    }
    await noteEarlySignOut(store, "early" as IndexKey);
    await signInMany(4);
    store.time = NOON + DAY;
    let left = steps;
    const overtaken = slowedTable(store.table, async () => {
      if (left-- === 0) await purge(store);
    });
    const found = await purge(withTable(store, overtaken));
    expect(found).toMatchObject({ failed: 0, malformed: 0 });
    isOvertaken = left < 0;
    expect(store.logged.at(-1)).toBe("purge.done");
    const kinds = keysOf(store).map((key) => key.replace(IN_USE, "in use").replace(/\..*/, ""));
    expect(kinds.sort()).toEqual(["in use|c", "in use|head", "s", "u", "x"]);
  }
});
