import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { sealState } from "../../src/shared/session/signInState.ts";
import { itLeaksNothing, keyringOf } from "../support/attack.ts";
import { unescaped } from "../support/markup.ts";
import { watchedRig } from "../support/secrets.ts";
import {
  ADELE,
  ALEX,
  isSignedIn,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
  signOutIn,
} from "../support/user.ts";

const rig = watchedRig();
/** Signed in here as Adele, and at the provider as Alex too: single sign-on would do for either. */
let browser: Browser;
beforeAll(async () => {
  browser = await signedInBrowser(rig);
  await browser.signIn(`${rig.url}/auth/signin?prompt=select_account`, ALEX);
});

const EVIL = { url: "http://evil.localhost/", noReferrer: false };
const own = () => ({ url: `${rig.url}/`, noReferrer: true });
/** From a bookmark, a mail program, or a browser that says nothing of where a link is. */
const SILENT = { "Sec-Fetch-Site": "", "Sec-Fetch-Mode": "", "Sec-Fetch-Dest": "" };

const link = (query: Record<string, string>) =>
  `${rig.url}/auth/signin?${new URLSearchParams(query)}`;
const initiated = (query: Record<string, string>) => link({ iss: rig.tenant.issuer, ...query });
/** A form of another site's that posts to the sign-in. */
const post = (one: Browser, fields: Record<string, string>, more: object = {}) =>
  one.submit(
    { method: "POST", action: `${rig.url}/auth/signin`, fields, buttons: [], page: EVIL },
    more,
  );
const links = (body: string) =>
  Object.fromEntries(
    [...body.matchAll(/<a [^>]*href="([^"]*)">([^<]*)</g)].map(([, href = "", text = ""]) => [
      text,
      unescaped(href),
    ]),
  );

