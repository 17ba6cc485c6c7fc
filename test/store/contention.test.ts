import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import {
  accountPartition,
  generationRow,
  type Sid,
  sidPartition,
} from "../../src/shared/rows/keys.ts";
import { readSession, removeRead } from "../../src/shared/store/accounts.ts";
import { announce, readSidAgain } from "../../src/shared/store/announcements.ts";
import { bindSession } from "../../src/shared/store/bindSession.ts";
import { endIssuedUntil } from "../../src/shared/store/endIssuedUntil.ts";
import { endSession } from "../../src/shared/store/endSession.ts";
import { deleteIfOver, endGeneration, preventCreation } from "../../src/shared/store/generation.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../src/shared/store/signOut.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Table } from "../../src/shared/table/table.ts";
import {
  homeOf,
  PARTITION,
  refOf,
  SID,
  sessionOf,
  signIn,
  signOutByToken,
  storeOfEach,
} from "./samples.ts";

const NOBODY = accountPartition(homeOf("nobody"));
const UNDER_WAY = sidPartition("under way" as Sid);

const memory = storeOfEach();
let ref: HeldSession;
beforeEach(async () => {
  ref = await signIn(memory);
  await signIn(memory, { sid: "sid 2" });
  await announce(memory, UNDER_WAY, ref.partition);
});

/** The store with other answers of its table. */
function storeWith(table: Partial<Table>, slept: number[] = []): Store {
  return {
    ...memory,
    sleep: async (milliseconds) => void slept.push(milliseconds),
    table: { ...memory.table, ...table },
  };
}

describe("where every condition is spoilt by somebody else", () => {
  const never = refOf("a.never");

  const RUNS: readonly [string, (store: Store) => Promise<unknown>][] = [
    ["preventCreation", (store) => preventCreation(store, never)],
    ["endGeneration", (store) => endGeneration(store, never)],
    ["bindSession", (store) => bindSession(store, ref, { x: "x", y: "y" }, store.now())],
    ["endIssuedUntil", (store) => endIssuedUntil(store, ref, sessionOf().issuedAt)],
    ["endIssuedUntil, of none", (store) => endIssuedUntil(store, ref, 0)],
    ["endIssuedUntil, of nobody", (store) => endIssuedUntil(store, never, 0)],
    ["readSidAgain, of a sign-in under way", (store) => readSidAgain(store, UNDER_WAY)],
    ["endSession", (store) => endSession(store, ref)],
    ["a sign-in", (store) => signIn(store, { sid: "sid 3" })],
    [
      "a sign-in with a sid that is another account's",
      (store) => signIn(store, { homeAccountId: homeOf("other") }),
    ],
    ["a sign-out elsewhere", (store) => signOutByFrontChannel(store, SID)],
    ["one of an unknown sid", (store) => signOutByFrontChannel(store, "unknown" as Sid)],
    ["a logout token", (store) => signOutByToken(store, { sid: SID })],
    ["a sign-out by an operator, of nobody", (store) => signOutByOperator(store, NOBODY)],
    ["deleteIfOver", (store) => deleteIfOver({ ...store, now: () => sessionOf().expiresAt }, ref)],
  ];

  it.each(RUNS)("%s ends, after pauses that grow", async (_, run) => {
    const slept: number[] = [];
    let requests = 0;
    let isAsleep = false;
    const spoilt = async () => {
      if (isAsleep) throw new Error("It did not wait.");
      if (++requests > 500) throw new Error("It does not end.");
      return "refused" as const;
    };
    const isFiled = (partition: string) => partition.startsWith("x.");
    const store = storeWith({
      insert: (entity) => (isFiled(entity.partitionKey) ? memory.table.insert(entity) : spoilt()),
      replace: spoilt,
      transact: spoilt,
      remove: async () => (await spoilt()) !== "refused",
    });
    const sleep = async (milliseconds: number) => {
      slept.push(milliseconds);
      isAsleep = true;
      await setImmediate();
      isAsleep = false;
    };
    await expect(run({ ...store, sleep })).rejects.toMatchObject({
      code: StoreUnavailable.code,
      message: expect.stringMatching(/^Too many changes to this account at once/),
    });
    expect(slept.length).toBeGreaterThan(10);
    expect(slept[0]).toBeLessThanOrEqual(5);
    expect(slept.at(-1)).toBeGreaterThan(50);
    expect(slept.reduce((sum, pause) => sum + pause)).toBeLessThan(10_000);
  });

  it.each(RUNS)("%s waits for nobody where nobody does", async (_, run) => {
    const slept: number[] = [];
    await run(storeWith({}, slept));
    expect(slept).toEqual([]);
  });
});

describe("a deletion whose answer was lost", () => {
  /** It is carried out; the try that is answered finds nothing. */
  const lossy = () =>
    storeWith({
      remove: async (...row) => ((await memory.table.remove(...row)) ? undefined : false),
    });
  const foundOf = () =>
    memory.lines
      .filter(([, event]) => event.startsWith("signout."))
      .map(([, , details]) => details?.found);

  it.each<[string, (store: Store) => Promise<unknown>]>([
    ["here", (store) => signOutByUser(store, ref)],
    ["elsewhere", (store) => signOutByFrontChannel(store, SID)],
    ["by an operator", (store) => signOutByOperator(store, PARTITION)],
  ])("of a sign-out %s is no word that nothing was there", async (_, signOut) => {
    await signOut(lossy());
    expect(foundOf()).toEqual(["unsure"]);
    await signOut(lossy());
    expect(foundOf().slice(1)).not.toContain(true);
  });

  it.each([
    { answers: [true, false], found: true },
    { answers: [undefined, true], found: true },
    { answers: [undefined, false], found: undefined },
    { answers: [false, undefined], found: undefined },
    { answers: [false, false], found: false },
  ])("of two rows that an operator removes stands for both: %j", async ({ answers, found }) => {
    const left = [...answers];
    const store = storeWith({ remove: async () => left.shift() });
    for (const rowKey of ["c.1", "c.2"]) {
      await memory.table.insert({ partitionKey: NOBODY, rowKey });
    }
    expect(await signOutByOperator(store, NOBODY)).toBe(found);
    expect(left).toEqual([]);
  });

  it("does not stand for a generation that cannot be created any more", async () => {
    const nothing = refOf(NOBODY);
    const store = storeWith({ remove: async () => undefined });
    expect(await endGeneration(store, nothing)).toBeUndefined();
    expect(await preventCreation(store, nothing)).toBe(true);
    expect(await memory.table.get(NOBODY, "head")).toMatchObject({ generation: "" });
  });

  it("has deleted what was read", async () => {
    const store = lossy();
    const read = (await readSession(store, ref))?.read;
    expect(read && (await removeRead(store, read))).toBe(true);
  });

  it("has not where the row is a newer one", async () => {
    const store = storeWith({ remove: async () => undefined });
    const read = (await readSession(store, ref))?.read;
    expect(read && (await removeRead(store, read))).toBe(false);
    expect(await memory.table.get(ref.partition, generationRow(ref.generation))).toBeDefined();
  });

  it("has ended a session, also where the account has others", async () => {
    const store = storeWith({
      replace: async (...write) => {
        await memory.table.replace(...write);
        return "unsure";
      },
    });
    expect(await endSession(store, ref)).toBe(true);
    expect(await endSession(store, ref)).toBe(false);
  });
});
