import { createSecretKey, randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  SealingKeyMissing,
  SignInOvertaken,
  StoreUnavailable,
} from "../../src/shared/base/errors.ts";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import {
  accountPartition,
  type Generation,
  generationRow,
  type HomeAccountId,
  type Sid,
  sidPartition,
} from "../../src/shared/rows/keys.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { fence } from "../../src/shared/store/generation.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { type SignIn, storeSignIn } from "../../src/shared/store/signIn.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../src/shared/store/signOut.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Entity, Outcome, Stored, Table } from "../../src/shared/table/table.ts";
import { keyring } from "../support/keyring.ts";
import {
  cacheOf,
  HOME,
  HOUR,
  type MemoryStore,
  MINUTE,
  memoryStore,
  sessionOf,
  tokenOf,
} from "./samples.ts";

const PARTITION = accountPartition(HOME);
let store: MemoryStore;
beforeEach(() => {
  store = memoryStore();
});

function signInOf(changes: Partial<SignIn> = {}): SignIn {
  return {
    session: sessionOf(),
    cache: cacheOf({ t: tokenOf() }),
    sids: ["sid" as Sid],
    ...changes,
  };
}
const signIn = (changes?: Partial<SignIn>, on: Store = store) => storeSignIn(on, signInOf(changes));
/** Ages differ, so that one ends first. */
const minutesOf = (minutes: number) =>
  sessionOf({ expiresAt: store.time + HOUR + minutes * MINUTE });
const operations = () =>
  store.table.operations.map((operation) => operation.replace(/ (.)\.[^|]*\|/g, " $1|"));
async function stored({ partition, generation }: HeldSession) {
  const row = await store.table.get(partition, generationRow(generation));
  const account = row && unsealAccount(store.keyring, row);
  if (account === undefined) throw new Error("Nothing is stored.");
  return account;
}
const tokensOf = async (held: HeldSession) =>
  Object.keys((await readSession(store, held))?.content.cache.AccessToken ?? {});
const tokenRows = () => [...store.table.rows.keys()].filter((key) => key.includes("|c."));
/** The same store, with another way to its table. */
const withTable = (changes: Partial<Table>): Store => ({
  ...store,
  table: { ...store.table, ...changes },
});

describe("the first sign-in", () => {
  it("writes what leads to the tokens before the tokens, and those with the head in one request", async () => {
    const { generation } = await signIn();
    expect(operations().map((one) => one.replace(/e\|..$/, "e|slot"))).toEqual([
      expect.stringMatching(/^insert t\|/),
      expect.stringMatching(/^insert x\|/),
      expect.stringMatching(/^list a/),
      "insert s|sid",
      "get e|slot",
      `insert a|head,insert a|c.${generation}`,
    ]);
  });

  it("can be read by its session alone", async () => {
    const ref = await signIn();
    expect(await readSession(store, ref)).toMatchObject({ session: sessionOf() });
    expect(await readSession(store, { ...ref, sessionId: "another" })).toBeUndefined();
  });
});

describe("a second browser", () => {
  it("joins the generation, with tokens of its own", async () => {
    const first = await signIn();
    const cache = cacheOf({ other: tokenOf({ secret: "other" }) });
    const second = await signIn({ cache, sids: ["sid 2" as Sid] });
    expect(second.generation).toBe(first.generation);
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(Object.keys((await stored(second)).sessions)).toHaveLength(2);
    expect(await tokensOf(first)).toEqual(["t"]);
    expect(await tokensOf(second)).toEqual(["other"]);
  });

  it("drops the session it had before, and no other", async () => {
    const first = await signIn();
    const other = await signIn({ sids: ["sid 2" as Sid] });
    const again = await signIn({ replaces: first });
    expect(await readSession(store, first)).toBeUndefined();
    expect(await readSession(store, other)).toBeDefined();
    expect(await readSession(store, again)).toBeDefined();
  });

  it("drops sessions that are over", async () => {
    await signIn({ session: minutesOf(1) });
    store.time += 2 * HOUR;
    const second = await signIn({ sids: ["sid 2" as Sid] });
    expect(Object.keys((await stored(second)).sessions)).toHaveLength(1);
  });

  it("is the fiftieth at most: the session that ends first gives way", async () => {
    const refs: HeldSession[] = [];
    for (let i = 0; i < 51; i++) {
      // The third ends first.
      const session = minutesOf(i === 2 ? 0 : 60 + i);
      refs.push(await signIn({ session, sids: [`sid ${i}` as Sid] }));
    }
    const found = await Promise.all(refs.map((ref) => readSession(store, ref)));
    expect(found.map((one) => one !== undefined)).toEqual(refs.map((_, i) => i !== 2));
  });
});

