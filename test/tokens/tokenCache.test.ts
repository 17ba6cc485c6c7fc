import { describe, expect, it } from "@jest/globals";
import {
  type AccessToken,
  suits,
  type TokenCache,
  withHalfTheTokens,
  withoutExpiredTokens,
} from "../../src/shared/tokens/tokenCache.ts";
import { cacheOf, HOME, HOUR, MINUTE, NOON, TENANT, tokenOf } from "../store/samples.ts";

const MARGIN = 5 * MINUTE;
const keysOf = (cache: TokenCache) => Object.keys(cache.AccessToken).sort();

describe("withoutExpiredTokens", () => {
  it.each<[number, boolean]>([
    [-HOUR, false],
    [0, false],
    [MARGIN, false],
    [MARGIN + 1_000, true],
    [HOUR, true],
  ])("of a token that lives %i ms more: kept is %s", (lifetime, kept) => {
    const cache = withoutExpiredTokens(cacheOf({ t: tokenOf({}, lifetime) }), NOON);
    expect(keysOf(cache)).toEqual(kept ? ["t"] : []);
  });

  it.each(["", "soon", "NaN"])("drops a token that expires %j", (expires_on) => {
    expect(keysOf(withoutExpiredTokens(cacheOf({ t: tokenOf({ expires_on }) }), NOON))).toEqual([]);
  });

  it("leaves everything else alone", () => {
    const cache = cacheOf({ t: tokenOf({}, -HOUR) });
    expect(withoutExpiredTokens(cache, NOON)).toEqual({ ...cache, AccessToken: {} });
  });
});

describe("withHalfTheTokens", () => {
  it.each<[number, string[]]>([
    [0, []],
    [1, []],
    [2, ["t0"]],
    [5, ["t0", "t1"]],
  ])("of %i keeps those that live longest", (count, kept) => {
    const tokens = Array.from({ length: count }, (_, i) => [`t${i}`, tokenOf({}, -i * HOUR)]);
    const cache = cacheOf(Object.fromEntries(tokens.reverse()));
    expect(keysOf(withHalfTheTokens(cache))).toEqual(kept);
    expect(withHalfTheTokens(cache).RefreshToken).toEqual(cache.RefreshToken);
  });

  it("compares lifetimes as numbers", () => {
    const cache = cacheOf({ a: tokenOf({ expires_on: "9" }), b: tokenOf({ expires_on: "10" }) });
    expect(keysOf(withHalfTheTokens(cache))).toEqual(["b"]);
  });
});

describe("an access token", () => {
  const forScopes = (...scopes: string[]) => ({
    homeAccountId: HOME,
    tenantId: TENANT,
    clientId: "client",
    scopes,
  });

  it.each<[string[], boolean]>([
    [[], true],
    [["User.Read"], true],
    [["Mail.Read"], true],
    [["Mail.Read", "User.Read"], true],
    [["mail.READ"], true],
    [["Mail.Send"], false],
    [["User.Read", "Mail.Send"], false],
    [["Mail"], false],
    [["Mail.Read.All"], false],
    [["User.Read Mail.Read"], false],
    [[""], false],
  ])("of User.Read and Mail.Read suits %j: %s", (scopes, expected) => {
    for (const token of [tokenOf(), tokenOf({ target: "USER.READ MAIL.READ" })]) {
      expect(suits(token, forScopes(...scopes), NOON)).toBe(expected);
    }
  });

  it.each<[string, Partial<AccessToken>]>([
    ["account", { home_account_id: `other.${TENANT}` }],
    ["tenant", { realm: "other" }],
    ["client", { client_id: "other" }],
    ["time", { expires_on: String((NOON + MARGIN) / 1_000) }],
    ["time, in words", { expires_on: "later" }],
  ])("does not suit when it is of another %s", (_, changes) => {
    expect(suits(tokenOf(changes), forScopes("User.Read"), NOON)).toBe(false);
  });

  it("suits with just enough time left", () => {
    expect(suits(tokenOf({}, MARGIN + 1_000), forScopes("User.Read"), NOON)).toBe(true);
  });
});
