import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { sendRaw } from "../support/raw.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, sessionCookieOf, sessionOf, signedInBrowser, signOutIn } from "../support/user.ts";

const rig = watchedRig();
let browser: Browser;
/** What a browser adds to every request to the app. */
let cookie: string;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
  cookie = sessionCookieOf(rig, browser);
});

const signedIn = async () => (await sessionOf(rig, browser)).signedIn;
const SAME_ORIGIN = { "sec-fetch-site": "same-origin" };

it.each(["/", "/auth/sessions", "/auth/signout"])(
  "the app's own pages sign out from %s also in a browser that sends no Sec-Fetch-Site",
  async (path) => {
    const old = await signedInBrowser(rig, ADELE, createBrowser({ fetchMetadata: false }));
    const page = await old.get(rig.url + path);
    const form = page.forms.find(({ action }) => action === `${rig.url}/auth/signout`);
    const answer = await old.submit(form, { follow: false });
    expect(answer.status).toBe(303);
    expect((await sessionOf(rig, old)).signedIn).toBe(false);
    await signedInBrowser(rig, ADELE, browser);
    cookie = sessionCookieOf(rig, browser);
  },
);

describe("another site that", () => {
  const evil = { url: "http://evil.localhost/", noReferrer: false };

  it("frames it, links to it or fetches it ahead gets the question, and nothing happens", async () => {
    for (const headers of [
      { "sec-fetch-dest": "iframe", "sec-fetch-mode": "navigate" },
      { "sec-fetch-dest": "document", "sec-fetch-mode": "navigate" },
      { "sec-purpose": "prefetch;prerender" },
    ]) {
      const foreign = { cookie, "sec-fetch-site": "cross-site", ...headers };
      const answer = await sendRaw(rig, { path: "/auth/signout", headers: foreign });
      expect(answer.status).toBe(200);
      expect(answer.headers).not.toHaveProperty("set-cookie");
      expect(await signedIn()).toBe(true);
    }
  });

  it("posts a form there is refused", async () => {
    const action = `${rig.url}/auth/signout`;
    const form = { method: "POST" as const, action, fields: {}, buttons: [], page: evil };
    expect((await browser.submit(form, { follow: false })).status).toBe(403);
    expect(await signedIn()).toBe(true);
  });
});

// Of one kind: the others are in test/http/sameOrigin.test.ts.
it("a post that says cross-site, with the right origin, is refused", async () => {
  const headers = { cookie, "sec-fetch-site": "cross-site", origin: rig.url };
  const answer = await sendRaw(rig, { path: "/auth/signout", method: "POST", headers });
  expect(answer.status).toBe(403);
  expect(answer.headers).not.toHaveProperty("set-cookie");
  expect(await signedIn()).toBe(true);
});

describe("a request that only looks like one", () => {
  it.each<[string, string, Record<string, string>]>([
    ["GET", "/auth/signout", { "x-http-method-override": "POST" }],
    ["GET", "/auth/signout?_method=POST", {}],
    ["HEAD", "/auth/signout", {}],
    ["PUT", "/auth/signout", {}],
    ["OPTIONS", "/auth/signout", { "access-control-request-method": "POST" }],
    ["POST", "//auth/signout", {}],
    ["POST", "/auth/signout/x", {}],
    ["POST", "/auth%2fsignout", {}],
    ["POST", "/auth/session", {}],
    ["POST", "/auth/sessions", {}],
    ["POST", "/", {}],
  ])("%s %s signs nobody out", async (method, path, headers) => {
    const answer = await sendRaw(rig, {
      method,
      path: encodeURI(path).replaceAll("%25", "%"),
      headers: { cookie, ...SAME_ORIGIN, ...headers },
    });
    expect(answer.status).toBeLessThan(500);
    expect(answer.headers).not.toHaveProperty("set-cookie");
    expect(await signedIn()).toBe(true);
  });

  it.each(["/AUTH/SignOut/", "/x/../auth/%73ignout"])(
    "but %s is the same address: cross-site it does nothing either",
    async (path) => {
      const headers = { cookie, "sec-fetch-site": "cross-site", origin: "https://evil.example" };
      expect((await sendRaw(rig, { method: "POST", path, headers })).status).toBe(403);
      expect(await signedIn()).toBe(true);
    },
  );
});

describe("after a sign-out", () => {
  it("the way on is the app's own, whatever the request says", async () => {
    const query = new URLSearchParams({
      post_logout_redirect_uri: "https://evil.example",
      returnTo: "//evil.example",
      redirect_uri: "https://evil.example",
      state: "evil",
      logout_hint: "evil",
      id_token_hint: "evil",
    });
    const own = await signedInBrowser(rig);
    const answer = await fetch(`${rig.url}/auth/signout?${query}`, {
      method: "POST",
      headers: { ...SAME_ORIGIN, cookie: sessionCookieOf(rig, own) },
      body: query,
      redirect: "manual",
    });
    expect(answer.status).toBe(303);
    const location = answer.headers.get("location") ?? "";
    expect(location).not.toContain("evil");
    const { origin, searchParams } = new URL(location);
    expect(origin).toBe(rig.tenant.url);
    expect([...searchParams.keys()]).toEqual([
      "client_id",
      "post_logout_redirect_uri",
      "logout_hint",
    ]);
    expect(searchParams.get("post_logout_redirect_uri")).toBe(`${rig.url}/auth/signed-out`);
    expect(await sessionOf(rig, own)).toMatchObject({ signedIn: false });
  });

  it("the browser holds its session no more, also where it was over already", async () => {
    const own = await signedInBrowser(rig);
    const copy = sessionCookieOf(rig, own);
    for (const planted of [undefined, `${copy}; Path=/; Secure; HttpOnly`]) {
      if (planted) own.cookies.set(new URL(rig.url), planted);
      expect((await signOutIn(rig, own)).status).toBe(303);
      expect(own.cookies.names(rig.url)).not.toContain("__Host-lightsout");
    }
  });
});

itLeaksNothing(() => rig);
