import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { purge } from "../../src/shared/store/purge.ts";
import { giveBack, isUsed, useOnce } from "../../src/shared/store/replayGuard.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Entity, Outcome } from "../../src/shared/table/table.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { HOUR, NOON, storeOfEach, withTable } from "./samples.ts";

const ENDS = NOON + HOUR;
const store = storeOfEach();

/** The store, whose inserts end as given; `carriedOut` says whether they reach the table. */
function answering(outcome: Outcome, carriedOut: boolean): Store {
  const insert = async (entity: Entity) => {
    if (carriedOut) await store.table.insert(entity);
    return outcome;
  };
  return { ...store, table: { ...store.table, insert } };
}

describe("useOnce", () => {
  it("has one winner among twenty at once", async () => {
    const tries = Array.from({ length: 20 }, () => useOnce(store, "state", ENDS));
    expect((await Promise.all(tries)).filter(Boolean)).toEqual([true]);
    expect(await useOnce(store, "state", ENDS)).toBe(false);
  });

  it("recognizes its own row after a lost answer", async () => {
    expect(await useOnce(answering("unsure", true), "state", ENDS)).toBe(true);
    expect(await useOnce(store, "state", ENDS)).toBe(false);
  });

  it("recognizes that the row is somebody else's after a lost answer", async () => {
    await useOnce(store, "state", ENDS);
    expect(await useOnce(answering("unsure", false), "state", ENDS)).toBe(false);
  });

  it("takes nothing when there is no row after a lost answer", async () => {
    expect(await useOnce(answering("unsure", false), "state", ENDS)).toBe(false);
  });

  it("says so when the store is down", async () => {
    store.table.down = true;
    const refused = { code: "ERR_STORE_UNAVAILABLE" };
    await expect(useOnce(store, "state", ENDS)).rejects.toMatchObject(refused);
    await expect(isUsed(store, "state", ENDS)).rejects.toMatchObject(refused);
  });

  it("shows nothing of the id", async () => {
    await useOnce(store, "a-readable-state", ENDS);
    expect(JSON.stringify([...store.table.rows])).not.toContain("readable");
  });
});

describe("giveBack", () => {
  it("leaves nothing, and the next has the right", async () => {
    await useOnce(store, "state", ENDS);
    const slow = slowedTable(store.table, () => setImmediate());
    await giveBack(withTable(store, slow), "state", ENDS);
    expect(store.table.rows.size).toBe(0);
    expect(await useOnce(store, "state", ENDS)).toBe(true);
  });

  it("is nothing where nobody has it", async () => {
    await giveBack(store, "state", ENDS);
    expect(await useOnce(store, "state", ENDS)).toBe(true);
  });

  it("takes nothing from who has it since, when its request comes twice", async () => {
    await useOnce(store, "state", ENDS);
    const { remove } = store.table;
    let copy: (() => Promise<unknown>) | undefined;
    store.table.remove = (...request) => {
      copy = () => remove(...request);
      return remove(...request);
    };
    await giveBack(store, "state", ENDS);
    await useOnce(store, "state", ENDS);
    await copy?.();
    expect(await isUsed(store, "state", ENDS)).toBe(true);
  });
});

it("isUsed says whether, and takes nothing", async () => {
  expect(await isUsed(store, "state", ENDS)).toBe(false);
  await useOnce(store, "state", ENDS);
  expect(await isUsed(store, "state", ENDS)).toBe(true);
  expect(await isUsed(store, "other", ENDS)).toBe(false);
  expect(store.table.rows.size).toBe(1);
});

describe("the purge", () => {
  it.each([
    ["at the end of yesterday", Date.UTC(2026, 0, 15) - 1 - NOON, false],
    ["at the beginning of today", Date.UTC(2026, 0, 15) - NOON, true],
  ])("what expires %s (%i ms from now) stays is %s", async (_, offset, stays) => {
    await useOnce(store, "state", NOON + offset);
    await purge(store);
    expect(await isUsed(store, "state", NOON + offset)).toBe(stays);
  });
});