describe("an account that no key opens", () => {
  const row = (): Stored => {
    const [key = ""] = tokenRows();
    return store.table.rows.get(key) as Stored;
  };
  const change = (changes: Partial<Entity>) =>
    store.table.rows.set(tokenRows()[0] ?? "", { ...row(), ...changes } as Stored);

  it.each([
    ["a key that is not here", "k2", /^k1 [\w-]{8}$/],
    ["another key of the same id, as of another app", "k1", /^k1 [\w-]{8}$/],
    ["a key of the release before", "k2", /^k1$/],
  ])("is left alone until it is over, where it was sealed with %s", async (_, id, name) => {
    await signIn();
    if (name.source === "^k1$") {
      const { fingerprint: _, ...before } = row();
      store.table.rows.set(tokenRows()[0] ?? "", before as Stored);
    }
    const before = row();
    const key = createSecretKey(Buffer.alloc(32, "another"));
    store = { ...store, keyring: createKeyring([{ id, key }], randomBytes) };
    const rows = new Map(store.table.rows);
    await expect(signIn()).rejects.toMatchObject({
      code: "ERR_SEALING_KEY_MISSING",
      key: expect.stringMatching(name),
    });
    expect(store.table.rows).toEqual(rows);

    change({ expiresAt: new Date(store.now()).toISOString() });
    const ref = await signIn();
    expect(tokenRows()).toEqual([`${PARTITION}|c.${ref.generation}`]);
    expect(row()).not.toEqual(before);
    expect(store.logged).toContain("cache.unreadable");
  });

  it.each<[string, Partial<Entity>]>([
    ["a flipped bit", { d0: Buffer.alloc(64) }],
    ["a key id that is none", { keyId: "not a key's id" }],
    ["a fingerprint that is none", { fingerprint: "no fingerprint" }],
    ["another format", { format: 1 }],
  ])("gives way to a new generation, where it has been tampered with: %s", async (_, changes) => {
    await signIn();
    change({ ...changes, d0: Buffer.alloc(64) });
    const ref = await signIn();
    expect(tokenRows()).toEqual([`${PARTITION}|c.${ref.generation}`]);
    expect(store.logged).toContain("cache.unreadable");
  });

  it("goes with an operator's sign-out, and so does every row of tokens that the head does not name", async () => {
    const { generation } = await signIn();
    const [key = ""] = tokenRows();
    const copy = store.table.rows.get(key) as Stored;
    for (const rowKey of ["c.old", "c.copied"])
      store.table.rows.set(`${PARTITION}|${rowKey}`, { ...copy, rowKey });
    const other = await signIn({
      session: sessionOf({ homeAccountId: `other.${HOME}` as HomeAccountId }),
    });
    store = { ...store, keyring: keyring("k2") };
    expect(await signOutByOperator(store, accountPartition(HOME))).toBe(true);
    expect(tokenRows()).toEqual([`${other.partition}|c.${other.generation}`]);
    expect(generation).not.toBe(other.generation);
    await signIn();
  });

  it("is left alone when an instance that has its key writes it at that moment", async () => {
    await signIn({ session: minutesOf(0) });
    store.time += HOUR;
    const rotated = { ...store, keyring: keyring("k2") };
    const both = { ...store, keyring: keyring("k1", "k2") };
    let other: HeldSession | undefined;
    store.table.before = async () => {
      other = await signIn({ sids: ["sid 2" as Sid] }, both);
    };
    await expect(signIn({ sids: ["sid 3" as Sid] }, rotated)).rejects.toThrow(SealingKeyMissing);
    expect(other && (await readSession(both, other))).toBeDefined();
    expect(tokenRows()).toHaveLength(1);
  });
});

