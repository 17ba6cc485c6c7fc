import { randomBytes } from "node:crypto";
import { describe, expect, it, jest } from "@jest/globals";
import type { Generation } from "../../src/shared/rows/keys.ts";
import type { Account } from "../../src/shared/store/account.ts";
import { sealAccount, unsealAccount } from "../../src/shared/store/accountEntity.ts";
import type { Stored, Value } from "../../src/shared/table/table.ts";
import { keyring } from "../support/keyring.ts";
import { accountOf, cacheOf, HOUR, MINUTE, NOON, sessionOf, tokenOf } from "./samples.ts";

const CHUNK = 64 * 1024;
const ring = keyring("k1");

function seal(account: Account, partition = "a.1", generation = "g1") {
  const { entity, dropped } = sealAccount(ring, partition, generation as Generation, account, NOON);
  const stored: Stored = { ...entity, etag: "v1" };
  return { entity: stored, dropped };
}

/** Access tokens that take so many bytes each when compressed; the later ones live longer. */
function incompressible(tokens: number, length: number): Account {
  const entries = Array.from({ length: tokens }, (_, i) => [
    `t${i}`,
    tokenOf({ secret: randomBytes(length).toString("base64url") }, HOUR + i * MINUTE),
  ]);
  return accountOf({ cache: cacheOf(Object.fromEntries(entries)) });
}

const small = accountOf();
const sealed = seal(small).entity;
const large = seal(incompressible(20, 8_000)).entity;

describe("an account's entity", () => {
  it("opens to the account", () => {
    expect(unsealAccount(ring, sealed)).toMatchObject(small);
  });

  it("opens to the account when it has several chunks", () => {
    const account = incompressible(20, 8_000);
    const { entity, dropped } = seal(account);
    expect(entity.chunks).toBe(3);
    expect(dropped).toBe(0);
    expect(JSON.stringify(unsealAccount(ring, entity))).toBe(JSON.stringify(account));
  });

  it("has a row, what it takes to open it, and when the last session ends", () => {
    const sessions = {
      one: sessionOf({ expiresAt: NOON + 2 * HOUR }),
      two: sessionOf({ expiresAt: NOON + 9 * HOUR }),
    };
    expect(seal(accountOf({ sessions })).entity).toEqual({
      partitionKey: "a.1",
      rowKey: "c.g1",
      format: 5,
      keyId: "k1",
      fingerprint: expect.stringMatching(/^[\w-]{8}$/),
      chunks: 1,
      expiresAt: "2026-01-15T21:00:00.000Z",
      d0: expect.any(Uint8Array),
      etag: "v1",
    });
  });

  it("shows nothing of what is in it", () => {
    const text = Object.values(sealed).map((value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value),
    );
    const secrets = ["Adele", "adele@contoso.com", "-token", "User.Read", "Edge", "secret", "8d5c"];
    for (const secret of secrets) expect(text.join("\n")).not.toContain(secret);
    expect(JSON.stringify(unsealAccount(ring, sealed))).toContain("refresh-token");
  });

  it("leaves out what has expired", () => {
    const account = accountOf({
      sessions: { over: sessionOf({ expiresAt: NOON }), on: sessionOf({ expiresAt: NOON + 1 }) },
      cache: cacheOf({
        over: tokenOf({}, -HOUR),
        nearly: tokenOf({}, 5 * MINUTE),
        on: tokenOf({}, 6 * MINUTE),
      }),
    });
    const { entity, dropped } = seal(account);
    const opened = unsealAccount(ring, entity);
    expect(Object.keys(opened?.sessions ?? {})).toEqual(["on"]);
    expect(Object.keys(opened?.cache.AccessToken ?? {})).toEqual(["on"]);
    expect(opened?.cache.RefreshToken).toEqual(account.cache.RefreshToken);
    expect(dropped).toBe(0);
  });
});