describe("a link that names somebody else, to a browser that is signed in,", () => {
  it.each<[string, () => string, object]>([
    ["of another site", () => link({ loginHint: ALEX }), { from: EVIL }],
    ["that was typed, or opened by a mail program", () => link({ loginHint: ALEX }), {}],
    ["of a browser that does not say", () => link({ loginHint: ALEX }), { headers: SILENT }],
    ["that initiates a login", () => initiated({ login_hint: ALEX }), { from: EVIL }],
    ["by its domain", () => link({ domainHint: "fabrikam.com" }), { from: EVIL }],
    ["without showing anything", () => link({ loginHint: ALEX, prompt: "none" }), { from: EVIL }],
    [
      "with an agreement of its own",
      () => link({ loginHint: ALEX, agreement: "k1.agreed" }),
      { from: EVIL },
    ],
    [
      "with a cookie for its agreement",
      () =>
        link({ loginHint: ALEX, agreement: sessionCookieOf(rig, browser).replace(/^.*?=/, "") }),
      { from: EVIL },
    ],
  ])("%s, shows a page that asks", async (_, url, visit) => {
    const before = sessionCookieOf(rig, browser);
    const page = await browser.get(url(), visit);
    expect([page.status, page.url.startsWith(rig.url)]).toEqual([200, true]);
    expect(page.text).toContain(`You are signed in as ${ADELE}`);
    expect(page.body.replaceAll(/href="[^"]*"/g, "")).not.toContain(ALEX);
    expect(page.headers["set-cookie"]).toBeUndefined();
    expect(sessionCookieOf(rig, browser)).toBe(before);
  });

  it("does it once the user agrees, and goes where it was to go, in a browser that does not say where a link is", async () => {
    const one = await signedInBrowser(rig);
    const page = await one.get(link({ loginHint: ALEX, returnTo: "/auth/session?a=b" }), {
      from: EVIL,
    });
    const { "Switch account": agree = "", "Stay signed in": stay } = links(page.body);
    expect(stay).toBe("/auth/session?a=b");
    const picker = await one.get(new URL(agree, page.url).href, { from: own(), headers: SILENT });
    const posted = await one.submit(picker.forms[0], { press: ALEX });
    const landed = await one.submit(posted.forms[0]);
    expect(landed.url).toBe(`${rig.url}/auth/session?a=b`);
    expect(JSON.parse(landed.body)).toMatchObject({ account: { username: ALEX } });
  });

  it("is not agreed to by the agreement of another session", async () => {
    const other = await signedInBrowser(rig);
    const page = await other.get(link({ loginHint: ALEX }), { from: EVIL });
    const { "Switch account": agree = "" } = links(page.body);
    const url = new URL(agree, page.url).href;
    expect((await browser.get(url, { from: EVIL })).text).toContain("for somebody else");
  });
});

describe("to stay signed in", () => {
  const another = () => `/auth/signin?loginHint=${encodeURIComponent(ALEX)}`;

  it.each<[string, () => string]>([
    ["a sign-in", another],
    [
      "where a late answer goes on to a sign-in",
      () => {
        const late = { id: "x", returnTo: another(), scopes: [], expiresAt: Date.now() + 60_000 };
        return `/auth/callback?state=${sealState(keyringOf(rig), late)}`;
      },
    ],
  ])("is to stay who one is, also where the way back is %s", async (_, returnTo) => {
    const one = await signedInBrowser(rig);
    await one.signIn(`${rig.url}/auth/signin?prompt=select_account`, ALEX);
    const page = await one.get(link({ loginHint: ALEX, returnTo: returnTo() }), { from: EVIL });
    const { "Stay signed in": stay = "" } = links(page.body);
    const landed = await one.get(new URL(stay, page.url).href, { from: own() });
    expect(landed.url.startsWith(`${rig.url}/`)).toBe(true);
    expect(landed.forms.flatMap(({ fields }) => Object.keys(fields))).not.toContain("code");
    expect(await sessionOf(rig, one)).toMatchObject({ account: { username: ADELE } });
  });
});

describe("a link that does not name somebody else", () => {
  /** Where it leads to, without following. */
  const startOf = async (url: string, visit: object, one = browser) => {
    const { status, location } = await one.get(url, { follow: false, ...visit });
    expect(status).toBe(302);
    const { origin, searchParams } = new URL(location ?? "");
    expect(origin).toBe(rig.tenant.url);
    return searchParams;
  };

  it("but nobody signs in whoever is signed in: single sign-on does not pick another", async () => {
    const queries = [{}, { prompt: "none" }, { prompt: "login" }, { domainHint: "organizations" }];
    for (const query of queries as Record<string, string>[]) {
      const hint = (await startOf(link(query), { from: EVIL })).get("login_hint");
      const [, own = ""] = hint?.split(".") ?? [];
      expect(Buffer.from(own, "base64url").toString()).toContain(ADELE);
    }
  });

  it("leaves it to the user where the provider shows its accounts", async () => {
    for (const prompt of ["select_account", "create"]) {
      const sent = await startOf(link({ prompt }), { from: EVIL });
      expect([sent.get("prompt"), sent.get("login_hint")]).toEqual([prompt, null]);
    }
  });

  it("asks nothing: who is signed in, in any case; a page of ours; somebody who is signed out", async () => {
    await startOf(link({ loginHint: ADELE.toUpperCase() }), { from: EVIL });
    await startOf(initiated({ login_hint: ADELE }), { from: EVIL });
    await startOf(link({ domainHint: "contoso.com" }), { from: EVIL });
    const sent = await startOf(link({ loginHint: ALEX }), { from: own() });
    expect(sent.get("login_hint")).toBe(ALEX);
    await startOf(link({ loginHint: ALEX }), { from: EVIL }, createBrowser());
    const out = await signedInBrowser(rig, ALEX);
    const cookie = sessionCookieOf(rig, out);
    await signOutIn(rig, out);
    const visit = { from: EVIL, headers: { Cookie: cookie } };
    await startOf(link({ loginHint: ADELE }), visit, out);
  });
});

describe("what another site does not open as a page of its own", () => {
  const foreign = (dest: string, site = "cross-site") => ({
    from: EVIL,
    follow: false,
    headers: { "Sec-Fetch-Site": site, "Sec-Fetch-Dest": dest },
  });

  // One of each kind: the others, and who may, are in test/http/sameOrigin.test.ts.
  it.each(["iframe", "image", "script", "empty"])(
    "(%s) starts no sign-in, by GET or POST, and leaves no cookie",
    async (dest) => {
      for (const site of ["cross-site", "same-site"]) {
        const answers = [
          await browser.get(link({ loginHint: ALEX, prompt: "none" }), foreign(dest, site)),
          await post(browser, { iss: rig.tenant.issuer, login_hint: ALEX }, foreign(dest, site)),
        ];
        for (const { status, headers } of answers) {
          expect([status, headers["set-cookie"]]).toEqual([403, undefined]);
        }
      }
    },
  );

  it("a frame that signs in without a click does not end the session that is there", async () => {
    const one = await signedInBrowser(rig);
    await one.signIn(`${rig.url}/auth/signin?prompt=select_account`, ALEX);
    const cookie = sessionCookieOf(rig, one);
    const page = await one.get(`${rig.url}/health`);
    const evil = { ...page, ...EVIL, frames: [link({ loginHint: ALEX, prompt: "none" })] };
    const [framed] = await one.loadFrames(evil, { cookies: true });
    if (framed?.forms[0]) await one.submit(framed.forms[0]);
    expect(await isSignedIn(rig, cookie)).toBe(true);
  });
});

describe("a login that another site initiates (OpenID Connect Core §4)", () => {
  it.each(["GET", "POST"])("by %s, signs in and leads to its target", async (method) => {
    const one = createBrowser();
    const fields = {
      iss: rig.tenant.issuer,
      login_hint: ADELE,
      target_link_uri: `${rig.url}/auth/session?x=${"y".repeat(1_000)}`,
    };
    const picker =
      method === "GET" ? await one.get(link(fields), { from: EVIL }) : await post(one, fields);
    const posted = await one.submit(picker.forms[0], { press: ADELE });
    const landed = await one.submit(posted.forms[0]);
    expect([landed.status, landed.url]).toEqual([200, fields.target_link_uri]);
    expect(await sessionOf(rig, one)).toMatchObject({ account: { username: ADELE } });
  });

  it("by POST, is answered by the same as an address, where the session is seen", async () => {
    const fields = { iss: rig.tenant.issuer, login_hint: ALEX, evil: "evil" };
    const { status, location, headers } = await post(browser, fields, { follow: false });
    expect(status).toBe(303);
    expect(headers["set-cookie"]).toBeUndefined();
    const { pathname, searchParams } = new URL(location ?? "");
    expect(pathname).toBe("/auth/signin");
    expect(Object.fromEntries(searchParams)).toEqual({
      iss: rig.tenant.issuer,
      login_hint: ALEX,
    });
    expect((await post(browser, fields)).text).toContain(`You are signed in as ${ADELE}`);
  });

  it("to another site's address leads to the home page", async () => {
    const one = createBrowser();
    const target = { target_link_uri: "https://evil.example/" };
    const form = await one.signIn(initiated(target), ADELE);
    expect((await one.submit(form, { follow: false })).location).toBe(`${rig.url}/`);
  });

  it.each<[string, () => Record<string, string>]>([
    ["another provider", () => ({ iss: "https://evil.example" })],
    ["another tenant", () => ({ iss: rig.tenant.issuer.replace(/[0-9a-f]{8}-/, "00000000-") })],
    ["ours, with more", () => ({ iss: `${rig.tenant.issuer}/` })],
    ["nobody", () => ({ login_hint: ADELE })],
    ["nobody, with a target", () => ({ target_link_uri: "/" })],
    ["ours, with a malformed hint", () => ({ iss: rig.tenant.issuer, login_hint: "a\nb" })],
  ])("and that names %s is refused, by GET and POST", async (_, fields) => {
    for (const page of [
      await createBrowser().get(link(fields()), { from: EVIL }),
      await post(createBrowser(), fields()),
    ]) {
      expect([page.status, page.headers["set-cookie"]]).toEqual([400, undefined]);
      expect(page.body).not.toContain("evil");
    }
  });

  it("by a post of nothing, of too much, or twice the same, is refused", async () => {
    const { issuer } = rig.tenant;
    const send = (body: string) =>
      fetch(`${rig.url}/auth/signin`, {
        method: "POST",
        redirect: "manual",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body,
      });
    const iss = encodeURIComponent(issuer);
    for (const body of [
      "",
      `iss=${iss}&iss=${iss}`,
      `iss=${iss}&target_link_uri=/${"x".repeat(9_000)}`,
    ]) {
      expect((await send(body)).status).toBe(400);
    }
  });
});

itLeaksNothing(() => rig);
