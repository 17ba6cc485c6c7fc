import { describe, expect, it, test } from "@jest/globals";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { createBrowser } from "../../../local/tenant/browserless.ts";
import { shared } from "../../support/shared.ts";
import {
  ADELE,
  app,
  authorizeUrl,
  firstApp,
  type Params,
  redeem,
  refresh,
  SCOPE,
  signIn,
  start,
  tokenRequest,
  userOf,
} from "./helpers.ts";

const other = app({ displayName: "Other app" });
const tenant = shared(() => start({ apps: [app(), other], now: () => now }));
let now = Date.now();

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

function newForm(params: Params = {}) {
  return createBrowser().signIn(authorizeUrl(tenant, params), ADELE);
}

describe("redeeming a code", () => {
  it("answers like Entra", async () => {
    const { status, headers, body } = await redeem(tenant, await newForm());
    expect(status).toBe(200);
    expect(headers.get("cache-control")).toContain("no-store");
    expect(Object.keys(body)).toEqual([
      "token_type",
      "scope",
      "expires_in",
      "ext_expires_in",
      "access_token",
      "refresh_token",
      "id_token",
      "client_info",
    ]);
    expect(body).toMatchObject({
      token_type: "Bearer",
      scope: "openid profile User.Read",
      expires_in: 3600,
      ext_expires_in: 3600,
    });
    const info = Buffer.from(body.client_info ?? "", "base64url").toString();
    expect(JSON.parse(info)).toEqual({ uid: userOf(tenant, ADELE).oid, utid: tenant.tenantId });
  });

  it("gives an ID token with the claims of v2.0", async () => {
    const form = await newForm();
    const { body } = await redeem(tenant, form);
    const seconds = Math.floor(now / 1000);
    expect(decodeProtectedHeader(body.id_token ?? "")).toEqual({
      typ: "JWT",
      alg: "RS256",
      kid: expect.stringMatching(/^[\w-]{27}$/),
    });
    expect(decodeJwt(body.id_token ?? "")).toEqual({
      ver: "2.0",
      iss: `https://login.microsoftonline.com/${tenant.tenantId}/v2.0`,
      sub: expect.stringMatching(/^[\w-]{43}$/),
      aud: firstApp(tenant).clientId,
      exp: seconds + 3600,
      iat: seconds - 300,
      nbf: seconds - 300,
      name: "Adele Vance",
      preferred_username: ADELE,
      oid: userOf(tenant, ADELE).oid,
      tid: tenant.tenantId,
      nonce: "the-nonce",
      sid: form.fields.session_state,
      login_hint: expect.stringMatching(/^O\./),
      aio: expect.any(String),
      rh: expect.any(String),
      uti: expect.any(String),
    });
  });

  it("gives sid and login_hint only to apps that registered them", async () => {
    const { optionalClaims } = firstApp(tenant);
    firstApp(tenant).optionalClaims = [];
    const without = await signIn(tenant);
    const claims = JSON.stringify({ id_token: { login_hint: { essential: false } } });
    const asked = await signIn(tenant, ADELE, { claims });
    Object.assign(firstApp(tenant), { optionalClaims });
    expect(without.idToken).not.toHaveProperty("sid");
    expect(without.idToken).not.toHaveProperty("login_hint");
    expect(asked.idToken).not.toHaveProperty("sid");
    expect(asked.idToken.login_hint).toMatch(/^O\./);
  });

  it("gives a pairwise sub: the same for one app, another for the next", async () => {
    const { idToken: first } = await signIn(tenant);
    expect((await signIn(tenant)).idToken.sub).toBe(first.sub);
    const { idToken: next } = await signIn(tenant, ADELE, { client_id: other.clientId });
    expect(next.sub).not.toBe(first.sub);
    expect(next.oid).toBe(first.oid);
  });

  it("gives only what the scopes ask for", async () => {
    const { refresh_token, idToken } = await signIn(tenant, ADELE, { scope: "openid User.Read" });
    expect(refresh_token).toBeUndefined();
    expect(idToken).not.toHaveProperty("name");
    const { body } = await redeem(tenant, await newForm({ scope: "User.Read" }));
    expect(body).not.toHaveProperty("id_token");
    const { idToken: withEmail } = await signIn(tenant, ADELE, { scope: "openid email" });
    expect(withEmail.email).toBe(ADELE);
  });

  test.each<[string, number, string, Params]>([
    ["no grant type", 900144, "invalid_request", { grant_type: undefined }],
    ["another grant type", 70003, "unsupported_grant_type", { grant_type: "password" }],
    ["no client", 900144, "invalid_request", { client_id: undefined }],
    ["no code", 900144, "invalid_request", { code: undefined }],
    ["no redirect URI", 900144, "invalid_request", { redirect_uri: undefined }],
    ["an unknown code", 9002313, "invalid_grant", { code: "1.AXXX" }],
    ["another redirect URI", 500112, "invalid_client", { redirect_uri: "http://localhost:7071/" }],
    ["a wrong verifier", 501481, "invalid_grant", { code_verifier: "wrong".repeat(10) }],
    ["no verifier", 50148, "invalid_grant", { code_verifier: undefined }],
    ["a malformed scope", 70011, "invalid_scope", { scope: "a;b" }],
    ["an unknown client", 700016, "unauthorized_client", { client_id: "unknown" }],
    ["another app's code", 70000, "invalid_grant", { client_id: other.clientId }],
  ])("refuses %s with AADSTS%i", async (_what, code, error, params) => {
    const { status, body } = await redeem(tenant, await newForm(), params);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error, error_codes: [code] });
  });

  it("refuses a verifier for a code that had no challenge", async () => {
    const form = await newForm({ code_challenge: undefined, code_challenge_method: undefined });
    expect((await redeem(tenant, form)).body.error_codes).toEqual([501481]);
    expect((await redeem(tenant, form, { code_verifier: undefined })).status).toBe(200);
  });

  it("uses a code up, but not with a wrong verifier", async () => {
    const form = await newForm();
    await redeem(tenant, form, { code_verifier: "wrong".repeat(10) });
    expect((await redeem(tenant, form)).status).toBe(200);
    const again = await redeem(tenant, form);
    expect(again.body).toMatchObject({ error: "invalid_grant", error_codes: [54005] });
  });

  it("gives a long-lived access token to a client that can be challenged (cp1)", async () => {
    const claims = JSON.stringify({ access_token: { xms_cc: { values: ["cp1"] } } });
    const { body } = await redeem(tenant, await newForm(), { claims });
    expect(body.expires_in).toBe(tenant.switches.caeAccessTokenLifetime);
    expect(decodeJwt(body.access_token ?? "").xms_cc).toEqual(["CP1"]);
  });

  it("refuses a code after ten minutes with AADSTS70008", async () => {
    const form = await newForm();
    const late = await newForm();
    now += 10 * MINUTE - 1;
    expect((await redeem(tenant, form)).status).toBe(200);
    now += 1;
    const { body } = await redeem(tenant, late);
    expect(body).toMatchObject({ error: "invalid_grant", error_codes: [70008] });
  });

  it("refuses a code of another authority with AADSTS700005, but takes the tenant's domain", async () => {
    const multi = app({ audience: "multi" });
    tenant.register(multi);
    const { clientId: client_id } = multi;
    const form = await newForm({ client_id });
    const { body } = await redeem(tenant, form, { client_id }, "organizations");
    expect(body).toMatchObject({ error: "invalid_grant", error_codes: [700005] });
    expect((await redeem(tenant, form, { client_id }, "contoso.com")).status).toBe(200);
  });

  it("answers errors as Entra does", async () => {
    const { headers, body } = await redeem(tenant, await newForm(), { code: "wrong" });
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(body).toEqual({
      error: "invalid_grant",
      error_description: expect.stringMatching(
        /^AADSTS9002313: .+ Trace ID: \S+ Correlation ID: \S+ Timestamp: \S+ \S+Z$/,
      ),
      error_codes: [9002313],
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      trace_id: expect.stringMatching(/^[\da-f-]{36}$/),
      correlation_id: expect.stringMatching(/^[\da-f-]{36}$/),
      error_uri: "https://login.microsoftonline.com/error?code=9002313",
    });
  });

  it("refuses a GET with AADSTS900561", async () => {
    const response = await fetch(`${tenant.internalUrl}/${tenant.tenantId}/oauth2/v2.0/token`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error_codes: [900561] });
  });

  it("refuses an unknown tenant with AADSTS90002", async () => {
    const { status, body } = await redeem(tenant, await newForm(), {}, "nowhere.example");
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: "invalid_request", error_codes: [90002] });
  });
});

