import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, ALEX, homeAccountIdOf, sessionOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();
let browser: Browser;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
});

const get = (path: string, init?: RequestInit) =>
  fetch(rig.url + path, { redirect: "manual", ...init });

describe("every answer under /auth, /graph and /accounts", () => {
  it.each(["/auth/session", "/auth/signin", "/auth/signout", "/graph/me", "/accounts/x"])(
    "%s is not stored, sniffed, framed, or told to the next site",
    async (path) => {
      const { headers } = await get(path, {
        headers: { "x-functions-key": rig.host.keys.default },
      });
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      const form = path === "/auth/signout";
      expect(headers.get("referrer-policy")).toBe(form ? "same-origin" : "no-referrer");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    },
  );

  it("the front channel may be framed by the tenant's pages and nobody else", async () => {
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
  it.each(["nothing at all", 500, 429] as const)(
    "is 503 while the provider answers its request for tokens with %s, and signs nobody in",
    async (status) => {
      const fresh = createBrowser();
      const form = await fresh.signIn(`${rig.url}/auth/signin`, ADELE);
      const before = tokenRequests(rig);
      rig.tenant.switches.tokenFault = { status: status === "nothing at all" ? "drop" : status };
      const answer = await fresh.submit(form, { follow: false });
      rig.tenant.switches.tokenFault = undefined;
      expect(answer.status).toBe(503);
      expect(tokenRequests(rig)).toBeGreaterThan(before);
      expect(answer.text).toContain("Microsoft Entra ID does not answer");
      expect(await sessionOf(rig, fresh)).toMatchObject({ signedIn: false });
      await signedInBrowser(rig, ADELE, fresh);
      expect(await sessionOf(rig, fresh)).toMatchObject({ signedIn: true });
    },
  );
});

describe("GET /auth/session", () => {
  it("says who is signed in", async () => {
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
  it("is Microsoft Graph as the signed-in user, as far as the permission table goes", async () => {
    const me = await browser.fetch(`${rig.url}/graph/me?$select=displayName`);
    expect(JSON.parse(me.body)).toMatchObject({ displayName: "Adele Vance" });
    const photo = await browser.fetch(`${rig.url}/graph/me/photo/$value`);
    expect(photo.headers["content-type"]).toMatch(/^image\//);
    expect((await browser.fetch(`${rig.url}/graph/users`)).status).toBe(403);
    expect((await browser.fetch(`${rig.url}/graph/me/calendarView`)).status).toBe(400);
  });

  it("sends mail only for a page of this app", async () => {
    const answer = await browser.get(`${rig.url}/auth/session`);
    const send = (headers: Record<string, string>) =>
      fetch(`${rig.url}/graph/me/sendMail`, {
        method: "POST",
        headers: {
          cookie: `__Host-lightsout=${browser.cookies.get(answer.url, "__Host-lightsout")}`,
          "content-type": "application/json",
          ...headers,
        },
        body: JSON.stringify({
          message: {
            subject: "Hi",
            body: { contentType: "Text", content: "There." },
            toRecipients: [{ emailAddress: { address: ALEX } }],
          },
        }),
      });
    expect((await send({ origin: "https://evil.example" })).status).toBe(403);
    expect((await send({ origin: rig.url })).status).toBe(202);
  });

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

describe("/accounts/{homeAccountId}", () => {
  const account = (id: string, init: RequestInit = {}) =>
    get(`/accounts/${id}`, { ...init, headers: { "x-functions-key": rig.host.keys.default } });

  it("says what is held, never a token, and signs the account out", async () => {
    const held = await (await account(homeAccountIdOf(rig))).text();
    expect(JSON.parse(held)).toMatchObject({ held: true, readable: true });
    expect(held).not.toContain("eyJ");

    const other = await signedInBrowser(rig);
    const answer = await account(homeAccountIdOf(rig), { method: "DELETE" });
    expect(answer.status).toBe(204);
    expect(await sessionOf(rig, other)).toMatchObject({ signedIn: false });
    expect(await (await account(homeAccountIdOf(rig))).json()).toMatchObject({ held: false });
    browser = await signedInBrowser(rig);
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

describe("the timer authPurgeExpired", () => {
  it("leaves what has not expired", async () => {
    await rig.host.runTimer("authPurgeExpired");
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

itLeaksNothing(() => rig);
