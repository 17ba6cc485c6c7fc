import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Generation, PartitionKey } from "../../src/shared/rows/keys.ts";
import type { KeptSession } from "../../src/shared/store/account.ts";
import { partsOf } from "../../src/shared/store/account.ts";
import { type HeldSession, sealContent, unsealContent } from "../../src/shared/store/segments.ts";
import { keyring } from "../support/keyring.ts";
import {
  cacheOf,
  HOUR,
  heldBy,
  incompressible,
  MINUTE,
  NOON,
  sessionOf,
  tokenOf,
} from "./samples.ts";

const MINE = heldBy("mine");
const { user, entry } = partsOf(sessionOf());
let logged: string[];
beforeEach(() => {
  logged = [];
});

const storeWith = (...keys: Parameters<typeof keyring>) => ({
  keyring: keyring(...keys),
  now: () => NOON,
  log: (level: string, event: string) => void logged.push(`${level} ${event}`),
});
const store = storeWith("k1");

function sealed(cache = cacheOf({ t: tokenOf() }), room = Number.POSITIVE_INFINITY): KeptSession {
  return { ...entry, segment: sealContent(store, MINE, { user, cache }, room) };
}

describe("a session's segment", () => {
  it("unseals to its user and tokens for who holds the session", () => {
    const content = unsealContent(store, MINE, sealed());
    expect(JSON.parse(JSON.stringify(content))).toEqual({ user, cache: cacheOf({ t: tokenOf() }) });
    expect(logged).toEqual([]);
  });

  it.each<[string, Partial<HeldSession>]>([
    ["without a share, as in cookies of the release before", { share: undefined as never }],
    ["with an empty share", { share: "" }],
    ["with another session's share", { share: heldBy("yours").share }],
    ["with a share of one bit less", { share: MINE.share.replace(/.$/, "A") }],
    ["as another session", { sessionId: "yours" }],
    ["in another generation", { generation: "g2" as Generation }],
    ["in another account", { partition: "a.2" as PartitionKey }],
  ])("does not unseal %s, which is logged", (_, changes) => {
    expect(unsealContent(store, { ...MINE, ...changes }, sealed())).toBeUndefined();
    expect(logged).toEqual(["warn cache.unreadable"]);
  });

  it("says which key it wants where that is not here", () => {
    const missing = {
      code: "ERR_SEALING_KEY_MISSING",
      key: expect.stringMatching(/^k1 [\w-]{8}$/),
    };
    expect(() => unsealContent(storeWith("k2"), MINE, sealed())).toThrow(
      expect.objectContaining(missing),
    );
    expect(unsealContent(storeWith("k2", "k1"), MINE, sealed())).toBeDefined();
  });

  it("leaves out access tokens that have expired", () => {
    const cache = cacheOf({
      over: tokenOf({}, -HOUR),
      nearly: tokenOf({}, 5 * MINUTE),
      on: tokenOf({}, 6 * MINUTE),
    });
    const content = unsealContent(store, MINE, sealed(cache));
    expect(Object.keys(content?.cache.AccessToken ?? {})).toEqual(["on"]);
    expect(content?.cache.RefreshToken).toEqual(cache.RefreshToken);
    expect(logged).toEqual([]);
  });
});

describe("content that does not fit", () => {
  it("is a byte longer than the room", () => {
    const { length } = sealed().segment.bytes;
    for (const [room, tokens] of [
      [length, 1],
      [length - 1, 0],
    ] as const) {
      const content = unsealContent(store, MINE, sealed(undefined, room));
      expect(Object.keys(content?.cache.AccessToken ?? {})).toHaveLength(tokens);
    }
  });

  it.each([
    [100, 9_000, 700_000, 50],
    [300, 9_000, 700_000, 225],
    [8, 9_000, 45_000, 4],
    [1, 20_000, 13_312, 1],
  ])(
    "of %i tokens of %i bytes, in %i, loses %i, shortest-lived first",
    (tokens, length, room, lost) => {
      const cache = incompressible(tokens, length);
      const kept = sealed(cache, room);
      expect(kept.segment.bytes.length).toBeLessThanOrEqual(room);
      const content = unsealContent(store, MINE, kept);
      const keys = Object.keys(cache.AccessToken).slice(lost);
      expect(new Set(Object.keys(content?.cache.AccessToken ?? {}))).toEqual(new Set(keys));
      expect(content?.cache.RefreshToken).toEqual(cache.RefreshToken);
      expect(logged).toEqual(["warn cache.cut"]);
    },
  );

  it("loses its ID tokens when access tokens are not what fills it", () => {
    const huge = { secret: randomBytes(20_000).toString("base64url") };
    const cache = { ...cacheOf({ t: tokenOf() }), IdToken: { huge } };
    const content = unsealContent(store, MINE, sealed(cache, 13_312));
    expect(content?.cache).toEqual({ ...cache, AccessToken: {}, IdToken: {} });
  });
});