describe("refreshing", () => {
  it("gives new tokens, and the old refresh token stays valid", async () => {
    const first = await signIn(tenant);
    const second = await refresh(tenant, first.refresh_token);
    const third = await refresh(tenant, first.refresh_token);
    const fourth = await refresh(tenant, second.body.refresh_token);
    const all = [first, second.body, third.body, fourth.body];
    expect(new Set(all.map((body) => body.refresh_token)).size).toBe(4);
    expect(new Set(all.map((body) => body.access_token)).size).toBe(4);
  });

  it("gives an ID token with the sid and without the nonce", async () => {
    const first = await signIn(tenant);
    const { body } = await refresh(tenant, first.refresh_token);
    const claims = decodeJwt(body.id_token ?? "");
    expect(claims.sid).toBe(first.idToken.sid);
    expect(claims).not.toHaveProperty("nonce");
  });

  it("writes scopes back with the prefix they came with", async () => {
    const { refresh_token } = await signIn(tenant);
    const scope = "https://graph.microsoft.com/User.Read https://graph.microsoft.com/Mail.Read";
    const { body } = await refresh(tenant, refresh_token, { scope });
    expect(body.scope).toBe(scope);
    expect(decodeJwt(body.access_token ?? "").scp).toBe("User.Read Mail.Read");
  });

  it("gives every permission granted for the resource, not only those asked for", async () => {
    firstApp(tenant).consentedScopes = ["User.Read", "Mail.Read", "api://other/read"];
    const { refresh_token, scope } = await signIn(tenant);
    const { body } = await refresh(tenant, refresh_token, {
      scope: "https://graph.microsoft.com/.default",
    });
    delete firstApp(tenant).consentedScopes;
    expect(scope).toBe("openid profile User.Read Mail.Read");
    expect(decodeJwt(body.access_token ?? "").scp).toBe("User.Read Mail.Read");
  });

  test("gets tokens of each resource that was asked for, one in a request", async () => {
    const scope = `${SCOPE} api://other/read`;
    const form = await createBrowser().signIn(authorizeUrl(tenant, { scope }), ADELE);
    const both = await redeem(tenant, form, { scope });
    expect([both.status, both.body.error_codes]).toEqual([400, [28000]]);
    const again = await createBrowser().signIn(authorizeUrl(tenant, { scope }), ADELE);
    const { body } = await redeem(tenant, again);
    expect(body.scope).toContain("User.Read");
    expect(body.scope).not.toContain("api://");
    const { body: next } = await refresh(tenant, body.refresh_token, { scope: "api://other/read" });
    expect(next.scope).toContain("api://other/read");
    const token = next.access_token ?? "";
    expect(decodeJwt(token)).toMatchObject({ aud: "api://other", scp: "read" });
    expect(await tenant.verifyAccessToken(token)).toBeUndefined();
  });

  test.each<[string, number, Params]>([
    ["no refresh token", 900144, { refresh_token: undefined }],
    ["an unknown refresh token", 9002313, { refresh_token: "1.ARXXX" }],
    ["a scope of two resources", 28000, { scope: "User.Read api://other/read" }],
    ["another app's refresh token", 70000, { client_id: other.clientId }],
  ])("refuses %s with AADSTS%i", async (_what, code, params) => {
    const { refresh_token } = await signIn(tenant);
    const { status, body } = await refresh(tenant, refresh_token, params);
    expect(status).toBe(400);
    expect(body.error_codes).toEqual([code]);
  });

  it("refuses what nobody consented to", async () => {
    firstApp(tenant).consentedScopes = ["User.Read"];
    const { refresh_token } = await signIn(tenant);
    const { status, body } = await refresh(tenant, refresh_token, { scope: "openid Mail.Read" });
    delete firstApp(tenant).consentedScopes;
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: "invalid_grant",
      suberror: "consent_required",
      error_codes: [65001],
      error_description: expect.stringMatching(/^AADSTS65001: The user or administrator/),
    });
  });

  it("refuses a disabled user with AADSTS50057", async () => {
    const { refresh_token } = await signIn(tenant);
    userOf(tenant, ADELE).disabled = true;
    const { body } = await refresh(tenant, refresh_token);
    userOf(tenant, ADELE).disabled = false;
    expect(body).toMatchObject({ error: "invalid_grant", error_codes: [50057] });
  });

  it("refuses a refresh token nobody used for 90 days with AADSTS700082", async () => {
    const { refresh_token } = await signIn(tenant);
    now += 60 * DAY;
    const { body } = await refresh(tenant, refresh_token);
    now += 30 * DAY;
    const old = await refresh(tenant, refresh_token);
    expect(old.body).toMatchObject({ error: "invalid_grant", error_codes: [700082] });
    expect((await refresh(tenant, body.refresh_token)).status).toBe(200);
  });
});

