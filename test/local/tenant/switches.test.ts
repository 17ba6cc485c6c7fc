import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { Tenant } from "../../../local/tenant/tenant.ts";
import {
  ADELE,
  ALEX,
  authorizeUrl,
  GUEST,
  redeem,
  refresh,
  signIn,
  start,
  userOf,
} from "./helpers.ts";

let tenant: Tenant;

beforeEach(async () => {
  tenant = await start();
});
afterEach(() => tenant.stop());

describe("revoke", () => {
  it("ends refresh tokens, rotated ones too, with AADSTS50173, but not access tokens", async () => {
    const { refresh_token, access_token = "" } = await signIn(tenant);
    const rotated = await refresh(tenant, refresh_token);
    tenant.revoke(userOf(tenant, ADELE).oid);
    for (const token of [refresh_token, rotated.body.refresh_token]) {
      const { status, body } = await refresh(tenant, token);
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: "invalid_grant", error_codes: [50173] });
    }
    expect(await tenant.verifyAccessToken(access_token)).toBeDefined();
  });

  it("ends codes and single sign-on, without any front-channel call", async () => {
    const { browser } = await signIn(tenant);
    const [form] = (await browser.get(authorizeUrl(tenant))).forms;
    tenant.revoke(userOf(tenant, ADELE).oid);
    if (!form) throw new Error("No single sign-on before.");
    expect((await redeem(tenant, form)).body.error_codes).toEqual([50173]);
    expect((await browser.get(authorizeUrl(tenant))).text).toContain("Pick an account");
    expect(tenant.frontChannelCalls).toEqual([]);
  });

  it("knows a guest by either object id, and nobody else", async () => {
    const { refresh_token } = await signIn(tenant, GUEST);
    tenant.revoke(userOf(tenant, GUEST).guestOid ?? "");
    expect((await refresh(tenant, refresh_token)).body.error_codes).toEqual([50173]);
    expect(() => tenant.revoke("someone")).toThrow("No user with object id someone");
  });
});

describe("forceClaimsChallenge", () => {
  it("is not over after a sign-in without the claims", async () => {
    const { refresh_token, browser } = await signIn(tenant);
    const challenge = tenant.forceClaimsChallenge(userOf(tenant, ADELE).oid);
    const other = challenge.replace(/"values":\[".+"\]/, '"values":["another"]');
    await signIn(tenant, ADELE, { prompt: "login" }, browser);
    await signIn(tenant, ADELE, { prompt: "login", claims: other }, browser);
    await signIn(tenant, ALEX, { claims: challenge });
    expect((await refresh(tenant, refresh_token)).body.error).toBe("interaction_required");
  });

  it("cannot be met silently", async () => {
    const { browser } = await signIn(tenant);
    const claims = tenant.forceClaimsChallenge(userOf(tenant, ADELE).oid);
    const page = await browser.get(authorizeUrl(tenant, { claims, prompt: "none" }));
    expect(page.forms[0]?.fields).toMatchObject({
      error: "interaction_required",
      error_description: expect.stringContaining("AADSTS50076"),
    });
  });
});

describe("tokenFault", () => {
  it("with a number refuses as Entra does, with the ids that find it again", async () => {
    const { refresh_token } = await signIn(tenant);
    tenant.switches.tokenFault = { number: 7000215, headers: { "Retry-After": "60" } };
    const { status, headers, body } = await refresh(tenant, refresh_token);
    expect([status, headers.get("retry-after")]).toEqual([401, "60"]);
    const id = expect.stringMatching(/^[0-9a-f-]{36}$/);
    expect(body).toMatchObject({
      error: "invalid_client",
      error_codes: [7000215],
      error_description: expect.stringMatching(/^AADSTS7000215: .* Correlation ID: [0-9a-f-]{36} /),
      correlation_id: id,
      trace_id: id,
      error_uri: "https://login.microsoftonline.com/error?code=7000215",
    });
    tenant.switches.tokenFault = { number: 500011 };
    expect((await refresh(tenant, refresh_token)).body).toMatchObject({
      error: "invalid_resource",
      error_uri: expect.any(String),
    });
    for (const number of [70003, 700038] as const) {
      tenant.switches.tokenFault = { number };
      expect((await refresh(tenant, refresh_token)).body).not.toHaveProperty("error_uri");
    }
  });

  it("without a number is the bare error of OAuth", async () => {
    const { refresh_token } = await signIn(tenant);
    tenant.switches.tokenFault = { error: "invalid_grant", suberror: "bad_token" };
    expect((await refresh(tenant, refresh_token)).body).toEqual({
      error: "invalid_grant",
      error_description: "Injected fault.",
      suberror: "bad_token",
    });
  });
});

describe("revokeReusedRefreshTokens", () => {
  it("ends the family of a refresh token that is used twice; without it the old one stays good", async () => {
    const { refresh_token: first } = await signIn(tenant);
    const { refresh_token: second } = (await refresh(tenant, first)).body;
    expect((await refresh(tenant, first)).status).toBe(200);
    tenant.switches.revokeReusedRefreshTokens = true;
    expect((await refresh(tenant, first)).body).toMatchObject({ error: "invalid_grant" });
    expect((await refresh(tenant, second)).body).toMatchObject({ error: "invalid_grant" });
    const other = await signIn(tenant);
    const { refresh_token: third } = (await refresh(tenant, other.refresh_token)).body;
    expect((await refresh(tenant, third)).status).toBe(200);
  });
});

describe("a request loop", () => {
  it("is refused with AADSTS50196, and is over with a new sign-in or after five minutes", async () => {
    let now = Date.now();
    await tenant.stop();
    tenant = await start({ now: () => now });
    const { refresh_token } = await signIn(tenant);
    const ask = (scope = "User.Read") => refresh(tenant, refresh_token, { scope });
    for (let count = 0; count < 15; count++) expect((await ask()).status).toBe(200);
    expect((await ask()).body).toMatchObject({ error: "invalid_grant", error_codes: [50196] });
    expect((await ask("Mail.Read")).status).toBe(200);
    await signIn(tenant);
    expect((await ask()).status).toBe(200);
    tenant.switches.requestLoopLimit = 1;
    expect((await ask()).status).toBe(400);
    now += 5 * 60_000;
    expect((await ask()).status).toBe(200);
  });
});
