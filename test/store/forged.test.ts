import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { IndexForged, SignInOvertaken } from "../../src/shared/base/errors.ts";
import { type Sid, sidPartition, subjectPartition } from "../../src/shared/rows/keys.ts";
import { describeAccount } from "../../src/shared/store/describe.ts";
import { originOf } from "../../src/shared/store/sidIndex.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { keyring } from "../support/keyring.ts";
import {
  HOME,
  HOUR,
  homeOf,
  keysOf,
  NOON,
  PARTITION,
  SID,
  signIn as signInTo,
  signOutByToken,
  storeOfEach,
} from "./samples.ts";

const KEY = `${sidPartition(SID)}|sid`;
const SUBJECT = `${subjectPartition("adele")}|sid`;
const OTHER = homeOf("other");

const store = storeOfEach();
beforeEach(async () => {
  await signIn();
  const { remove } = store.table;
  // Who does not wait for it is found out.
  store.table.remove = async (...row) => {
    await setImmediate();
    return remove(...row);
  };
});

const signIn = (homeAccountId = HOME, sid = "sid") =>
  signInTo(store, { homeAccountId, sid, subject: homeAccountId === HOME ? "adele" : undefined });
const row = (key = KEY) => store.table.rows.get(key) as Stored;
const change = (changes: object, key = KEY) =>
  store.table.rows.set(key, { ...row(key), ...changes } as Stored);
const linesOf = (event: string) => store.lines.filter((line) => line[1] === event);
const isHeld = async (who = HOME) => (await describeAccount(store, who)) !== undefined;
const front = () => signOutByFrontChannel(store, SID);
const back = () => signOutByToken(store, { id: "token", sub: "adele" }, NOON + HOUR);

const TOMBSTONE = { signedOut: true, tombstone: "x", leftAt: new Date(NOON).toISOString() };
/** What somebody without keys may write over one field or another. */
const CHANGES: readonly [string, object][] = [
  ["a tombstone", { signedOut: true }],
  ["a tombstone with a version", TOMBSTONE],
  ["an end", { expiresAt: "2020-01-01T00:00:00.000Z" }],
  ["no end", { expiresAt: undefined }],
  ["an older logout token", { tokenTombstone: "x", issuedUntil: "2020-01-01T00:00:00.000Z" }],
  ["another time", { changedAt: "2020-01-01T00:00:00.000Z" }],
  ["a field more", { more: 1 }],
  ["another MAC", { mac: Buffer.alloc(28) }],
  ["a MAC as text", { mac: "none" }],
  ["an empty MAC", { mac: Buffer.alloc(0) }],
  ["a MAC of nobody's key", { keyId: "k9" }],
  ["a MAC of no key", { keyId: undefined }],
];

describe.each([
  ["the front channel", KEY, front],
  ["the back channel", SUBJECT, back],
])("%s", (_, key, signOut) => {
  it.each(CHANGES)(
    "ends what a row leads to with %s that is not ours, and never says so",
    async (_, changes) => {
      change(changes, key);
      const forged = row(key);
      for (let call = 0; call < 3; call++) {
        await expect(signOut()).rejects.toThrow(IndexForged);
        expect(await isHeld()).toBe(false);
      }
      const index = forged.partitionKey;
      expect(linesOf("index.forged")).toEqual(Array(3).fill(["error", "index.forged", { index }]));
      // What it leads to may have been changed too: it must not vouch for anything.
      expect(row(key)).toEqual(forged);
    },
  );

  it.each([
    ["nowhere", { generation: "none" }],
    ["to what is no key", { partition: "a.1/2", generation: "#" }],
    ["to no text", { partition: 1, generation: true }],
    ["to what is no account, and has no MAC", { partition: "e", mac: undefined }],
  ])("does not say that it is done where a row leads %s", async (_, changes) => {
    change(changes, key);
    await expect(signOut()).rejects.toThrow(IndexForged);
  });

  it.each([
    ["as it was", {}],
    ["with a tombstone that nobody can verify", { signedOut: true }],
  ])("ends what a row of the release before leads to, %s, with a warning", async (_, changes) => {
    change({ keyId: undefined, mac: undefined, expiresAt: undefined, ...changes }, key);
    await signOut();
    expect(await isHeld()).toBe(false);
    const index = row(key).partitionKey;
    expect(linesOf("index.unsigned")).toEqual([["warn", "index.unsigned", { index }]]);
    expect(originOf(store.keyring, row(key))).toBe("ours");
  });

  it("takes a row that one of our keys has made, in the middle of a rotation", async () => {
    Object.assign(store, { keyring: keyring("k2", "k1") });
    await signOut();
    expect(await isHeld()).toBe(false);
    expect(row(key).keyId).toBe("k2");
  });
});

it("takes a row whose properties come in any order", async () => {
  for (const entries of [Object.entries(row()).reverse(), Object.entries(row()).sort()]) {
    store.table.rows.set(KEY, Object.fromEntries(entries) as Stored);
    expect(originOf(store.keyring, row())).toBe("ours");
  }
});

it("cannot be moved: a row is good for its own key only", async () => {
  await signIn(OTHER, "sid 2");
  const { partitionKey: _, ...other } = row(`${sidPartition("sid 2" as Sid)}|sid`);
  change(other);
  await expect(front()).rejects.toThrow(IndexForged);
});

describe("a sign-in", () => {
  it("is held back by a tombstone, whoever has made it", async () => {
    change(TOMBSTONE);
    await expect(signIn()).rejects.toThrow(SignInOvertaken);
  });

  it("is held back by a sign-out that met a forged row, which leaves its tombstone elsewhere", async () => {
    change({ more: 1 });
    const { insert } = store.table;
    store.table.insert = async (entity) => {
      await setImmediate();
      return insert(entity);
    };
    await expect(front()).rejects.toThrow(IndexForged);
    expect(keysOf(store, /^e/)).toHaveLength(1);
    await expect(signIn()).rejects.toThrow(SignInOvertaken);
  });

  it.each(
    CHANGES.filter(([, changes]) => !("signedOut" in changes || "tokenTombstone" in changes)),
  )("makes a row with %s its own", async (_, changes) => {
    store.time += HOUR;
    change(changes);
    await signIn();
    expect(originOf(store.keyring, row())).toBe("ours");
    expect((await describeAccount(store, HOME))?.sessions).toHaveLength(2);
    await front();
    expect(await isHeld()).toBe(false);
  });

  it("ends what a forged row leads to before it takes it", async () => {
    const { partition, generation } = await signIn(OTHER, "sid 2");
    change({ partition, generation });
    await signIn();
    const order = store.table.operations.filter(
      (one) => one.startsWith("remove") || one.endsWith(KEY),
    );
    expect(order.slice(-2)).toEqual([expect.stringMatching(/^remove a\./), `replace ${KEY}`]);
    expect(await isHeld(OTHER)).toBe(false);
    expect(row().partition).toBe(PARTITION);
  });
});

it("a sign-in asks for nothing that a forged row makes up", async () => {
  change({ partition: "made up" });
  await signIn();
  expect(store.table.operations.filter((operation) => operation.includes("made up"))).toEqual([]);
});