describe("does not open", () => {
  it("opens what the release before has sealed", () => {
    const { entity } = seal(small);
    expect(unsealAccount(ring, { ...entity, format: 4, etag: "" } as Stored)).toMatchObject(small);
  });

  it.each<[string, Record<string, Value>]>([
    ["with 0 chunks", { chunks: 0 }],
    ["with -1 chunks", { chunks: -1 }],
    ["with 12 chunks", { chunks: 12 }],
    ["with a billion chunks", { chunks: 1e9 }],
    ["with NaN chunks", { chunks: Number.NaN }],
    ["with Infinity chunks", { chunks: Number.POSITIVE_INFINITY }],
    ["with one chunk and a half", { chunks: 1.5 }],
    ["with chunks as text", { chunks: "1" }],
    ["with a chunk missing", { chunks: 2 }],
    ["with a chunk as text", { d0: Buffer.from(sealed.d0 as Uint8Array).toString("base64") }],
    ["with an empty chunk", { d0: new Uint8Array() }],
    ["in a format of long ago", { format: 3 }],
    ["in the format to come", { format: 6 }],
    ["with its format as text", { format: "5" }],
    ["with a key we do not have", { keyId: "k2" }],
    ["with a key id that is none", { keyId: 1 }],
    ["in another account", { partitionKey: "a.2" }],
    ["in another generation", { rowKey: "c.g2" }],
    ["when it is not sealed", { d0: Buffer.from(JSON.stringify(small)) }],
  ])("%s", (_, changes) => {
    expect(unsealAccount(ring, { ...sealed, ...changes })).toBeUndefined();
  });

  it.each<[string, Record<string, Value>]>([
    ["with two chunks swapped", { d0: large.d1 as Value, d1: large.d0 as Value }],
    ["with the last chunk left out", { chunks: 2 }],
    ["with a chunk of another version", { d1: seal(incompressible(20, 8_000)).entity.d1 as Value }],
  ])("%s", (_, changes) => {
    expect(unsealAccount(ring, large)).toBeDefined();
    expect(unsealAccount(ring, { ...large, ...changes })).toBeUndefined();
  });

  it("with more chunks than there can be, and none of them is read", () => {
    const chunk = jest.fn(() => new Uint8Array(CHUNK));
    const chunks: Record<string, Value> = {};
    for (let i = 0; i < 12; i++) Object.defineProperty(chunks, `d${i}`, { get: chunk });
    const { partitionKey, rowKey, format, keyId, etag } = large as Record<string, Value> & Stored;
    const fields = { partitionKey, rowKey, format, keyId, etag, chunks: 12 };
    expect(unsealAccount(ring, Object.assign(chunks, fields) as unknown as Stored)).toBeUndefined();
    expect(chunk).not.toHaveBeenCalled();
  });

  it("what two accounts' rows hold, swapped", () => {
    const [mine, yours] = ["a.1", "a.2"].map((partition) => seal(small, partition).entity);
    if (!mine || !yours) throw new Error("Not sealed.");
    expect(unsealAccount(ring, { ...mine, partitionKey: "a.2" })).toBeUndefined();
    expect(unsealAccount(ring, { ...yours, partitionKey: "a.1" })).toBeUndefined();
  });
});

describe("an account that does not fit", () => {
  it.each([
    [100, 9_000, 50],
    [300, 9_000, 225],
    [1, 800_000, 1],
  ])("of %i tokens of %i bytes loses %i, shortest-lived first", (tokens, length, lost) => {
    const account = incompressible(tokens, length);
    const { entity, dropped } = seal(account);
    const opened = unsealAccount(ring, entity);
    const keys = Object.keys(account.cache.AccessToken).slice(lost);
    expect(dropped).toBe(lost);
    expect(new Set(Object.keys(opened?.cache.AccessToken ?? {}))).toEqual(new Set(keys));
    expect(opened?.cache.RefreshToken).toEqual(account.cache.RefreshToken);
    expect(opened?.sessions).toEqual(account.sessions);
  });

  it.each([74, 76, 78])("stays under 1 MiB in base64 with %i tokens of 9,000 bytes", (tokens) => {
    const { entity, dropped } = seal(incompressible(tokens, 9_000));
    expect([entity.chunks, dropped]).toEqual([11, 0]);
    const chunks = Object.values(entity).filter((value) => value instanceof Uint8Array);
    expect(chunks).toHaveLength(11);
    expect(Math.max(...chunks.map(({ length }) => length))).toBe(CHUNK);
    const asText = Object.entries(entity).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]);
    expect(JSON.stringify(Object.fromEntries(asText)).length).toBeLessThan(1024 * 1024);
  });

  it("loses its ID tokens when access tokens are not what fills it", () => {
    const huge = { secret: randomBytes(800_000).toString("base64url") };
    const account = accountOf();
    const { cache } = account;
    const { entity } = seal({ ...account, cache: { ...cache, IdToken: { huge } } });
    const opened = unsealAccount(ring, entity);
    expect(opened?.cache.IdToken).toEqual({});
    expect(opened?.cache.RefreshToken).toEqual(cache.RefreshToken);
  });
});
