import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { JWTPayload } from "jose";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
import type { Tenant } from "../../../local/tenant/tenant.ts";
import { ADELE, ALEX, app, authorizeUrl, refresh, signIn, start } from "./helpers.ts";

const AFTER = "http://localhost:7071/";

let tenant: Tenant;
let browser: Browser;
const first = app();
const second = app({
  displayName: "Second app",
  redirectUris: ["http://localhost:7072/callback", "http://localhost:7072/bye"],
  frontChannelLogoutUrl: "http://localhost:7072/logged-out?from=tenant",
});

beforeEach(async () => {
  tenant = await start({ apps: [first, second, app({ displayName: "Never used" })] });
  browser = createBrowser();
});
afterEach(() => tenant.stop());

function logoutUrl(params: Record<string, unknown> = {}) {
  const url = new URL(`${tenant.url}/${tenant.tenantId}/oauth2/v2.0/logout`);
  for (const [name, value] of Object.entries({ client_id: first.clientId, ...params })) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** Signs in to the first app and, by single sign-on, to the second. */
async function signInToBoth() {
  const tokens = await signIn(tenant, ADELE, {}, browser);
  const redirect_uri = "http://localhost:7072/callback";
  await browser.get(authorizeUrl(tenant, { client_id: second.clientId, redirect_uri }));
  return tokens;
}

/** With this ID token's hint. */
function signOut({ login_hint }: JWTPayload, params: object = {}) {
  return browser.get(logoutUrl({ logout_hint: login_hint, ...params }));
}

async function isSignedIn() {
  const page = await browser.get(authorizeUrl(tenant, { prompt: "none" }));
  return page.forms[0]?.fields.error === undefined;
}

describe("in device mode", () => {
  it("the session outlives a sign-out, and its sid comes again", async () => {
    tenant.switches.deviceMode = true;
    const { idToken } = await signInToBoth();
    const page = await signOut(idToken);
    expect(page.frames).toHaveLength(2);
    expect(await isSignedIn()).toBe(true);
    const again = await signIn(tenant, ADELE, {}, browser);
    expect(again.idToken.sid).toBe(idToken.sid);
    // Told are the apps that have signed in since.
    const next = await signOut(idToken);
    expect(next.frames).toEqual(page.frames.slice(0, 1));
  });
});

describe("signing out with a logout_hint", () => {
  it("frames every app of the session, the one that asked included, with sid and no iss", async () => {
    const { idToken } = await signInToBoth();
    const page = await signOut(idToken, { post_logout_redirect_uri: AFTER });
    expect(page.status).toBe(200);
    expect(page.frames).toEqual([
      `http://localhost:7071/auth/logout-callback?sid=${idToken.sid}`,
      `http://localhost:7072/logged-out?from=tenant&sid=${idToken.sid}`,
    ]);
    expect(tenant.frontChannelCalls).toEqual([
      { clientId: first.clientId, sid: idToken.sid, url: page.frames[0], at: expect.any(Number) },
      { clientId: second.clientId, sid: idToken.sid, url: page.frames[1], at: expect.any(Number) },
    ]);
  });

  it("frames an app that has not redeemed its code yet", async () => {
    const form = await browser.signIn(authorizeUrl(tenant), ADELE);
    const page = await browser.get(logoutUrl());
    const done = await browser.submit(page.forms[0], { press: ADELE });
    expect(done.frames).toEqual([expect.stringContaining(form.fields.session_state ?? "none")]);
  });

  it("ends the single sign-on session, and the next one has another sid", async () => {
    const { idToken } = await signInToBoth();
    expect(await isSignedIn()).toBe(true);
    await signOut(idToken);
    expect(await isSignedIn()).toBe(false);
    expect(browser.cookies.names(tenant.url)).toEqual([]);
    expect(tenant.sessions).toEqual([]);
    const again = await signIn(tenant, ADELE, {}, browser);
    expect(again.idToken.sid).not.toBe(idToken.sid);
  });

  it("leaves refresh tokens alone, as Entra does", async () => {
    const { idToken, refresh_token } = await signInToBoth();
    await signOut(idToken);
    expect((await refresh(tenant, refresh_token)).status).toBe(200);
  });

  it("leaves the session in another browser alone", async () => {
    const other = createBrowser();
    const elsewhere = await signIn(tenant, ADELE, {}, other);
    const { idToken } = await signInToBoth();
    expect(elsewhere.idToken.sid).not.toBe(idToken.sid);
    await signOut(idToken);
    const page = await other.get(authorizeUrl(tenant, { prompt: "none" }));
    expect(page.forms[0]?.fields.session_state).toBe(elsewhere.idToken.sid);
  });

  it("signs out only that one of two accounts", async () => {
    const adele = await signIn(tenant, ADELE, {}, browser);
    const alex = await signIn(tenant, ALEX, { prompt: "select_account" }, browser);
    const page = await signOut(adele.idToken);
    expect(page.frames).toEqual([expect.stringContaining(String(adele.idToken.sid))]);
    const silent = await browser.get(authorizeUrl(tenant, { prompt: "none" }));
    expect(silent.forms[0]?.fields.session_state).toBe(alex.idToken.sid);
  });
});

describe("without a hint that fits", () => {
  it.each([undefined, ADELE, "O.something"])(
    "asks which account (hint %s)",
    async (logout_hint) => {
      await signInToBoth();
      const page = await browser.get(logoutUrl({ logout_hint, post_logout_redirect_uri: AFTER }));
      expect(page.text).toContain("Which account do you want to sign out of?");
      expect(page.frames).toEqual([]);
      expect(await isSignedIn()).toBe(true);
      const done = await browser.submit(page.forms[0], { press: ADELE });
      expect(done.frames).toHaveLength(2);
      expect(done.refresh).toBe(AFTER);
      expect(await isSignedIn()).toBe(false);
    },
  );
});

describe("the way back", () => {
  it("waits for the frames, is there without scripts, and carries state", async () => {
    const { idToken } = await signInToBoth();
    const page = await signOut(idToken, { post_logout_redirect_uri: AFTER, state: "the state" });
    expect(page.refresh).toBe(`${AFTER}?state=the+state`);
    expect(page.body).toContain("let waiting = 2;");
    expect(page.body.match(/onload="loaded\(\)"/g)).toHaveLength(2);
    expect(page.headers["x-frame-options"]).toBe("DENY");
  });

  it.each([
    "https://evil.example/",
    "http://localhost:7071/elsewhere",
    "http://localhost:7071",
    undefined,
  ])("stays here for %s, but is signed out", async (post_logout_redirect_uri) => {
    const { idToken } = await signInToBoth();
    const page = await signOut(idToken, { post_logout_redirect_uri });
    expect(page.text).toContain("You signed out of your account");
    expect(page.refresh).toBeUndefined();
    expect(page.body).not.toContain("<script>");
    expect(page.frames).toHaveLength(2);
    expect(await isSignedIn()).toBe(false);
  });

  it.each<[string, object]>([
    ["of another app", { client_id: second.clientId }],
    ["of an app that nobody knows", { client_id: crypto.randomUUID() }],
    ["of no app", { client_id: undefined }],
  ])("is not open to a request in the name %s", async (_, name) => {
    const { idToken } = await signInToBoth();
    const page = await signOut(idToken, { post_logout_redirect_uri: AFTER, ...name });
    expect(page.refresh).toBeUndefined();
    expect(await isSignedIn()).toBe(false);
  });

  it("is open without a session to an app named by a real id_token_hint", async () => {
    const { id_token } = await signIn(tenant, ADELE, {}, createBrowser());
    const url = (id_token_hint: unknown, client_id?: string) =>
      logoutUrl({ id_token_hint, client_id, post_logout_redirect_uri: AFTER });
    expect((await browser.get(url(id_token))).refresh).toBe(AFTER);
    expect((await browser.get(url(id_token, second.clientId))).refresh).toBeUndefined();
    expect((await browser.get(url(`${id_token}x`))).refresh).toBeUndefined();
  });
});

describe("a sign-out that goes elsewhere", () => {
  it("leads over two more origins, and ends the session there", async () => {
    const { idToken } = await signInToBoth();
    tenant.switches.signOutOnOtherOrigin = true;
    const metadata = (await (await fetch(tenant.metadataUrl)).json()) as Record<string, string>;
    const url = new URL(logoutUrl({ logout_hint: idToken.login_hint, state: "kept" }));
    url.searchParams.set("post_logout_redirect_uri", AFTER);
    const seen = [`${metadata.end_session_endpoint}${url.search}`];
    let page = await browser.get(seen[0] ?? "", { follow: false });
    while (page.location !== undefined) {
      seen.push(page.location);
      page = await browser.get(page.location, { follow: false });
    }
    const origins = seen.map((address) => new URL(address).origin);
    expect(new Set([tenant.url, ...origins]).size).toBe(3);
    expect(origins[2]).toBe(origins[0]);
    expect(page.frames).toHaveLength(2);
    expect(page.refresh).toBe(`${AFTER}?state=kept`);
    expect(await isSignedIn()).toBe(false);
  });
});
