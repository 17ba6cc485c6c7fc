import { randomBytes } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { describe, expect, it, jest } from "@jest/globals";
import type { Account, KeptSession } from "../../src/shared/store/account.ts";
import { roomBeside, rowOf, unsealAccount } from "../../src/shared/store/accountRow.ts";
import type { Stored, Value } from "../../src/shared/table/table.ts";
import { keyring } from "../support/keyring.ts";
import { cacheOf, HOUR, heldBy, keptOf, MINUTE, NOON, sessionOf, tokenOf } from "./samples.ts";

const CHUNK = 64 * 1024;
const ring = keyring("k1");

function rowWith(account: Account, changes = {}): Stored {
  const row = rowOf({ keyring: ring, now: () => NOON }, heldBy("one", changes), account);
  return { ...row, etag: "v1" };
}

/** A session with access tokens that take so many bytes each when compressed; the later ones live longer. */
function withTokens(tokens: number, length: number, room?: number): KeptSession {
  const entries = Array.from({ length: tokens }, (_, i) => [
    `t${i}`,
    tokenOf({ secret: randomBytes(length).toString("base64url") }, HOUR + i * MINUTE),
  ]);
  return keptOf(ring, heldBy(), sessionOf(), cacheOf(Object.fromEntries(entries)), room);
}

const small: Account = { sessions: { one: keptOf(ring, heldBy(), sessionOf()) } };
const sealed = rowWith(small);
const sealedBytes = Buffer.from(sealed.d0 as Uint8Array);
const flippedAt = (at: number) => sealedBytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const large = rowWith({ sessions: { one: withTokens(20, 8_000) } });

