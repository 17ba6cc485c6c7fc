import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { HomeAccountId } from "../../src/shared/rows/keys.ts";
import type { SessionContent } from "../../src/shared/store/account.ts";
import { packContent, unpackContent } from "../../src/shared/store/contentPacking.ts";
import {
  type AccessToken,
  challengeId,
  findAccessToken,
} from "../../src/shared/tokens/tokenCache.ts";

const SHARED = randomBytes(900).toString("base64url");

function tokenOf(number: number): AccessToken {
  return {
    home_account_id: "oid.tid",
    client_id: "client",
    realm: "tid",
    target: `api://${number}/read`,
    expires_on: "1000",
    secret: `${SHARED}.${randomBytes(200).toString("base64url")}`,
  };
}

function contentOf(tokens: number): SessionContent {
  const entries = Array.from({ length: tokens }, (_, i) => [`key ${i}`, tokenOf(i)]);
  return {
    user: {
      tenantId: "tid",
      homeAccountId: "oid.tid" as HomeAccountId,
      name: "Zoë Ångström 🙂",
      username: "zoe@contoso.com",
      identity: { iss: "https://login.example/tid/v2.0", sub: "pairwise", oid: "oid" },
      roles: ["Reader"],
      claims: { email: "zoe@contoso.com" },
      acrs: [],
    },
    cache: {
      Account: { a: { name: "Zoë" } },
      IdToken: {},
      AccessToken: Object.fromEntries(entries),
      RefreshToken: { r: { secret: "refresh" } },
      AppMetadata: {},
    },
  };
}

describe("packed content", () => {
  it.each([0, 1, 2, 50])("with %i access tokens comes back as it was", (tokens) => {
    const content = contentOf(tokens);
    const unpacked = unpackContent(packContent(content));
    expect(JSON.parse(JSON.stringify(unpacked))).toEqual(content);
  });

  it("can be packed again after it was unpacked, also without its first token", () => {
    const { cache, ...rest } = unpackContent(packContent(contentOf(3)));
    const { "key 0": _, ...tokens } = cache.AccessToken;
    const content: SessionContent = { ...rest, cache: { ...cache, AccessToken: tokens } };
    expect(JSON.stringify(unpackContent(packContent(content)))).toBe(JSON.stringify(content));
  });

  it("keeps once what its tokens have in common", () => {
    const [one, two] = [1, 2].map((tokens) => packContent(contentOf(tokens)).length);
    // The second has 200 random bytes of its own, and its scope.
    expect((two ?? 0) - (one ?? 0)).toBeLessThan(350);
  });

  it("is found at an offset of a larger buffer", () => {
    const packed = packContent(contentOf(2));
    const larger = Buffer.concat([Buffer.alloc(7), packed]);
    const { user, cache } = unpackContent(larger.subarray(7));
    expect(user.roles).toEqual(["Reader"]);
    expect(cache.RefreshToken).toHaveProperty("r");
  });
});

it("the same token under two keys comes back under both", () => {
  const content = contentOf(1);
  const [token] = Object.values(content.cache.AccessToken) as [AccessToken];
  const twice = { ...content, cache: { ...content.cache, AccessToken: { a: token, b: token } } };
  expect(JSON.stringify(unpackContent(packContent(twice)))).toBe(JSON.stringify(twice));
});

describe("an access token of packed content", () => {
  const wanted = { homeAccountId: "oid.tid", tenantId: "tid", clientId: "client" };
  const packed = (...tokens: AccessToken[]) => {
    const content = contentOf(0);
    const AccessToken = Object.fromEntries(tokens.map((token, i) => [`key ${i}`, token]));
    return packContent({ ...content, cache: { ...content.cache, AccessToken } });
  };
  const find = (bytes: Uint8Array, ...scopes: string[]) =>
    unpackContent(bytes).findAccessToken({ ...wanted, scopes }, 0);

  it.each([0, 1, 24, 49])("is found among fifty: number %i", (number) => {
    const tokens = Array.from({ length: 50 }, (_, i) => tokenOf(i));
    const found = find(packed(...tokens), `api://${number}/read`);
    expect(found).toBe(tokens[number]?.secret);
  });

  it("is the first of several that suit", () => {
    const [one, two] = [tokenOf(1), { ...tokenOf(2), target: tokenOf(1).target }];
    expect(find(packed(one, two), "api://1/read")).toBe(one.secret);
    expect(find(packed(two, one), "api://1/read")).toBe(two.secret);
  });

  it.each<[string, Partial<AccessToken>]>([
    ["account", { home_account_id: "other.tid" }],
    ["tenant", { realm: "other" }],
    ["client", { client_id: "other" }],
    ["time", { expires_on: "-1" }],
    ["scope, for it has none", { target: undefined as unknown as string }],
  ])("is not one of another %s, wherever it stands", (_, changes) => {
    const other = { ...tokenOf(1), ...changes };
    const right = { ...tokenOf(1), expires_on: "1000" };
    for (const tokens of [
      [other, right],
      [right, other],
      [tokenOf(2), other, right],
    ]) {
      expect(find(packed(...tokens), "api://1/read")).toBe(right.secret);
    }
    expect(find(packed(other, tokenOf(2)), "api://1/read")).toBeUndefined();
  });

  it("is the one of the cache, whatever the tokens have in common", () => {
    const variants: readonly Partial<AccessToken>[] = [
      {},
      { home_account_id: "other.tid" },
      { realm: "other" },
      { client_id: "other" },
      { expires_on: "-1" },
      { target: "api://1/write" },
      { challenge: challengeId("one") },
      { challenge: challengeId("two") },
    ];
    const tokens = variants.map((variant) => ({ ...tokenOf(1), ...variant }));
    const asked = [{}, { claims: "one" }, { tenantId: "other" }, { clientId: "other" }];
    for (const three of tokens.flatMap((a) =>
      tokens.flatMap((b) => tokens.map((c) => [a, b, c])),
    )) {
      const unpacked = unpackContent(packed(...three));
      for (const more of asked) {
        const all = { ...wanted, scopes: ["api://1/read"], ...more };
        expect(unpacked.findAccessToken(all, 0)).toBe(findAccessToken(unpacked.cache, all, 0));
      }
    }
  });

  it("is found without unpacking anything else", () => {
    const tokens = [1, 2, 3].map(tokenOf);
    const bytes = Buffer.from(packed(...tokens));
    const start = 4 + bytes.readUInt32BE();
    const second = start + (tokens[0]?.secret.length ?? 0);
    const damaged = bytes.fill(0xff, second);
    expect(find(damaged, "api://1/read")).toBe(tokens[0]?.secret);
    expect(() => find(damaged, "api://2/read")).toThrow();
    expect(unpackContent(damaged).user.username).toBe("zoe@contoso.com");
    expect(() => unpackContent(damaged).cache).toThrow();
  });
});
