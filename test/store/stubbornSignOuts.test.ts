import { beforeEach, describe, expect, it } from "@jest/globals";
import { BadRequest, StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { Log } from "../../src/shared/base/log.ts";
import { type Sid, sidPartition, subjectPartition } from "../../src/shared/rows/keys.ts";
import { createSignOuts, type SignOuts } from "../../src/shared/store/stubbornSignOuts.ts";
import type { Entity } from "../../src/shared/table/table.ts";
import { type MemoryTable, memoryTable } from "../support/memoryTable.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";
import { DAY, memoryStore, PARTITION, refOf, SECOND, signIn as signInTo } from "./samples.ts";

const TOKEN = {
  sid: "the-sid" as Sid,
  sub: undefined,
  id: "jti 1",
  issuedAt: 0,
  expiresAt: 2_000_000_000_000,
};

let time: VirtualTime;
let table: MemoryTable;
let signOuts: SignOuts;
let logged: Parameters<Log>[];

beforeEach(() => {
  time = virtualTime();
  table = memoryTable();
  logged = [];
  signOuts = createSignOuts(storeOf(), time.sleep, time.now);
});

/** An instance's own. */
const storeOf = () => ({
  ...memoryStore(),
  table,
  now: time.now,
  sleep: time.sleep,
  log: (...line: Parameters<Log>) => {
    if (line[1] !== "signout.delayed") logged.push(line);
  },
});

/** What became of it: undefined while it waits. */
function watch(signOut: Promise<void>): { readonly outcome: unknown } {
  const watched = { outcome: undefined as unknown };
  const settle = (outcome: unknown) => Object.assign(watched, { outcome });
  signOut.then(() => settle("done"), settle);
  return watched;
}

const front = (sid: string, by = signOuts) => watch(by.byFrontChannel(sid as Sid));

it("does not try again together with what failed on other instances", async () => {
  const store = { ...storeOf(), randomBytes: (count: number) => Buffer.alloc(count, 128) };
  signOuts = createSignOuts(store, time.sleep, time.now);
  table.down = true;
  watch(signOuts.byUser(ref));
  await time.pass(187);
  expect(table.operations).toHaveLength(1);
  await time.pass(1);
  expect(table.operations).toHaveLength(2);
});

const ref = refOf(PARTITION);

describe.each<[string, number, string, () => Promise<void>]>([
  ["in another app", 100, sidPartition("a" as Sid), () => signOuts.byFrontChannel("a" as Sid)],
  ["by the provider", 20, sidPartition("the-sid" as Sid), () => signOuts.byBackChannel(TOKEN)],
  ["in the app", 10, ref.partition, () => signOuts.byUser(ref)],
  ["by an operator", 10, ref.partition, () => signOuts.byOperator(ref.partition)],
  ["of one session", 10, ref.partition, () => signOuts.ofSession({ ...ref, sessionId: "s" }, "k")],
])("a sign-out %s", (_, seconds, who, signOut) => {
  it(`is done within ${seconds} seconds if it can be`, async () => {
    table.down = true;
    const one = watch(signOut());
    await time.pass((seconds * 0.85 - 1) * SECOND);
    expect(one.outcome).toBeUndefined();
    expect(signOuts.unfinished()).toEqual([who]);
    table.down = false;
    await time.pass(seconds * 0.15 * SECOND);
    expect(one.outcome).toBe("done");
    expect(signOuts.unfinished()).toEqual([]);
    expect(logged.map(([level]) => level)).toEqual(["info"]);
  });

  it(`is given up after ${seconds} seconds`, async () => {
    table.down = true;
    const one = watch(signOut());
    await time.pass(seconds * SECOND - 1);
    expect(one.outcome).toBeUndefined();
    await time.pass(SECOND);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
    expect(logged).toEqual([
      ["error", "signout.given_up", expect.objectContaining({ who, reason: "late" })],
    ]);
  });
});

describe("a logout token", () => {
  it("is not refused for having been used by a try of its own whose answer was lost", async () => {
    const { insert } = table;
    Object.assign(table, {
      async insert(entity: Entity) {
        const outcome = await insert(entity);
        if (!entity.partitionKey.startsWith("t.")) return outcome;
        table.insert = insert;
        throw new StoreUnavailable();
      },
    });
    const one = watch(signOuts.byBackChannel(TOKEN));
    await time.pass(2 * SECOND);
    expect(one.outcome).toBe("done");
  });

  it("that names a subject alone is called by that", async () => {
    table.down = true;
    watch(signOuts.byBackChannel({ ...TOKEN, sid: undefined, sub: "the sub" }));
    await time.pass(0);
    expect(signOuts.unfinished()).toEqual([subjectPartition("the sub")]);
  });

  it("is refused the second time", async () => {
    watch(signOuts.byBackChannel(TOKEN));
    await time.pass(0);
    const again = watch(signOuts.byBackChannel(TOKEN));
    await time.pass(0);
    expect(again.outcome).toBeInstanceOf(BadRequest);
  });
});

describe("the front channel", () => {
  it("keeps 300 calls waiting, and answers the 301st at once", async () => {
    table.down = true;
    const held = Array.from({ length: 300 }, (_, i) => front(`${i % 7}`));
    const one = front("one more");
    await time.pass(0);
    expect(held.filter(({ outcome }) => outcome !== undefined)).toEqual([]);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
    expect(signOuts.unfinished()).toContain(sidPartition("one more" as Sid));
    await time.pass(90 * SECOND);
    table.down = false;
    await time.pass(6 * SECOND);
    expect(held.every(({ outcome }) => outcome === "done")).toBe(true);
    expect(signOuts.unfinished()).toEqual([]);
    expect(logged.filter(([level]) => level === "error")).toEqual([]);
  });

  it("takes 1,000 sids on, says that it has no room for more, and has again once they are done", async () => {
    table.down = true;
    for (let i = 0; i < 1_000; i++) front(`${i}`);
    const refused = front("one more");
    // A known one has its loop.
    front("7");
    await time.pass(0);
    expect(refused.outcome).toBeInstanceOf(StoreUnavailable);
    expect(signOuts.unfinished()).toHaveLength(1_000);
    expect(logged).toEqual([
      [
        "error",
        "signout.given_up",
        expect.objectContaining({ who: sidPartition("one more" as Sid), reason: "full" }),
      ],
    ]);
    table.down = false;
    await time.pass(6 * SECOND);
    expect(signOuts.unfinished()).toEqual([]);
    expect(logged.filter(([, event]) => event === "signout.elsewhere")).toHaveLength(1_000);
    const again = front("one more");
    await time.pass(0);
    expect(again.outcome).toBe("done");
  });

  it("does not keep anybody from signing out in the app, however full it is", async () => {
    table.down = true;
    for (let i = 0; i < 1_100; i++) front(`${i}`);
    table.down = false;
    const one = watch(signOuts.byUser(ref));
    await time.pass(0);
    expect(one.outcome).toBe("done");
  });
});

describe("a flood of made-up sids", () => {
  const LATENCY = 5;
  const floodOf = (by: SignOuts, count: number, name: string) =>
    Array.from({ length: count }, (_, i) => front(`${name} ${i}`, by));
  const alarms = () => logged.filter(([level]) => level === "error");
  const isHeld = () =>
    [...table.rows.keys()].some((key) => key.startsWith("a.") && key.includes("|c."));
  const signIn = () => signInTo(storeOf(), { sid: "real", expiresAt: time.now() + DAY });

  it("keeps no real sign-out from its place, on storage that is well and with six instances at each slot", async () => {
    await signIn();
    for (const name of ["get", "insert", "replace", "remove"] as const) {
      const operation = table[name] as (...args: unknown[]) => Promise<unknown>;
      const late = async (...args: unknown[]) => {
        await time.sleep(LATENCY);
        return operation(...args);
      };
      Object.assign(table, { [name]: late });
    }
    const flood = floodOf(signOuts, 1_500, "here");
    for (let i = 0; i < 5; i++) {
      const instance = createSignOuts(storeOf(), time.sleep, time.now);
      flood.push(...floodOf(instance, 500, `on ${i}`));
    }
    const real = front("real");
    await time.pass(3 * LATENCY);
    expect(real.outcome).toBe("done");
    expect(isHeld()).toBe(false);
    await time.pass(10 * SECOND);
    expect(flood.filter(({ outcome }) => outcome !== "done")).toEqual([]);
    expect(alarms()).toEqual([]);
  });

  it("gives way to a real one on storage that cannot be written to", async () => {
    await signIn();
    const { insert, replace, remove } = table;
    const refuse = () => Promise.reject(new StoreUnavailable());
    Object.assign(table, { insert: refuse, replace: refuse, remove: refuse });
    const flood = floodOf(signOuts, 1_100, "made up");
    await time.pass(SECOND);
    const real = front("real");
    await time.pass(30 * SECOND);
    expect(real.outcome).toBeUndefined();
    expect(flood.filter(({ outcome }) => outcome === undefined)).toHaveLength(299);
    expect(signOuts.unfinished()).toEqual([sidPartition("real" as Sid)]);
    Object.assign(table, { insert, replace, remove });
    await time.pass(6 * SECOND);
    expect(real.outcome).toBe("done");
    expect(isHeld()).toBe(false);
    expect(alarms()).toEqual([]);
  });
});
