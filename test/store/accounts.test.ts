import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Generation, PartitionKey } from "../../src/shared/rows/keys.ts";
import {
  readSession,
  removeRead,
  type SessionRead,
  writeBack,
} from "../../src/shared/store/accounts.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { signOutByUser } from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { keyring } from "../support/keyring.ts";
import {
  cacheOf,
  HOUR,
  incompressible,
  sessionOf,
  signIn as signInTo,
  storeOfEach,
  tokenOf,
} from "./samples.ts";

const OLD = cacheOf({ t: tokenOf({ secret: "old" }) });
const FRESH = cacheOf({ t: tokenOf({ secret: "fresh" }) });
const store = storeOfEach();
let ref: HeldSession;
beforeEach(async () => {
  ref = await signIn("sid");
});

const signIn = (sid: string) => signInTo(store, { cache: OLD, sid });
async function read() {
  const found = await readSession(store, ref);
  if (found === undefined) throw new Error("There is no session.");
  return found;
}
const secret = async () => (await read()).content.cache.AccessToken.t?.secret;

describe("readSession finds none", () => {
  it.each<[string, Partial<HeldSession>]>([
    ["with another session id", { sessionId: "another" }],
    ["of another generation", { generation: "another" as Generation }],
    ["in another partition", { partition: "a.another" as PartitionKey }],
  ])("%s", async (_, changes) => {
    expect(await readSession(store, { ...ref, ...changes })).toBeUndefined();
  });

  it("from the moment on when it is over", async () => {
    store.time = sessionOf().expiresAt - 1;
    expect(await readSession(store, ref)).toMatchObject({ session: sessionOf() });
    store.time += 1;
    expect(await readSession(store, ref)).toBeUndefined();
  });

  it("in a row that was changed, and says so", async () => {
    const key = `${ref.partition}|c.${ref.generation}`;
    const row = store.table.rows.get(key) as Stored;
    store.table.rows.set(key, { ...row, d0: Buffer.alloc(100) });
    expect(await readSession(store, ref)).toBeUndefined();
    expect(store.lines).toEqual([["warn", "cache.unreadable", { account: ref.partition }]]);
  });
});

it("readSession does not say that there is none where the key is missing, before the row expires", async () => {
  const elsewhere = { ...store, keyring: keyring("k2") };
  const missing = { code: "ERR_SEALING_KEY_MISSING", key: expect.stringMatching(/^k1 [\w-]{8}$/) };
  await expect(readSession(elsewhere, ref)).rejects.toMatchObject(missing);
  const later = { ...elsewhere, now: () => sessionOf().expiresAt };
  expect(await readSession(later, ref)).toBeUndefined();
});

const withCache = ({ content: { user } }: SessionRead, cache: TokenCache) => ({ user, cache });

describe("writeBack", () => {
  it("writes over the version that was read, and keeps the sessions", async () => {
    const before = await read();
    expect(await writeBack(store, ref, before, withCache(before, FRESH))).toBe(true);
    expect(await secret()).toBe("fresh");
    expect((await read()).session).toEqual(before.session);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      "another refresh",
      async () => writeBack(store, ref, await read(), withCache(await read(), OLD)),
    ],
    ["another browser", () => signIn("sid 2")],
    ["a sign-out", () => signOutByUser(store, ref)],
  ])("loses against %s, and leaves that one's work", async (_, faster) => {
    const before = await read();
    await faster();
    const rows = new Map(store.table.rows);
    expect(await writeBack(store, ref, before, withCache(before, FRESH))).toBe(false);
    expect(store.table.rows).toEqual(rows);
  });
});

describe("a session among others", () => {
  it("is written back without a change to theirs, and without their shares", async () => {
    const other = await signIn("sid 2");
    const theirs = (await readSession(store, other))?.entry;
    const before = await read();
    expect(await writeBack(store, ref, before, withCache(before, FRESH), { confirmedAt: 5 })).toBe(
      true,
    );
    expect((await readSession(store, other))?.entry).toEqual(theirs);
    expect((await read()).session.confirmedAt).toBe(5);
  });

  it("is not read by another's id with its own share", async () => {
    const other = await signIn("sid 2");
    expect(await readSession(store, { ...other, share: ref.share })).toBeUndefined();
    expect(await readSession(store, other)).toBeDefined();
  });

  it("is cut to what they leave free, its old place included", async () => {
    for (let i = 0; i < 49; i++) await signIn(`sid ${i + 2}`);
    const before = await read();
    const cache = incompressible(400, 3_000);
    expect(await writeBack(store, ref, before, withCache(before, cache))).toBe(true);
    const held = Object.keys((await read()).content.cache.AccessToken).length;
    expect(held).toBeGreaterThan(50);
    expect(held).toBeLessThan(400);
    expect(store.logged).toContain("cache.cut");
    expect(Object.keys((await read()).read.account.sessions)).toHaveLength(50);
  });
});

describe("removeRead", () => {
  it("deletes the version that was read", async () => {
    expect(await removeRead(store, (await read()).read)).toBe(true);
    expect(await readSession(store, ref)).toBeUndefined();
  });

  it("leaves a newer one", async () => {
    const before = await read();
    await signIn("sid 2");
    store.time += HOUR;
    expect(await removeRead(store, before.read)).toBe(false);
    expect(await readSession(store, ref)).toBeDefined();
  });
});
