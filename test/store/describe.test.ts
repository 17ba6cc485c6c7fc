import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  accountPartition,
  generationRow,
  type HomeAccountId,
  type PartitionKey,
} from "../../src/shared/rows/keys.ts";
import {
  describeAccount,
  describeEntity,
  describePartition,
} from "../../src/shared/store/describe.ts";
import { deleteGeneration, fence } from "../../src/shared/store/generation.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { keyring } from "../support/keyring.ts";
import { cacheOf, HOME, HOUR, homeOf, NOON, signIn, storeOfEach, tokenOf } from "./samples.ts";

const PARTITION = accountPartition(HOME);
const store = storeOfEach();
let ref: HeldSession;
beforeEach(async () => {
  const cache = cacheOf({ a: tokenOf(), b: tokenOf({ target: "Mail.Send" }) });
  ref = await signIn(store, { cache });
});
function entity() {
  const row = store.table.rows.get(`${PARTITION}|${generationRow(ref.generation)}`);
  if (!row) throw new Error("Nothing is stored.");
  return row;
}
const sealedBytes = () => (entity().d0 as Uint8Array).length;

describe("the description of an account", () => {
  it("counts what is held", async () => {
    expect(await describeAccount(store, HOME)).toEqual({
      readable: true,
      sealedBytes: sealedBytes(),
      createdAt: "2026-01-15T12:00:00.000Z",
      expiresAt: "2026-01-15T20:00:00.000Z",
      sessions: [
        {
          device: "Edge on Windows",
          signedInAt: "2026-01-15T12:00:00.000Z",
          expiresAt: "2026-01-15T20:00:00.000Z",
          bound: false,
          sealedBytes: expect.any(Number),
        },
      ],
    });
  });

  it("has every session, and the end of the last", async () => {
    await signIn(store, { sid: "another sid", expiresAt: NOON + 9 * HOUR });
    const description = await describeAccount(store, HOME);
    expect(description?.sessions).toHaveLength(2);
    expect(description?.expiresAt).toBe("2026-01-15T21:00:00.000Z");
  });

  it("holds no token, no name, and no key to anything", async () => {
    const text = JSON.stringify(await describeAccount(store, HOME));
    const secrets = ["-token", "Adele", "adele@", "sid", PARTITION, ref.share, ref.sessionId];
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it("is found by the id in any case, and by its hash", async () => {
    const description = await describeAccount(store, HOME);
    expect(await describeAccount(store, HOME.toUpperCase() as HomeAccountId)).toEqual(description);
    expect(await describePartition(store, PARTITION)).toEqual(description);
  });

  it("says when none of our keys opens it", async () => {
    const rotated = { ...store, keyring: keyring("k2") };
    expect(await describeAccount(rotated, HOME)).toEqual({
      readable: false,
      sealedBytes: sealedBytes(),
      createdAt: "2026-01-15T12:00:00.000Z",
      expiresAt: "2026-01-15T20:00:00.000Z",
      sessions: [],
    });
  });

  it("counts the bytes of all chunks", () => {
    const chunked = { ...entity(), chunks: 2, d0: new Uint8Array(65_536), d1: new Uint8Array(10) };
    const head = { changedAt: "2026-01-15T12:00:00.000Z" };
    expect(describeEntity(store.keyring, head, chunked).sealedBytes).toBe(65_546);
  });
});

describe("there is none", () => {
  it("of an account that never signed in", async () => {
    expect(await describeAccount(store, homeOf("other"))).toBeUndefined();
  });

  it("of one that is signed out", async () => {
    await deleteGeneration(store, ref);
    expect(await describeAccount(store, HOME)).toBeUndefined();
  });

  it("of one whose head was made by a sign-out", async () => {
    await fence(store, "a.new" as PartitionKey, undefined);
    expect(store.table.rows.has("a.new|head")).toBe(true);
    store.table.operations.length = 0;
    expect(await describePartition(store, "a.new" as PartitionKey)).toBeUndefined();
    // A generation without a name is none to look for.
    expect(store.table.operations).toEqual(["get a.new|head"]);
  });
});
