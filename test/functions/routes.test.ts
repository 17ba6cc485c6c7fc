import { describe, expect, it } from "@jest/globals";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, homeAccountIdOf, sessionOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();
const get = (path: string, init?: RequestInit) =>
  fetch(rig.url + path, { redirect: "manual", ...init });

describe("the front channel", () => {
  it("may be framed by the tenant's pages and nobody else", async () => {
    // The metadata names its pages, and is known from then on.
    await get("/auth/signin");
    const { headers } = await get("/auth/logout-callback?sid=unknown");
    const { port } = new URL(rig.tenant.url);
    expect(headers.get("content-security-policy")).toBe(
      `default-src 'none'; frame-ancestors https://login.microsoftonline.com http://127.0.0.1:${port} http://localhost:${port} http://*.localhost:${port} ${rig.tenant.url}`,
    );
    expect(headers.get("x-frame-options")).toBeNull();
    expect(headers.get("cache-control")).toBe("no-store");
  });
});

describe("GET /auth/signin", () => {
  it("leads to the authorize endpoint with code flow, PKCE, state and nonce", async () => {
    const answer = await get("/auth/signin?loginHint=adelev@contoso.com&prompt=login");
    expect(answer.status).toBe(302);
    const location = new URL(answer.headers.get("location") ?? "");
    expect(location.origin).toBe(rig.tenant.url);
    expect(Object.fromEntries(location.searchParams)).toMatchObject({
      response_type: "code",
      response_mode: "form_post",
      code_challenge_method: "S256",
      redirect_uri: `${rig.url}/auth/callback`,
      login_hint: "adelev@contoso.com",
      prompt: "login",
    });
    for (const name of ["nonce", "code_challenge"]) {
      expect(location.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    }
    expect(location.searchParams.get("state")).toMatch(/^[\w-]+\.[\w-]+$/);
    const cookie = answer.headers.getSetCookie().join();
    expect(cookie).toMatch(/^__Host-lightsout-signin-[\w-]{16}=/);
    for (const attribute of ["secure", "httponly", "samesite=none", "path=/", "max-age=900"]) {
      expect(cookie.toLowerCase()).toContain(attribute);
    }
  });
});

describe("POST /auth/callback", () => {
  it("is 503 while the provider does not answer its request for tokens, and signs nobody in", async () => {
    const fresh = createBrowser();
    const form = await fresh.signIn(`${rig.url}/auth/signin`, ADELE);
    const before = tokenRequests(rig);
    rig.tenant.switches.tokenFault = { status: "drop" };
    const answer = await fresh.submit(form, { follow: false });
    rig.tenant.switches.tokenFault = undefined;
    expect(answer.status).toBe(503);
    expect(tokenRequests(rig)).toBeGreaterThan(before);
    expect(answer.text).toContain("Microsoft Entra ID does not answer");
    expect(await sessionOf(rig, fresh)).toMatchObject({ signedIn: false });
    await signedInBrowser(rig, ADELE, fresh);
    expect(await sessionOf(rig, fresh)).toMatchObject({ signedIn: true });
  });
});

describe("GET /auth/session", () => {
  it("says who is signed in", async () => {
    const browser = await signedInBrowser(rig);
    const session = JSON.parse((await browser.get(`${rig.url}/auth/session`)).body);
    expect(session).toEqual({
      signedIn: true,
      account: {
        homeAccountId: homeAccountIdOf(rig),
        tenantId: rig.tenant.tenantId,
        name: "Adele Vance",
        roles: [],
        claims: {},
        username: ADELE,
      },
      signedInAt: expect.stringMatching(/^\d{4}-.*Z$/),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      signOutUrl: `${rig.url}/auth/signout`,
    });
    expect(Date.parse(session.expiresAt) - Date.parse(session.signedInAt)).toBe(12 * 3_600_000);
  });

  it("says where to sign in when nobody is", async () => {
    const answer = await get("/auth/session");
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ signedIn: false, signInUrl: `${rig.url}/auth/signin` });
  });
});

describe("POST /auth/signout", () => {
  it("without a session still ends the provider's", async () => {
    const answer = await get("/auth/signout", { method: "POST", headers: { origin: rig.url } });
    expect(answer.status).toBe(303);
    expect(answer.headers.get("location")).toContain("/oauth2/v2.0/logout");
  });
});

describe("/graph", () => {
  it("answers 401 with the way to sign in when nobody is", async () => {
    const answer = await get("/graph/me");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toEqual({
      type: "urn:lightsout:problem:signed-out",
      title: "Signed out",
      status: 401,
      detail: expect.any(String),
      signInUrl: `${rig.url}/auth/signin`,
    });
  });
});

describe("GET /health", () => {
  it("is 200 while the table answers", async () => {
    expect((await get("/health")).status).toBe(200);
  });

  it("is 503 when it does not", async () => {
    const storage = rig.azurite.connectionString.replace(/:\d+\//, ":1/");
    const cutOff = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: storage } });
    const answer = await fetch(`${cutOff.url}/health`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: "unhealthy" });
    await cutOff.stop();
  });
});

itLeaksNothing(() => rig);
