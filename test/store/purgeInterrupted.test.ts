import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { accountPartition, type IndexKey, type Sid } from "../../src/shared/rows/keys.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { TableFault } from "../../src/shared/table/tableFault.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";
import { signInMany as enter } from "./purging.ts";
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
const isAnyOf = (...numbers: readonly number[]) => {
  const partitions = new Set<string>(numbers.map((i) => accountPartition(homeOf(i))));
  return (partitionKey: string) => partitions.has(partitionKey);
};
const accountOf = (row: Stored | undefined) =>
  row?.partitionKey.startsWith("a.") ? row.partitionKey : row?.partition;
const filed = () => keysOf(store, /^x\./);

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

it("goes on past accounts that do not answer, which the next one finds", async () => {
  await signInMany(40);
  const isSilent = isAnyOf(3, 30);
  const away = slowedTable(store.table, async (partitionKey) => {
    if (isSilent(partitionKey)) throw new StoreUnavailable();
  });
  expect(await purge(withTable(store, away))).toMatchObject({ expired: 38, failed: 2 });
  expect(store.logged).toEqual(["purge.unfinished"]);
  expect(filed()).toHaveLength(2);
  expect(await purge(store)).toMatchObject({ expired: 2, failed: 0 });
  expect(keysOf(store)).toEqual([]);
});

it.each([
  ["accounts", /^a\./, 3, 0],
  ["expiry rows", /^x\./, 3, 0],
  // With two announcements of each sign-in.
  ["what was used", /^t\./, 7, 3],
  ["early sign-outs", /^e/, 1, 3],
])(
  "goes on past %s that cannot be removed, counts them, and says what storage said",
  async (_, kind, failed, expired) => {
    await signInMany(3);
    await useOnce(store, "state", NOON);
    await noteEarlySignOut(store, "stranger" as IndexKey);
    store.time += HOUR;
    const said = { operation: "delete", table: "T", host: "h", fix: "Wait." } as const;
    let faults = 0;
    const orFail = (key: string) => {
      if (!kind.test(key)) return;
      const cause = new TableFault({
        ...said,
        code: `fault ${++faults}`,
        status: 500,
        requestId: undefined,
      });
      throw new StoreUnavailable(undefined, { cause });
    };
    const { remove, transact } = store.table;
    const stuck = withTable(store, {
      async remove(...row) {
        orFail(row[0]);
        return await remove(...row);
      },
      async transact(writes) {
        for (const { entity } of writes) orFail(entity.partitionKey);
        return await transact(writes);
      },
    });
    const purged = { expired, kept: 0, failed, malformed: 0 };
    expect(await purge(stuck)).toEqual(purged);
    const details = { ...purged, ms: 0, ...said, code: "fault 1" };
    expect(store.lines).toEqual([["warn", "purge.unfinished", details]]);
    expect(keysOf(store, kind).length).toBeGreaterThan(0);
    expect(await purge(store)).toMatchObject({ failed: 0 });
    expect(keysOf(store)).toEqual([]);
  },
);

it.each([/^a\./, /^x\./])("is ended by an error that is not storage's, about %s", async (kind) => {
  await signInMany(1);
  const broken = slowedTable(store.table, async (partitionKey) => {
    if (kind.test(partitionKey)) throw new TypeError("A fault of ours.");
  });
  await expect(purge(withTable(store, { ...broken, list: store.table.list }))).rejects.toThrow(
    TypeError,
  );
});

it("waits for a hundred that it is through with", async () => {
  await signInMany(100);
  const held = slowedTable(store.table, async (partitionKey) => {
    if (/^x\.\d/.test(partitionKey)) await new Promise(() => {});
  });
  const running = purge(withTable(store, held), 1).then(() => "over");
  expect(await Promise.race([running, setImmediate("under way")])).toBe("under way");
});

it("is through with sign-ins by the hundred, and not only in the end", async () => {
  await signInMany(250);
  await purge(store, 1);
  const begun = store.table.operations.flatMap((operation) => {
    if (operation.startsWith("remove x.")) return ["|"];
    return /^remove a\..*head$/.test(operation) ? ["."] : [];
  });
  expect(begun.join("")).toBe(`${".".repeat(100)}|${".".repeat(100)}|${".".repeat(50)}|`);
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
    await signInMany(300);
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
    expect([left.length, filed().length]).toEqual([225, 225]);

    // When they answer again, they are gone a day later at most.
    await time.pass(DAY);
    await expectToEndInTime(async () => {});
    expect(keysOf(store)).toEqual([]);
  });

  it("ends by itself before the host ends it, however long each answer takes, and the next one goes on there", async () => {
    await signInMany(40);
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
