import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Switches } from "../../local/tenant/tenant.ts";
import { accountPartition, type HomeAccountId } from "../../src/shared/rows/keys.ts";
import { suits, type TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { ALEX, envOf, type TestApp, testApp, tokenRequests, userOf } from "../support/app.ts";
import { OTHER_TENANT_ID, providerKey, signed } from "../support/identity.ts";
import { CLIENT_ID } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";
import { redeem, refreshed, refreshRequest } from "../support/tokens.ts";

const tenant = sharedTenant();
let one: TestApp;
beforeEach(() => {
  one = testApp(envOf(tenant));
});

const asked = () => tokenRequests(tenant);

/** A sign-in, and the refresh that is to follow it. */
async function signedIn(scopes = ["Mail.Read"], claims?: string) {
  const redeemed = await redeem(one.app);
  tenant.requests.length = 0;
  const request = refreshRequest(redeemed, scopes, claims);
  const { cache } = redeemed;
  return { cache, request, refresh: () => one.app.tokens.refresh(cache, request) };
}

/** The access token of a cache that a request like this one finds next time. */
function heldIn(cache: TokenCache, { homeAccountId, tenantId, scopes }: Request) {
  const wanted = { homeAccountId, tenantId, clientId: CLIENT_ID, scopes };
  return Object.values(cache.AccessToken).find((token) => suits(token, wanted, Date.now()))?.secret;
}
type Request = ReturnType<typeof refreshRequest>;

describe("a refresh", () => {
  it("gets a token with these scopes, and a cache with old and new", async () => {
    const { refresh, request, cache: before } = await signedIn();
    const { accessToken, cache } = await refreshed(refresh());
    const found = await tenant.verifyAccessToken(accessToken);
    expect(found).toMatchObject({
      oid: userOf(tenant).oid,
      scopes: expect.arrayContaining(["Mail.Read"]),
    });
    expect(heldIn(cache, request)).toBe(accessToken);
    expect(Object.keys(cache.AccessToken).length).toBeGreaterThan(
      Object.keys(before.AccessToken).length,
    );
    expect(cache.RefreshToken).not.toEqual(before.RefreshToken);
    expect(asked()).toHaveLength(1);
    const { access_token } = JSON.parse(asked()[0]?.params.claims ?? "");
    expect(access_token).toEqual({ xms_cc: { values: ["CP1"] } });
  });

  it("sends a challenge's claims along, with the app's capabilities", async () => {
    const claims = JSON.stringify({ access_token: { nbf: { value: "1" } } });
    await refreshed((await signedIn(["User.Read"], claims)).refresh());
    expect(JSON.parse(asked()[0]?.params.claims ?? "").access_token).toEqual({
      nbf: { value: "1" },
      xms_cc: { values: ["CP1"] },
    });
  });

  it("of an account that is not in the cache is refused, without asking", async () => {
    const { cache, request } = await signedIn();
    const other = one.app.tokens.refresh(cache, {
      ...request,
      homeAccountId: "x.y" as HomeAccountId,
    });
    await expect(other).resolves.toMatchObject({ refused: { code: "ERR_SIGNED_OUT" } });
    expect(asked()).toEqual([]);
  });

  it("does not lose a challenge's claims when the provider asks for the user without them", async () => {
    const claims = JSON.stringify({ access_token: { nbf: { value: "1" } } });
    const { refresh } = await signedIn(["User.Read"], claims);
    tenant.switches.tokenFault = { number: 50079 };
    await expect(refresh()).rejects.toMatchObject({ code: "ERR_INTERACTION_REQUIRED", claims });
  });

  it("without a refresh token asks for the user", async () => {
    const { cache, request } = await signedIn(["User.Read"]);
    const without = one.app.tokens.refresh({ ...cache, RefreshToken: {} }, request);
    await expect(without).rejects.toMatchObject({ code: "ERR_INTERACTION_REQUIRED" });
  });
});

describe("what an answer may lack", () => {
  const lacking =
    (...names: string[]): Switches["tokenAnswerOverrides"] =>
    (answer) =>
      Object.fromEntries(Object.entries(answer).filter(([name]) => !names.includes(name)));

  it.each([
    ["expires_in", ["expires_in", "ext_expires_in"]],
    ["an ID token", ["id_token"]],
    ["client_info", ["client_info"]],
    ["a new refresh token", ["refresh_token"]],
    ["all of these", ["expires_in", "ext_expires_in", "id_token", "client_info", "refresh_token"]],
  ])("%s: the token is found the next time", async (_, names) => {
    const { refresh, request } = await signedIn();
    tenant.switches.tokenAnswerOverrides = lacking(...names);
    const { accessToken, cache } = await refreshed(refresh());
    expect(heldIn(cache, request)).toBe(accessToken);
    expect(Object.keys(cache.RefreshToken)).toHaveLength(1);
    await refreshed(one.app.tokens.refresh(cache, request));
  });

  it("not where the tenant is configured by its domain either", async () => {
    one = testApp(envOf(tenant, "contoso.com"));
    const { refresh, request } = await signedIn();
    tenant.switches.tokenAnswerOverrides = lacking("id_token", "client_info");
    const { accessToken, cache } = await refreshed(refresh());
    expect(heldIn(cache, request)).toBe(accessToken);
  });

  it("but a token", async () => {
    const { refresh } = await signedIn();
    tenant.switches.tokenAnswerOverrides = lacking("access_token");
    await expect(refresh()).rejects.toMatchObject({ code: "ERR_PROVIDER_UNAVAILABLE" });
  });
});

describe("an answer that is not this session's (OpenID Connect Core §12.2)", () => {
  async function expectThrownAway(reason: string): Promise<void> {
    const { refresh, request } = await signedIn();
    await expect(refresh()).rejects.toMatchObject({
      code: "ERR_PROVIDER_UNAVAILABLE",
      message:
        "The provider answered with tokens that are not this sign-in's. They were thrown away.",
    });
    const account = accountPartition(request.homeAccountId);
    expect(one.logged).toEqual([["warn", "token.rejected", { account, reason }]]);
  }

  /** Changes the ID tokens that come with refreshes: they have no nonce. */
  const atRefresh = (changes: object): Switches["idTokenOverrides"] => {
    return (claims) => ({ claims: "nonce" in claims ? claims : { ...claims, ...changes } });
  };

  it.each<[string, object, string]>([
    ["refresh with invalid issuer", { iss: "https://evil.example/v2.0" }, "id_token_issuer"],
    ["refresh with invalid sub", { sub: "somebody else" }, "id_token_sub"],
    ["another audience", { aud: OTHER_TENANT_ID }, "id_token_aud"],
    ["another object id", { oid: OTHER_TENANT_ID }, "id_token_oid"],
    ["another tenant", { tid: OTHER_TENANT_ID }, "id_token_tid"],
    ["no object id", { oid: undefined }, "id_token_oid"],
    ["no tenant", { tid: undefined }, "id_token_tid"],
    ["no subject", { sub: undefined }, "id_token_sub"],
    ["an end that is over", { exp: 1 }, "id_token_jwt_expired"],
  ])("%s", async (_, changes, reason) => {
    tenant.switches.idTokenOverrides = atRefresh(changes);
    await expectThrownAway(reason);
  });

  it("unless client_info has the same ids in another case", async () => {
    const { refresh, request } = await signedIn();
    const [uid, utid] = request.homeAccountId.toUpperCase().split(".");
    const client_info = Buffer.from(JSON.stringify({ uid, utid })).toString("base64url");
    tenant.switches.tokenAnswerOverrides = (own) => ({ ...own, client_info });
    const { accessToken, cache } = await refreshed(refresh());
    expect(heldIn(cache, request)).toBe(accessToken);
  });

  it("a whole answer that is another user's", async () => {
    const other = await redeem(one.app, { username: ALEX });
    const { homeAccountId, cache } = other;
    const [token] = Object.values(cache.AccessToken);
    const [uid, utid] = homeAccountId.split(".");
    const client_info = Buffer.from(JSON.stringify({ uid, utid })).toString("base64url");
    const answer = { id_token: other.idToken, client_info, access_token: token?.secret };
    tenant.switches.tokenAnswerOverrides = (own, grantType) =>
      grantType === "refresh_token" ? { ...own, ...answer } : own;
    await expectThrownAway("client_info");
    one.logged.length = 0;
    const { client_info: _, ...without } = answer;
    tenant.switches.tokenAnswerOverrides = (own, grantType) =>
      grantType === "refresh_token" ? { ...own, ...without } : own;
    await expectThrownAway("id_token_sub");
  });

  it.each([
    Buffer.from(JSON.stringify({ uid: OTHER_TENANT_ID, utid: OTHER_TENANT_ID })),
    Buffer.from("{}"),
    Buffer.from("no JSON"),
    "",
  ])("client_info of somebody else, or of nobody: %#", async (bytes) => {
    const client_info = bytes.toString("base64url");
    tenant.switches.tokenAnswerOverrides = (own, grantType) =>
      grantType === "refresh_token" ? { ...own, client_info } : own;
    await expectThrownAway("client_info");
  });

  it("an ID token that somebody else has signed, or nobody", async () => {
    const stranger = await providerKey();
    tenant.switches.tokenAnswerOverrides = (own, grantType) =>
      grantType === "refresh_token" ? { ...own, id_token: forged } : own;
    let forged = await signed({ sub: "x" }, stranger);
    await expectThrownAway("id_token_jwks_no_matching_key");
    for (const text of ["", "x", "a.b.c"]) {
      one.logged.length = 0;
      forged = text;
      await expectThrownAway("id_token_jws_invalid");
    }
  });
});
