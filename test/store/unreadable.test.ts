import { createSecretKey, randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { SealingKeyMissing, StoreUnavailable } from "../../src/shared/base/errors.ts";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { signOutByOperator } from "../../src/shared/store/signOut.ts";
import type { Entity, Stored, Table } from "../../src/shared/table/table.ts";
import { keyring } from "../support/keyring.ts";
import {
  HOUR,
  homeOf,
  PARTITION,
  signIn as signInTo,
  storeOfEach,
  tokenRowsOf,
  type Visit,
  withTable,
} from "./samples.ts";

const store = storeOfEach();

const signIn = (visit: Visit = {}, on = store) => signInTo(on, visit);
const tokenRows = () => tokenRowsOf(store);

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
    Object.assign(store, { keyring: createKeyring([{ id, key }], randomBytes) });
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
    ["a key id as a number", { keyId: 1 }],
    ["a fingerprint that is none", { fingerprint: "no fingerprint" }],
    ["no fingerprint, as in rows of the release before", { fingerprint: undefined as never }],
    ["another format", { format: 1 }],
  ])("gives way to a new generation, where it has been tampered with: %s", async (_, changes) => {
    await signIn();
    change({ ...changes, d0: Buffer.alloc(64) });
    const ref = await signIn();
    expect(tokenRows()).toEqual([`${PARTITION}|c.${ref.generation}`]);
    expect(store.logged).toContain("cache.unreadable");
  });

  it("lets nobody in before storage says that it is gone", async () => {
    await signIn();
    change({ d0: Buffer.alloc(64) });
    const remove: Table["remove"] = async (...row) => {
      await store.table.remove(...row);
      throw new StoreUnavailable();
    };
    await expect(signIn({}, withTable(store, { remove }))).rejects.toThrow(StoreUnavailable);
    expect(tokenRows()).toEqual([]);
  });

  it("goes with an operator's sign-out, and so does every row of tokens that the head does not name", async () => {
    const { generation } = await signIn();
    const [key = ""] = tokenRows();
    const copy = store.table.rows.get(key) as Stored;
    for (const rowKey of ["c.old", "c.copied"])
      store.table.rows.set(`${PARTITION}|${rowKey}`, { ...copy, rowKey });
    const other = await signIn({ homeAccountId: homeOf("other") });
    Object.assign(store, { keyring: keyring("k2") });
    expect(await signOutByOperator(store, PARTITION)).toBe(true);
    expect(tokenRows()).toEqual([`${other.partition}|c.${other.generation}`]);
    expect(generation).not.toBe(other.generation);
    await signIn();
  });

  it("is left alone when an instance that has its key writes it at that moment", async () => {
    await signIn({ expiresAt: store.time + HOUR });
    store.time += HOUR;
    const rotated = { ...store, keyring: keyring("k2") };
    const both = { ...store, keyring: keyring("k1", "k2") };
    let other: HeldSession | undefined;
    store.table.before = async () => {
      other = await signIn({ sid: "sid 2" }, both);
    };
    await expect(signIn({ sid: "sid 3" }, rotated)).rejects.toThrow(SealingKeyMissing);
    expect(other && (await readSession(both, other))).toBeDefined();
    expect(tokenRows()).toHaveLength(1);
  });
});
