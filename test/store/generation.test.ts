import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import {
  deleteGeneration,
  deleteIfOver,
  disturb,
  endGeneration,
  fence,
  headOf,
  preventCreation,
  readHead,
} from "../../src/shared/store/generation.ts";
import type { GenerationRef } from "../../src/shared/store/store.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { refOf, storeOfEach, withTable } from "./samples.ts";

const REF = refOf();
const store = storeOfEach();

/** What the transaction of a sign-in does that has read the head as it is now. */
async function opening({ partition, generation }: GenerationRef) {
  const head = await readHead(store, partition);
  const next = headOf(store, partition, generation);
  return () =>
    store.table.transact([
      head ? { kind: "replace", entity: next, etag: head.etag } : { kind: "insert", entity: next },
      { kind: "insert", entity: { partitionKey: partition, rowKey: `c.${generation}` } },
    ]);
}
const open = async (ref = REF) => (await opening(ref))();
const isOpen = () => store.table.rows.has("a.1|c.g1");

describe("endGeneration", () => {
  it("deletes one that is open, with one request, and leaves the head", async () => {
    await open();
    store.table.operations.length = 0;
    expect(await endGeneration(store, REF)).toBe(true);
    expect(store.table.operations).toEqual(["remove a.1|c.g1"]);
    expect(await readHead(store, REF.partition)).toMatchObject({ generation: "g1" });
    expect(isOpen()).toBe(false);
  });

  it.each<[string, () => Promise<unknown>]>([
    ["of a new account", async () => {}],
    ["after another", () => open(refOf("a.1", "g0"))],
  ])("one that was never created, %s, can no more be", async (_, before) => {
    await before();
    const late = await opening(REF);
    expect(await endGeneration(store, REF)).toBe(false);
    expect(await late()).toBe("refused");
    expect(isOpen()).toBe(false);
  });

  it("is harmless to repeat", async () => {
    await open();
    const results = [];
    for (let i = 0; i < 3; i++) results.push(await endGeneration(store, REF));
    expect(results).toEqual([true, false, false]);
  });

  it("leaves a newer one alone", async () => {
    await open();
    await endGeneration(store, REF);
    await open(refOf("a.1", "g2"));
    const newer = store.table.rows.get("a.1|c.g2");
    expect(await endGeneration(store, REF)).toBe(false);
    expect(store.table.rows.get("a.1|c.g2")).toBe(newer);
    expect(await readHead(store, REF.partition)).toMatchObject({ generation: "g2" });
  });

  it("ends one that opens right after it was found missing", async () => {
    await open(refOf("a.1", "g0"));
    const late = await opening(REF);
    store.table.before = async () => {
      store.table.before = late;
    };
    expect(await endGeneration(store, REF)).toBe(true);
    expect(isOpen()).toBe(false);
  });
});

describe("preventCreation", () => {
  it("fails for the one that was created last, and changes nothing", async () => {
    await open();
    const before = new Map(store.table.rows);
    expect(await preventCreation(store, REF)).toBe(false);
    expect(store.table.rows).toEqual(before);
  });

  it("looks again when the head changes meanwhile", async () => {
    await open(refOf("a.1", "g0"));
    store.table.before = () => open(refOf("a.1", "g2"));
    expect(await preventCreation(store, REF)).toBe(true);
    expect(await readHead(store, REF.partition)).toMatchObject({ generation: "g2" });
  });
});

describe("fence", () => {
  it("gives the head a new version, with the same generation", async () => {
    await open();
    const before = await readHead(store, REF.partition);
    store.time += 1_000;
    expect(await fence(store, REF.partition, before)).toBe(true);
    const after = await readHead(store, REF.partition);
    expect(after?.etag).not.toBe(before?.etag);
    expect(after?.change).not.toBe(before?.change);
    expect(after).toMatchObject({ generation: "g1", changedAt: "2026-01-15T12:00:01.000Z" });
    expect(isOpen()).toBe(true);
  });

  it("makes a head where there is none, after it told the purge", async () => {
    const slow = slowedTable(store.table, async (partitionKey) => {
      if (partitionKey.startsWith("x.")) await setImmediate();
    });
    expect(await fence(withTable(store, slow), REF.partition, undefined)).toBe(true);
    expect(await readHead(store, REF.partition)).toMatchObject({ generation: "" });
    expect([...store.table.rows.keys()]).toEqual([
      expect.stringMatching(/^x\.2026-01-15\|/),
      "a.1|head",
    ]);
  });

  it("fails over a head that has changed, or has come to be", async () => {
    await open();
    const old = await readHead(store, REF.partition);
    await fence(store, REF.partition, old);
    const now = await readHead(store, REF.partition);
    expect(await fence(store, REF.partition, old)).toBe(false);
    expect(await fence(store, REF.partition, undefined)).toBe(false);
    expect(await readHead(store, REF.partition)).toEqual(now);
  });
});

describe("deleteIfOver", () => {
  const expiring = (milliseconds: number) => ({
    partitionKey: "a.1",
    rowKey: "c.g1",
    expiresAt: new Date(store.time + milliseconds).toISOString(),
  });

  it("deletes it from the moment on when its last session is over", async () => {
    await store.table.insert(expiring(1));
    expect(await deleteIfOver(store, REF)).toBe("in use");
    store.time += 1;
    expect(await deleteIfOver(store, REF)).toBe("deleted");
    expect(await deleteIfOver(store, REF)).toBe("gone");
  });

  it("leaves one alone that a sign-in joins at that moment", async () => {
    await store.table.insert(expiring(0));
    const etag = store.table.rows.get("a.1|c.g1")?.etag ?? "";
    store.table.before = () => store.table.replace(expiring(1), etag);
    expect(await deleteIfOver(store, REF)).toBe("in use");
    expect(isOpen()).toBe(true);
  });
});

describe("disturb", () => {
  const head = () => store.table.rows.get("a.1|head");
  const live = () => store.table.rows.get("a.1|c.g1");

  it("gives head and live generation a new version each, and leaves what is in them", async () => {
    await open();
    const before = [head(), live()];
    expect(await disturb(store, REF.partition)).toBe(true);
    expect([head()?.generation, live()]).toEqual(["g1", { ...before[1], etag: live()?.etag }]);
    expect(head()?.etag).not.toBe(before[0]?.etag);
    expect(live()?.etag).not.toBe(before[1]?.etag);
  });

  it("makes a head where there is none, and asks for no generation that it does not name", async () => {
    expect(await disturb(store, REF.partition)).toBe(true);
    store.table.operations.length = 0;
    expect(await disturb(store, REF.partition)).toBe(true);
    expect(store.table.operations).toEqual(["get a.1|head", "replace a.1|head"]);
  });

  it("is done with the head where its generation is gone", async () => {
    await open();
    await deleteGeneration(store, REF);
    expect(await disturb(store, REF.partition)).toBe(true);
    expect(isOpen()).toBe(false);
  });

  it.each(["head", "c.g1"])("says so where somebody changes a.1|%s meanwhile", async (rowKey) => {
    await open();
    const change = async () => {
      const { etag = "", ...row } = store.table.rows.get(`a.1|${rowKey}`) ?? {};
      await store.table.replace(row as never, etag);
    };
    store.table.before = change;
    if (rowKey !== "head") {
      store.table.before = async () => {
        store.table.before = change;
      };
    }
    expect(await disturb(store, REF.partition)).toBe(false);
  });
});