describe("an access token", () => {
  it("is refused when it is expired, forged or something else", async () => {
    const { access_token = "", id_token = "" } = await signIn(tenant);
    expect(await tenant.verifyAccessToken(access_token)).toBeDefined();
    const [header, , signature] = access_token.split(".");
    const claims = { ...decodeJwt(access_token), oid: "someone-else" };
    const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
    expect(await tenant.verifyAccessToken(`${header}.${payload}.${signature}`)).toBeUndefined();
    expect(await tenant.verifyAccessToken(id_token)).toBeUndefined();
    expect(await tenant.verifyAccessToken("nonsense")).toBeUndefined();
    now += 60 * MINUTE;
    expect(await tenant.verifyAccessToken(access_token)).toBeUndefined();
  });
});

it("takes no parameters from the token endpoint's query", async () => {
  const form = await newForm();
  const query = new URLSearchParams({ code: form.fields.code ?? "" });
  const response = await fetch(
    `${tenant.internalUrl}/${tenant.tenantId}/oauth2/v2.0/token?grant_type=authorization_code&${query}`,
    { method: "POST", body: new URLSearchParams({ client_id: firstApp(tenant).clientId }) },
  );
  expect(await response.json()).toMatchObject({ error_codes: [900144] });
  expect((await tokenRequest(tenant, {})).body.error_codes).toEqual([900144]);
});