describe("an account's row", () => {
  it("unseals to the account", () => {
    expect(unsealAccount(ring, sealed)).toEqual(small);
  });

  it("unseals to the account when it has several sessions and chunks", () => {
    const ids = ["one", "two", "three"];
    const sessions = Object.fromEntries(ids.map((id) => [id, withTokens(7, 8_000)]));
    const row = rowWith({ sessions });
    expect(row.chunks).toBe(3);
    expect(unsealAccount(ring, row)).toEqual({ sessions });
  });

  it("has what it takes to unseal it, and when the last session ends", () => {
    const sessions = {
      one: keptOf(ring, heldBy(), sessionOf({ expiresAt: NOON + 2 * HOUR })),
      two: keptOf(ring, heldBy("two"), sessionOf({ expiresAt: NOON + 9 * HOUR })),
    };
    expect(rowWith({ sessions })).toEqual({
      partitionKey: "a.1",
      rowKey: "c.g1",
      format: 6,
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
  });

  it("tells who has the app's keys alone when and where sessions were made, and nothing else", () => {
    const { one } = unsealAccount(ring, sealed)?.sessions ?? {};
    const { device, issuedAt, signedInAt, confirmedAt, expiresAt } = sessionOf();
    expect(one).toEqual({
      device,
      issuedAt,
      signedInAt,
      confirmedAt,
      expiresAt,
      segment: { keyId: "k1", fingerprint: expect.any(String), bytes: expect.any(Uint8Array) },
    });
    const { bytes } = (one as KeptSession).segment;
    for (const purpose of ["session", "account", ""]) {
      for (const row of ["a.1/c.g1", "a.1/c.g1/one", undefined]) {
        for (const share of [undefined, Buffer.alloc(32), Buffer.alloc(0)]) {
          expect(ring.unseal({ keyId: "k1", bytes }, purpose, row, share)).toBeUndefined();
        }
      }
    }
  });

  it("leaves out sessions that are over", () => {
    const over = keptOf(ring, heldBy("over"), sessionOf({ expiresAt: NOON }));
    const on = keptOf(ring, heldBy("on"), sessionOf({ expiresAt: NOON + 1 }));
    expect(unsealAccount(ring, rowWith({ sessions: { over, on } }))).toEqual({ sessions: { on } });
  });
});

describe("does not unseal", () => {
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
    ["with a chunk as text", { d0: sealedBytes.toString("base64") }],
    ["with an empty chunk", { d0: new Uint8Array() }],
    ["with three bytes", { d0: new Uint8Array(3) }],
    ["with a length that goes beyond its end", { d0: Buffer.alloc(200, 0xff) }],
    ["with one byte too many", { d0: Buffer.concat([sealedBytes, Buffer.of(0)]) }],
    ["with one byte too few", { d0: sealedBytes.subarray(0, -1) }],
    ["in the format of the release before", { format: 5 }],
    ["in the format to come", { format: 7 }],
    ["with its format as text", { format: "6" }],
    ["with a key we do not have", { keyId: "k2" }],
    ["with a key id that is none", { keyId: 1 }],
    ["in another account", { partitionKey: "a.2" }],
    ["in another generation", { rowKey: "c.g2" }],
    ["when it is not sealed", { d0: Buffer.from(JSON.stringify(small)) }],
    ["when it is compressed alone", { d0: deflateRawSync(JSON.stringify(small)) }],
    ["with a bit of its nonce changed", { d0: flippedAt(4) }],
    ["with a bit of its ciphertext changed", { d0: flippedAt(100) }],
    ["with a bit of its tag changed", { d0: flippedAt(sealedBytes.length - 1) }],
    ["with a tag of four bytes", { d0: sealedBytes.subarray(0, -12) }],
    ["with half of it", { d0: sealedBytes.subarray(0, sealedBytes.length >> 1) }],
    ["with a chunk too many", { chunks: 2, d1: sealedBytes }],
  ])("%s", (_, changes) => {
    expect(unsealAccount(ring, { ...sealed, ...changes })).toBeUndefined();
  });

  it.each<[string, Record<string, Value>]>([
    ["with two chunks swapped", { d0: large.d1 as Value, d1: large.d0 as Value }],
    ["with the last chunk left out", { chunks: 2 }],
  ])("%s", (_, changes) => {
    expect(unsealAccount(ring, large)).toBeDefined();
    expect(unsealAccount(ring, { ...large, ...changes })).toBeUndefined();
  });

  it("with a segment of another version, or of another session", () => {
    const length = (sealed.d0 as Uint8Array).length;
    const again = rowWith({ sessions: { one: keptOf(ring, heldBy(), sessionOf()) } });
    const segment = (row: Stored) => {
      const bytes = row.d0 as Uint8Array;
      return bytes.subarray(4 + Buffer.from(bytes).readUInt32BE());
    };
    const head = (sealed.d0 as Uint8Array).subarray(0, length - segment(sealed).length);
    const mixed = Buffer.concat([head, segment(again)]);
    expect(unsealAccount(ring, { ...sealed, d0: mixed })).toBeUndefined();
    expect(unsealAccount(ring, { ...sealed, d0: Buffer.concat([head, segment(sealed)]) })).toEqual(
      small,
    );
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
});

describe("an account that is full", () => {
  it.each([1, 7, 50])("stays under 1 MiB in base64 with %i sessions", (count) => {
    const sessions: Record<string, KeptSession> = {};
    for (let i = 0; i < count; i++) {
      const room = Math.min(
        roomBeside(Object.values(sessions)),
        Math.floor(700_000 / count) - 1_024,
      );
      sessions[`session ${i}`] = withTokens(Math.ceil(1_000 / count), 900, room);
    }
    const row = rowWith({ sessions });
    expect(row.chunks).toBeGreaterThanOrEqual(8);
    expect(row.chunks).toBeLessThanOrEqual(11);
    const asText = Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]);
    expect(JSON.stringify(Object.fromEntries(asText)).length).toBeLessThan(1024 * 1024);
    expect(unsealAccount(ring, row)).toEqual({ sessions });
  });

  it("takes no more for what the app's keys alone seal than it reckons with", () => {
    const binding = {
      key: { x: "x".repeat(43), y: "y".repeat(43) },
      challengedAt: NOON,
      boundAt: NOON,
    };
    const one = { ...(small.sessions.one as KeptSession), device: "Firefox · ChromeOS", binding };
    const names = Array.from({ length: 50 }, (_, at) => `${at}`.padStart(43, "k"));
    const row = rowWith({ sessions: Object.fromEntries(names.map((name) => [name, one])) });
    const stored = Object.values(row).reduce<number>(
      (sum, value) => sum + (value instanceof Uint8Array ? value.length : 0),
      0,
    );
    const reckoned = 11 * CHUNK - roomBeside(names.map(() => one)) - 1_024;
    expect(stored).toBeLessThanOrEqual(reckoned);
  });

  it("has room for fifty sessions of 13 KiB", () => {
    const bytes = new Uint8Array(13 * 1_024);
    const kept = { ...small.sessions.one, segment: { bytes } } as KeptSession;
    expect(roomBeside(Array.from({ length: 49 }, () => kept))).toBeGreaterThanOrEqual(13 * 1_024);
    expect(roomBeside(Array.from({ length: 50 }, () => kept))).toBeLessThan(13 * 1_024);
  });
});
