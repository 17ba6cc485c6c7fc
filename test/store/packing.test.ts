import { randomBytes } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import type { Account } from "../../src/shared/store/account.ts";
import { packAccount, unpackAccount } from "../../src/shared/store/packing.ts";
import type { AccessToken } from "../../src/shared/store/tokenCache.ts";

const SHARED = randomBytes(900).toString("base64url");

function tokenOf(number: number): AccessToken {
  return {
    home_account_id: "oid.tid",
    client_id: "client",
    realm: "tid",
    target: `api://${number}/read`,
    expires_on: "1",
    secret: `${SHARED}.${randomBytes(200).toString("base64url")}`,
  };
}

function accountOf(tokens: number): Account {
  const entries = Array.from({ length: tokens }, (_, i) => [`key ${i}`, tokenOf(i)]);
  return {
    sessions: {
      id: {
        tenantId: "tid",
        homeAccountId: "oid.tid",
        name: "Zoë Ångström 🙂",
        username: "zoe@contoso.com",
        device: "Edge on Windows",
        signedInAt: 1,
        expiresAt: 2,
      },
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

describe("a packed account", () => {
  it.each([0, 1, 2, 50])("with %i access tokens comes back as it was", (tokens) => {
    const account = accountOf(tokens);
    const unpacked = unpackAccount(packAccount(account));
    expect(JSON.parse(JSON.stringify(unpacked))).toEqual(account);
  });

  it("can be packed again after it was unpacked", () => {
    const account = accountOf(3);
    const again = unpackAccount(packAccount(unpackAccount(packAccount(account))));
    expect(JSON.stringify(again)).toBe(JSON.stringify(account));
  });

  it("comes back also when its first token is taken away in between", () => {
    const { cache, ...rest } = unpackAccount(packAccount(accountOf(3)));
    const { "key 0": _, ...tokens } = cache.AccessToken;
    const account: Account = { ...rest, cache: { ...cache, AccessToken: tokens } };
    expect(JSON.stringify(unpackAccount(packAccount(account)))).toBe(JSON.stringify(account));
  });

  it("keeps once what its tokens have in common", () => {
    const [one, two] = [1, 2].map((tokens) => packAccount(accountOf(tokens)).length);
    expect((two ?? 0) - (one ?? 0)).toBeLessThan(SHARED.length / 2);
  });

  it("is found at an offset of a larger buffer", () => {
    const packed = packAccount(accountOf(2));
    const larger = Buffer.concat([Buffer.alloc(7), packed]);
    expect(unpackAccount(larger.subarray(7)).sessions).toHaveProperty("id");
  });
});
