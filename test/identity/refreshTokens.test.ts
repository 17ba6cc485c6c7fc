import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createBrowser } from "../../local/tenant/browserless.ts";
import type { Tenant } from "../../local/tenant/tenant.ts";
import { keepAliveSender } from "../../src/shared/http/send.ts";
import { attemptOf } from "../../src/shared/identity/attempt.ts";
import { authorizeUrl, SIGN_IN_SCOPES } from "../../src/shared/identity/authorize.ts";
import { refreshTokens } from "../../src/shared/identity/tokens.ts";
import type { Lightsout } from "../../src/shared/lightsout.ts";
import { ADELE, envOf, tenantOfApp, testApp } from "../support/app.ts";
import { CLIENT_ID } from "../support/settings.ts";
import {
  CREDENTIAL_REFUSED,
  PASSING,
  REDIRECT_URI,
  REFUSED,
  redeem,
  UNAVAILABLE,
} from "../support/tokens.ts";

const send = keepAliveSender();
let tenant: Tenant;
let app: Lightsout;
/** What the token endpoint answers instead. */
let refusal: object | undefined;
beforeAll(async () => {
  tenant = await tenantOfApp();
});
beforeEach(() => {
  refusal = undefined;
  app = testApp(envOf(tenant), {
    send: async (url, request) =>
      refusal && request.method === "POST"
        ? { status: 400, headers: {}, body: Buffer.from(JSON.stringify(refusal)) }
        : send(url, request),
  }).app;
});
afterEach(() => {
  tenant.switches.tokenFault = undefined;
  tenant.switches.idTokenOverrides = undefined;
  registration().consentedScopes = undefined;
  tenant.requests.length = 0;
});
afterAll(() => tenant.stop());

const registration = () => tenant.apps.get(CLIENT_ID) as { consentedScopes: string[] | undefined };
const tokenRequests = () => tenant.requests.filter(({ endpoint }) => endpoint === "token").length;
const oidOf = (username: string) =>
  tenant.users.find((user) => user.username === username)?.oid ?? "";

describe("refreshTokens", () => {
  async function refresh(scopes = ["Mail.Read"], claims?: string) {
    const { homeAccountId, cache } = await redeem(app.createClient);
    tenant.requests.length = 0;
    const { tenantId } = tenant;
    const request = { homeAccountId, tenantId, scopes, claims };
    return { refresh: () => refreshTokens(app.createClient, cache, request), cache };
  }

  it("gets a token with these scopes, and a cache with old and new", async () => {
    const { refresh: run, cache: before } = await refresh();
    const { accessToken, cache } = await run();
    const found = await tenant.verifyAccessToken(accessToken);
    expect(found).toMatchObject({
      oid: oidOf(ADELE),
      scopes: expect.arrayContaining(["Mail.Read"]),
    });
    expect(Object.keys(cache.AccessToken).length).toBeGreaterThan(
      Object.keys(before.AccessToken).length,
    );
    expect(cache.RefreshToken).not.toEqual(before.RefreshToken);
    expect(tokenRequests()).toBe(1);
  });

  it("sends a challenge's claims along, with the app's capabilities", async () => {
    const claims = JSON.stringify({ access_token: { nbf: { value: "1" } } });
    const { refresh: run } = await refresh(["User.Read"], claims);
    await run();
    const { params } = tenant.requests.find(({ endpoint }) => endpoint === "token") ?? {};
    expect(JSON.parse(params?.claims ?? "").access_token).toEqual({
      nbf: { value: "1" },
      xms_cc: { values: ["CP1"] },
    });
  });

  it.each(["", "bad_token"])("a withdrawn grant is a sign-out; suberror: %j", async (suberror) => {
    const { refresh: run } = await refresh();
    refusal = { error: "invalid_grant", error_description: "AADSTS50173: revoked.", suberror };
    await expect(run()).rejects.toMatchObject({
      code: "ERR_SIGNED_OUT",
      message: "Your sign-in has been revoked.",
    });
  });

  it("a revoked user is signed out", async () => {
    const { refresh: run } = await refresh();
    tenant.revoke(oidOf(ADELE));
    await expect(run()).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
  });

  it("an account that is not in the cache is signed out, without asking", async () => {
    const { cache } = await redeem(app.createClient);
    tenant.requests.length = 0;
    const request = { homeAccountId: "x.y", tenantId: tenant.tenantId, scopes: ["User.Read"] };
    const refreshed = refreshTokens(app.createClient, cache, request);
    await expect(refreshed).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(tokenRequests()).toBe(0);
  });

  it("scopes that nobody consented to have to be asked for", async () => {
    const { refresh: run } = await refresh(["Mail.Send"]);
    registration().consentedScopes = ["User.Read"];
    await expect(run()).rejects.toMatchObject({
      code: "ERR_INTERACTION_REQUIRED",
      scopes: ["Mail.Send"],
      claims: undefined,
    });
  });

  it("a challenge's claims are not lost when the provider asks for the user without them", async () => {
    const claims = JSON.stringify({ access_token: { nbf: { value: "1" } } });
    const { refresh: run } = await refresh(["User.Read"], claims);
    refusal = { error: "interaction_required", error_description: "AADSTS50079" };
    await expect(run()).rejects.toMatchObject({ code: "ERR_INTERACTION_REQUIRED", claims });
  });

  it("a policy's claims have to be asked for", async () => {
    const { refresh: run } = await refresh(["User.Read"]);
    const claims = tenant.forceClaimsChallenge(oidOf(ADELE));
    const required = { code: "ERR_INTERACTION_REQUIRED", scopes: ["User.Read"], claims };
    await expect(run()).rejects.toMatchObject(required);
    await createBrowser().signIn(
      await authorizeUrl(app.createClient, REDIRECT_URI, attemptOf("x"), {
        scopes: SIGN_IN_SCOPES,
        claims,
      }),
      ADELE,
    );
  });

  it("without a refresh token, signing in is what helps", async () => {
    const { homeAccountId, cache } = await redeem(app.createClient);
    const request = { homeAccountId, tenantId: tenant.tenantId, scopes: ["User.Read"] };
    const refreshed = refreshTokens(app.createClient, { ...cache, RefreshToken: {} }, request);
    await expect(refreshed).rejects.toMatchObject({ code: "ERR_INTERACTION_REQUIRED" });
  });

  it.each(PASSING)("%s signs nobody out", async (_, fault) => {
    const { refresh: run } = await refresh();
    tenant.switches.tokenFault = fault;
    await expect(run()).rejects.toMatchObject(UNAVAILABLE);
  });

  it.each(REFUSED)("%s signs nobody out", async (_, fault) => {
    const { refresh: run } = await refresh();
    tenant.switches.tokenFault = fault;
    await expect(run()).rejects.toMatchObject(CREDENTIAL_REFUSED);
  });

  it("a token of another tenant is thrown away", async () => {
    const { refresh: run } = await refresh();
    tenant.switches.idTokenOverrides = (claims) => ({
      claims: { ...claims, tid: crypto.randomUUID() },
    });
    await expect(run()).rejects.toMatchObject({
      code: "ERR_PROVIDER_UNAVAILABLE",
      message: "The provider issued a token of another tenant. It was thrown away.",
    });
  });
});
