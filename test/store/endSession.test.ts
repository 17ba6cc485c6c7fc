import { beforeEach, describe, expect, it } from "@jest/globals";
import { sessionKey } from "../../src/shared/rows/keys.ts";
import { readSession, type SessionRead, writeBack } from "../../src/shared/store/accounts.ts";
import { endGrant, endSession } from "../../src/shared/store/endSession.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import {
  cacheOf,
  signIn as signInTo,
  storeOfEach,
  tokenOf,
  tokenRowsOf,
  type Visit,
} from "./samples.ts";

const store = storeOfEach();
let here: HeldSession;
beforeEach(async () => {
  here = await signIn("sid");
});

const signIn = (sid: string, visit: Visit = {}) =>
  signInTo(store, { cache: cacheOf({ t: tokenOf() }), sid, ...visit });
const isThere = async (ref: HeldSession) => (await readSession(store, ref)) !== undefined;

describe("endSession", () => {
  it("leaves the account's other sessions and its tokens", async () => {
    const other = await signIn("sid 2");
    await endSession(store, here);
    expect(await isThere(here)).toBe(false);
    const left = await readSession(store, other);
    expect(left?.content.cache).toEqual(cacheOf({ t: tokenOf() }));
  });

  it("takes the tokens with the last one, and then finds none", async () => {
    expect(await endSession(store, here)).toBe(true);
    expect(tokenRowsOf(store)).toEqual([]);
    expect(await endSession(store, here)).toBe(false);
  });

  it("counts no session whose time is over", async () => {
    await signIn("sid 2", { expiresAt: store.time + 1_000 });
    store.time += 2_000;
    await endSession(store, here);
    expect(tokenRowsOf(store)).toEqual([]);
  });

  it("ends another one of the account, and only who is signed in can", async () => {
    const other = await signIn("sid 2");
    const third = await signIn("sid 3");
    await endSession(store, here, sessionKey(other.sessionId));
    expect(await Promise.all([here, other, third].map(isThere))).toEqual([true, false, true]);
    await endSession(store, other, sessionKey(third.sessionId));
    expect(await isThere(third)).toBe(true);
  });

  it.each(["__proto__", "constructor", "a".repeat(43), ""])("ends nothing by %j", async (key) => {
    const rows = new Map(store.table.rows);
    await endSession(store, here, key);
    expect(store.table.rows).toEqual(rows);
  });

  it("does not take the tokens from a browser that joins at that moment", async () => {
    let other: HeldSession | undefined;
    store.table.before = async () => {
      other = await signIn("sid 2");
    };
    await endSession(store, here);
    expect(await isThere(here)).toBe(false);
    expect(other && (await isThere(other))).toBe(true);
  });

  it("does not undo a refresh at that moment", async () => {
    const other = await signIn("sid 2");
    const fresh = cacheOf({ t: tokenOf({ secret: "fresh" }) });
    store.table.before = async () => {
      const found = await readSession(store, other);
      if (found) await writeBack(store, other, found, { user: found.content.user, cache: fresh });
    };
    await endSession(store, here);
    expect(await isThere(here)).toBe(false);
    const left = await readSession(store, other);
    expect(left?.content.cache).toEqual(fresh);
  });

  it.each([
    ["and leaves others", ["sid 2"]],
    ["and was its last", []],
  ])("says that there is none where another request was faster %s", async (_, others) => {
    for (const sid of others) await signIn(sid);
    store.table.before = () => endSession(store, here);
    expect(await endSession(store, here)).toBe(false);
  });

  it("reads the account once, and again after another write", async () => {
    await signIn("sid 2");
    store.table.operations.length = 0;
    store.table.before = async () => {
      for (const [key, row] of store.table.rows) store.table.rows.set(key, { ...row, etag: "new" });
    };
    await endSession(store, here);
    const verbs = store.table.operations.map((operation) => operation.split(" ")[0]);
    expect(verbs).toEqual(["get", "replace", "get", "replace"]);
  });
});

describe("endGrant", () => {
  const readOf = async (held: HeldSession) => (await readSession(store, held)) as SessionRead;

  it("ends the session, and has the others confirmed before they are answered again", async () => {
    const other = await signIn("sid 2");
    const { content } = await readOf(other);
    expect(await endGrant(store, here, await readOf(here), false)).toBe(true);
    expect(await isThere(here)).toBe(false);
    const left = await readOf(other);
    expect(left.session.confirmedAt).toBe(0);
    expect(left.content.cache).toEqual(content.cache);
  });

  it("ends all of them where the user is gone", async () => {
    await signIn("sid 2");
    expect(await endGrant(store, here, await readOf(here), true)).toBe(true);
    expect(tokenRowsOf(store)).toEqual([]);
  });

  it.each([true, false])(
    "leaves a session alone that has newer tokens (user gone: %p)",
    async (gone) => {
      const read = await readOf(here);
      const { user, cache } = read.content;
      await writeBack(store, here, read, { user, cache });
      const rows = new Map(store.table.rows);
      expect(await endGrant(store, here, read, gone)).toBe(false);
      expect(store.table.rows).toEqual(rows);
    },
  );
});