describe("an account whose head names no generation", () => {
  it("is not asked for one, by a sign-in or by an operator's sign-out", async () => {
    await fence(store, PARTITION, undefined);
    await signOutByOperator(store, accountPartition(HOME));
    await signIn();
    const nameless = store.table.operations.filter((one) =>
      one.endsWith(`|${generationRow("" as Generation)}`),
    );
    expect(nameless).toEqual([]);
  });
});

describe("a sign-out while it runs", () => {
  it.each<[string, () => Promise<void>]>([
    [
      "for its sid, before it looked for one",
      () => noteEarlySignOut(store, sidPartition("sid" as Sid)),
    ],
    ["for its sid, before it reserved it", () => signOutByFrontChannel(store, "sid" as Sid)],
  ])("%s: it is overtaken, and nothing is stored", async (_, signOut) => {
    store.table.before = signOut;
    await expect(signIn()).rejects.toThrow(SignInOvertaken);
    expect(tokenRows()).toEqual([]);
  });

  it("for its sid, just before it stores the tokens: it is overtaken", async () => {
    const transact: Table["transact"] = async (writes) => {
      await signOutByFrontChannel(store, "sid" as Sid);
      return await store.table.transact(writes);
    };
    await expect(signIn({}, withTable({ transact }))).rejects.toThrow(SignInOvertaken);
    expect(tokenRows()).toEqual([]);
  });

  it("in another browser: it opens a generation of its own, without that one's tokens", async () => {
    const first = await signIn();
    store.table.before = () => signOutByUser(store, first);
    const cache = cacheOf({ other: tokenOf({ secret: "other" }) });
    const second = await signIn({ cache, sids: ["sid 2" as Sid] });
    expect(second.generation).not.toBe(first.generation);
    expect(await tokensOf(second)).toEqual(["other"]);
    expect(await readSession(store, first)).toBeUndefined();
  });
});

describe("a lost answer to the request that stores the tokens", () => {
  const afterwards = (then: () => Promise<unknown>): Partial<Table> => ({
    async transact(writes) {
      await store.table.transact(writes);
      await then();
      return "unsure";
    },
  });

  it("does not matter when they are there", async () => {
    const ref = await signIn({}, withTable(afterwards(async () => {})));
    expect(await readSession(store, ref)).toBeDefined();
  });

  it("is a sign-out when they are there no more: storing them again would undo it", async () => {
    const signOut = () => signOutByOperator(store, accountPartition(HOME));
    await expect(signIn({}, withTable(afterwards(signOut)))).rejects.toThrow(SignInOvertaken);
    expect(tokenRows()).toEqual([]);
  });
});

describe("StoreUnavailable", () => {
  it("when somebody else is always faster", async () => {
    const transact = async (): Promise<Outcome> => "refused";
    await expect(signIn({}, withTable({ transact }))).rejects.toThrow(StoreUnavailable);
    expect(tokenRows()).toEqual([]);
  });

  it("when the table is silent", async () => {
    store.table.down = true;
    await expect(signIn()).rejects.toThrow(StoreUnavailable);
  });
});

it("twenty browsers at once all get a session", async () => {
  const all = Array.from({ length: 20 }, (_, i) => signIn({ sids: [`sid ${i}` as Sid] }));
  const refs = await Promise.all(all);
  const found = await Promise.all(refs.map((ref) => readSession(store, ref)));
  expect(found).not.toContain(undefined);
  expect(tokenRows()).toHaveLength(1);
});
