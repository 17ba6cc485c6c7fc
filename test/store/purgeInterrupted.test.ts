import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { accountPartition, type IndexKey } from "../../src/shared/rows/keys.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";
import {
  DAY,
  HOUR,
  homeOf,
  keysOf,
  NOON,
  renew,
  signIn,
  storeOfEach,
  withTable,
} from "./samples.ts";

const SECOND = 1_000;
const MIDNIGHT = NOON + 12 * HOUR;
const store = storeOfEach();

async function signInMany(count: number) {
  for (let i = 0; i < count; i++) {
    const who = { homeAccountId: homeOf(i), sid: `sid ${i}`, subject: `sub ${i}` };
    await signIn(store, { ...who, expiresAt: NOON + 8 * HOUR });
  }
  store.time = MIDNIGHT;
}
const isAnyOf = (...numbers: readonly number[]) => {
  const partitions = new Set<string>(numbers.map((i) => accountPartition(homeOf(i))));
  return (partitionKey: string) => partitions.has(partitionKey);
};
const filed = () => keysOf(store, /^x\./);

/** The store, where something else comes before each removal, which it is told the number of. */
function disturbed(first: (number: number) => Promise<void>) {
  let number = 0;
  const after =
    <A extends unknown[], T>(request: (...args: A) => Promise<T>) =>
    async (...args: A) => {
      await first(number++);
      return await request(...args);
    };
  const { remove, transact } = store.table;
  return withTable(store, { remove: after(remove), transact: after(transact) });
}

it("is finished by the next one, wherever it stops", async () => {
  await signInMany(1);
  const rows = new Map(store.table.rows);
  for (let steps = 0, died = true; died; steps++) {
    renew(store, MIDNIGHT);
    for (const [key, row] of rows) store.table.rows.set(key, row);
    const dying = disturbed(async (number) => {
      if (number >= steps) throw new Error("The process ended.");
    });
    died = await purge(dying).then(
      () => false,
      () => true,
    );
    // What is left is filed.
    expect(keysOf(store).every((key) => key.startsWith("t."))).toBe(filed().length === 0);
    await purge(store);
    expect(keysOf(store)).toEqual([]);
    // The two announcements go with one request.
    if (!died) expect(steps).toBe(rows.size - 1);
  }
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
    isOvertaken = false;
    const overtaken = disturbed(async (number) => {
      if (number !== steps) return;
      isOvertaken = true;
      await purge(store);
    });
    expect(await purge(overtaken)).toMatchObject({ failed: 0, malformed: 0 });
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

it("goes on past expiry rows that cannot be removed, and counts them", async () => {
  await signInMany(3);
  await useOnce(store, "state", NOON);
  const { transact } = store.table;
  const stuck = withTable(store, {
    async transact(writes) {
      if (writes[0]?.entity.partitionKey.startsWith("x.")) throw new StoreUnavailable();
      return await transact(writes);
    },
  });
  expect(await purge(stuck)).toMatchObject({ expired: 0, failed: 3 });
  expect(store.logged).toEqual(["purge.unfinished"]);
  expect(keysOf(store)).toEqual(filed());
  expect(await purge(store)).toMatchObject({ failed: 0 });
  expect(keysOf(store)).toEqual([]);
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
