import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { type Account, type KeptSession, partsOf } from "../../src/shared/store/account.ts";
import { roomBeside, rowOf, unsealAccount } from "../../src/shared/store/accountRow.ts";
import type { Stored, Value } from "../../src/shared/table/table.ts";
import { keyring } from "../support/keyring.ts";
import { HOUR, heldBy, incompressible, keptOf, NOON, sessionOf } from "./samples.ts";

const CHUNK = 64 * 1024;
const ring = keyring("k1");

function rowWith(account: Account, changes = {}): Stored {
  const row = rowOf({ keyring: ring, now: () => NOON }, heldBy("one", changes), account);
  return { ...row, etag: "v1" };
}

/** A session with access tokens that take so many bytes each when compressed. */
const withTokens = (tokens: number, length: number, room?: number) =>
  keptOf(ring, heldBy(), sessionOf(), incompressible(tokens, length), room);

const small: Account = { sessions: { one: keptOf(ring, heldBy(), sessionOf()) } };
const sealed = rowWith(small);
const sealedBytes = Buffer.from(sealed.d0 as Uint8Array);
const several = Object.fromEntries(["one", "two", "three"].map((id) => [id, withTokens(7, 8_000)]));
const large = rowWith({ sessions: several });

describe("an account's row", () => {
  it("unseals to the account, which has several sessions and chunks", () => {
    expect(large.chunks).toBe(3);
    expect(unsealAccount(ring, large)).toEqual({ sessions: several });
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
    ["with NaN chunks", { chunks: Number.NaN }],
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
    ["with a bit changed", { d0: sealedBytes.map((byte, i) => (i === 100 ? byte ^ 1 : byte)) }],
    ["with a chunk too many", { chunks: 2, d1: sealedBytes }],
    ["with two chunks swapped", { ...large, d0: large.d1 as Value, d1: large.d0 as Value }],
    ["with the last chunk left out", { ...large, chunks: 2 }],
    ["with twelve chunks", rowWith({ sessions: { one: withTokens(95, 8_000) } })],
  ])("%s", (_, changes) => {
    expect(unsealAccount(ring, { ...sealed, ...changes })).toBeUndefined();
  });

  it("with a segment of another version, or of another session", () => {
    const again = rowWith({ sessions: { one: keptOf(ring, heldBy(), sessionOf()) } });
    const parts = ({ d0 }: Stored) => {
      const bytes = Buffer.from(d0 as Uint8Array);
      const end = 4 + bytes.readUInt32BE();
      return [bytes.subarray(0, end), bytes.subarray(end)] as const;
    };
    const [[directory], [, segment]] = [parts(sealed), parts(again)];
    expect(directory.length + segment.length).toBe(sealedBytes.length);
    const d0 = Buffer.concat([directory, segment]);
    expect(unsealAccount(ring, { ...sealed, d0 })).toBeUndefined();
  });
});

describe("an account that is full", () => {
  it.each([1, 7, 50])("is read, and below 1 MiB in base64, with %i sessions", (count) => {
    const key = { x: "x".repeat(43), y: "y".repeat(43) };
    const binding = { key, challengedAt: NOON, boundAt: NOON };
    const { entry } = partsOf(sessionOf({ device: "Firefox · ChromeOS", binding }));
    const names = Array.from({ length: count }, (_, at) => `${at}`.padStart(43, "k"));
    const sessions: Record<string, KeptSession> = {};
    for (const name of names) {
      const room = roomBeside(Object.values(sessions));
      const bytes = Buffer.alloc(name === names.at(-1) ? room : 13 * 1_024, name);
      const segment = { keyId: "k".repeat(16), fingerprint: "f".repeat(8), bytes };
      sessions[name] = { ...entry, segment };
    }
    const row = rowWith({ sessions });
    expect(row.chunks).toBe(11);
    const sizes = Object.values(row).map((value) =>
      value instanceof Uint8Array ? value.length : 0,
    );
    expect(Math.max(...sizes)).toBe(CHUNK);
    const asText = Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    ]);
    expect(JSON.stringify(Object.fromEntries(asText)).length).toBeLessThan(1024 * 1024);
    expect(isDeepStrictEqual(unsealAccount(ring, row), { sessions })).toBe(true);
  });

  it("has room for fifty sessions of 13 KiB", () => {
    const bytes = new Uint8Array(13 * 1_024);
    const kept = { ...small.sessions.one, segment: { bytes } } as KeptSession;
    expect(roomBeside(Array.from({ length: 49 }, () => kept))).toBeGreaterThanOrEqual(13 * 1_024);
    expect(roomBeside(Array.from({ length: 50 }, () => kept))).toBeLessThan(13 * 1_024);
  });
});
