import { beforeEach, describe, expect, it } from "@jest/globals";
import { readEntry } from "../../src/shared/store/accounts.ts";
import { bindSession } from "../../src/shared/store/bindSession.ts";
import { endSession } from "../../src/shared/store/endSession.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { NOON, signIn, storeOfEach, withTable } from "./samples.ts";

const KEY = { x: "x", y: "y" };
const OTHER = { x: "other x", y: "other y" };
const BOUND = { key: KEY, challengedAt: NOON - 1, boundAt: NOON };

const store = storeOfEach();
let ref: HeldSession;
let other: HeldSession;
beforeEach(async () => {
  ref = await signIn(store);
  other = await signIn(store, { sid: "sid 2" });
});

const bind = (key = KEY, challengedAt = BOUND.challengedAt, on = store) =>
  bindSession(on, ref, key, challengedAt);
const entryOf = async (session: HeldSession) => (await readEntry(store, session))?.entry;
const about = () => ({ account: ref.partition });

it("a session is bound to a key, and no other session is", async () => {
  const before = await Promise.all([ref, other].map(entryOf));
  expect(await bind()).toBe(true);
  const after = [{ ...before[0], binding: BOUND }, before[1]];
  expect(await Promise.all([ref, other].map(entryOf))).toEqual(after);
  expect(store.lines).toEqual([["info", "session.bound", about()]]);
});

describe("a session that is bound", () => {
  beforeEach(async () => {
    await bind();
    store.lines.length = 0;
    store.time += 1_000;
  });

  it.each([
    ["the same key", KEY, BOUND.challengedAt, true],
    ["the same key, and another challenge", KEY, NOON, true],
    ["another key, and another challenge", OTHER, NOON, false],
    ["a key that differs in y, and another challenge", { ...KEY, y: "other" }, NOON, false],
    ["a key that differs in x, and another challenge", { ...OTHER, y: "y" }, NOON, false],
  ])("stays as it is by %s", async (_, key, challengedAt, isBoundTo) => {
    expect(await bind(key, challengedAt)).toBe(isBoundTo);
    expect((await entryOf(ref))?.binding).toEqual(BOUND);
    expect(store.lines).toEqual([]);
  });

  it("ends by another key for the same challenge", async () => {
    expect(await bind(OTHER)).toBe(false);
    expect(await entryOf(ref)).toBeUndefined();
    expect(await entryOf(other)).toBeDefined();
    expect(store.lines).toEqual([["warn", "binding.contested", about()]]);
    expect(await bind(OTHER)).toBe(false);
  });

  it("is not said to be contested where it has just ended", async () => {
    store.table.before = () => endSession(store, ref);
    expect(await bind(OTHER)).toBe(false);
    expect(store.lines).toEqual([]);
  });
});

describe("a session that another request binds", () => {
  it.each([
    ["by another key", () => bind(OTHER, NOON), false, OTHER],
    ["by the same", () => bind(), true, KEY],
  ])("%s at that moment keeps that one", async (_, faster, isBound, key) => {
    store.table.before = faster;
    expect(await bind()).toBe(isBound);
    expect((await entryOf(ref))?.binding?.key).toEqual(key);
  });
});

it("a session is bound also where the answer was lost", async () => {
  const lossy = withTable(store, {
    async replace(...write) {
      await store.table.replace(...write);
      return "unsure";
    },
  });
  expect(await bind(KEY, BOUND.challengedAt, lossy)).toBe(true);
  expect((await entryOf(ref))?.binding).toEqual(BOUND);
});
