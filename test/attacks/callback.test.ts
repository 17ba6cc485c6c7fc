import { describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser, type Form } from "../../local/tenant/browserless.ts";
import { answeredBrowser, itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { flipped } from "../support/flipped.ts";
import { unescaped } from "../support/markup.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows, readTable } from "../support/table.ts";
import {
  ADELE,
  ALEX,
  cookiesOf,
  isSignedIn,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
  signOutIn,
} from "../support/user.ts";

const rig = watchedRig();

const post = (body: string | URLSearchParams, headers = {}, { url } = rig.host) =>
  fetch(`${url}/auth/callback`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: body.toString(),
  });

/** A sign-in's answer, and the cookies of the browser that it belongs to. */
async function answered(username = ADELE) {
  const { browser, form } = await answeredBrowser(rig, username);
  const cookie = cookiesOf(rig, browser, true);
  return { browser, form, cookie, fields: form.fields as { code: string; state: string } };
}

/** Refused before anybody was asked. */
async function expectRefused(answer: Response, requestsBefore: number, status = 400) {
  expect(answer.status).toBe(status);
  expect(answer.headers.getSetCookie().join()).not.toContain("__Host-lightsout=");
  expect(answer.headers.get("location")).toBeNull();
  expect(tokenRequests(rig)).toBe(requestsBefore);
}

/** Sent on to where it shows whether somebody is signed in, and nobody was asked. */
async function expectLate(answer: Response, requestsBefore: number) {
  expect(answer.status).toBe(303);
  const location = new URL(answer.headers.get("location") ?? "");
  expect(location.origin + location.pathname).toBe(`${rig.url}/auth/callback`);
  expect([...location.searchParams.keys()]).toEqual(["state"]);
  expect(answer.headers.getSetCookie().join()).not.toContain("__Host-lightsout=");
  expect(tokenRequests(rig)).toBe(requestsBefore);
  return location.href;
}

type Fields = Record<string, string>;
type Answered = Awaited<ReturnType<typeof answered>>;
type Attack = (own: Answered, foreign: Answered) => [Fields, string];

// One of each kind: the others are in test/session/signInState.test.ts.
it.each<[string, Attack]>([
  ["missing", ({ fields: { code }, cookie }) => [{ code }, cookie]],
  ["changed", ({ fields, cookie }) => [{ ...fields, state: flipped(fields.state) }, cookie]],
  [
    "a cookie's value",
    ({ fields, cookie }) => [{ ...fields, state: cookie.replace(/^.*?=/, "") }, cookie],
  ],
])("a state that is none of ours (%s) leads nowhere, and to no request", async (_, attack) => {
  const own = await answered();
  const [fields, cookie] = attack(own, await answered(ALEX));
  const before = tokenRequests(rig);
  await expectRefused(await post(new URLSearchParams(fields), { cookie }), before);
  const query = new URLSearchParams({ state: fields.state || "x" });
  const late = await fetch(`${rig.url}/auth/callback?${query}`, { redirect: "manual" });
  expect(late.status).toBe(400);
});

it.each<[string, Attack]>([
  ["none at all", ({ fields }) => [fields, ""]],
  [
    "another browser's state",
    ({ fields, cookie }, foreign) => [{ ...fields, state: foreign.fields.state }, cookie],
  ],
  [
    "the name of another sign-in's",
    ({ fields, cookie }, foreign) => [
      fields,
      foreign.cookie.replace(/=.*/, cookie.replace(/^.*?=/, "=")),
    ],
  ],
])(
  "a state of ours, and a browser that has no cookie of it (%s): it goes on, to no request and no session",
  async (_, attack) => {
    const own = await answered();
    const [fields, cookie] = attack(own, await answered(ALEX));
    const before = tokenRequests(rig);
    const late = await expectLate(await post(new URLSearchParams(fields), { cookie }), before);

    const page = await fetch(late, { headers: { cookie }, redirect: "manual" });
    expect(page.status).toBe(400);
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await page.text()).toContain("This sign-in has expired");
    expect(tokenRequests(rig)).toBe(before);

    // It was the cookie that was wrong with it, and nothing else.
    const right = await post(new URLSearchParams(own.fields), { cookie: own.cookie });
    expect([right.status, right.headers.get("location")]).toEqual([303, `${rig.url}/`]);
  },
);

it("an answer that was used is not redeemed again, on any instance, and goes on to where the sign-in was going", async () => {
  const { browser, form } = await answeredBrowser(rig, ADELE, "?returnTo=/auth/sessions?a=b");
  const cookie = cookiesOf(rig, browser, true);
  await browser.submit(form);
  const before = tokenRequests(rig);
  const other = await rig.startHost();
  for (const instance of [rig.host, other]) {
    for (const carried of [cookie, ""]) {
      const fields = new URLSearchParams(form.fields);
      await expectLate(await post(fields, { cookie: carried }, instance), before);
    }
  }
  // Back, and the provider's page posts once more.
  const back = await browser.submit(form);
  expect([back.status, back.url]).toEqual([200, `${rig.url}/auth/sessions?a=b`]);
  expect(tokenRequests(rig)).toBe(before);
  expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });

  const twice = await answered();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      post(new URLSearchParams(twice.fields), { cookie: twice.cookie }, i % 2 ? rig.host : other),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(303));
  const sessions = answers.flatMap(({ headers }) =>
    headers.getSetCookie().filter((set) => set.startsWith("__Host-lightsout=")),
  );
  expect(sessions).toHaveLength(1);
  expect(tokenRequests(rig)).toBe(before + 1);
  await other.stop();
});

it("a sign-in that was left open too long says so, and its link leads to where it was going, with what it asked for", async () => {
  const path = `/auth/sessions?${"x".repeat(1_900)}`;
  const query = new URLSearchParams({ returnTo: path, scope: "Mail.Read" });
  const { browser, form } = await answeredBrowser(rig, ADELE, `?${query}`);
  for (const name of browser.cookies.names(rig.url)) {
    browser.cookies.set(new URL(rig.url), `${name}=; Path=/; Secure; Max-Age=0`);
  }
  const before = tokenRequests(rig);
  const page = await browser.submit(form);
  expect(page.status).toBe(400);
  expect(page.text).toContain("This sign-in has expired");
  expect(tokenRequests(rig)).toBe(before);
  const [, link = ""] = /href="([^"]*signin[^"]*)"/.exec(page.body) ?? [];
  const url = unescaped(link);
  expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
    returnTo: path,
    scope: "Mail.Read",
  });
  const landing = await browser.submit(await browser.signIn(url, ADELE), { follow: false });
  expect([landing.status, landing.location]).toEqual([303, rig.url + path]);
});

it("GET /auth/callback signs nobody in, whatever comes with it", async () => {
  const { fields, cookie } = await answered();
  const before = tokenRequests(rig);
  const url = `${rig.url}/auth/callback?${new URLSearchParams(fields)}`;
  const answer = await fetch(url, { headers: { cookie }, redirect: "manual" });
  expect(answer.status).toBe(400);
  expect(answer.headers.getSetCookie()).toEqual([]);
  expect(tokenRequests(rig)).toBe(before);
});

describe("prompt=none that the provider cannot satisfy", () => {
  const silent = "?prompt=none&returnTo=/auth/session";

  /** The provider's answer to somebody who is signed in nowhere, but with that error. */
  async function answeredWith(browser: Browser, error: string) {
    const [form] = (await browser.get(`${rig.url}/auth/signin${silent}`)).forms;
    expect(form?.fields.error).toBe("login_required");
    return browser.submit(form && { ...form, fields: { ...form.fields, error } });
  }

  it.each(["login_required", "consent_required", "account_selection_required"])(
    "%s leads back, signed out, and takes its cookie",
    async (error) => {
      const browser = createBrowser();
      const page = await answeredWith(browser, error);
      expect([page.status, page.url]).toEqual([200, `${rig.url}/auth/session`]);
      expect(JSON.parse(page.body)).toMatchObject({ signedIn: false });
      expect(browser.cookies.names(rig.url)).toEqual([]);
    },
  );

  it("any other error is told on a page", async () => {
    expect((await answeredWith(createBrowser(), "server_error")).status).toBe(400);
  });

  it("signs in without a click where the provider can", async () => {
    const browser = await signedInBrowser(rig);
    const before = sessionCookieOf(rig, browser);
    const form = await browser.signIn(`${rig.url}/auth/signin${silent}`, ADELE);
    const page = await browser.submit(form);
    expect(JSON.parse(page.body)).toMatchObject({ signedIn: true });
    expect(sessionCookieOf(rig, browser)).not.toBe(before);
  });
});

describe("an answer that", () => {
  const EVIL = "evil<script>alert(1)</script>";

  // One of each kind: the others are in test/http/form.test.ts.
  it.each<[string, (fields: { code: string; state: string }) => string]>([
    ["has no code", ({ state }) => `state=${state}`],
    ["has two states", ({ state, code }) => `state=${state}&state=${state}&code=${code}`],
    ["is an error too", ({ state, code }) => `state=${state}&code=${code}&error=server_error`],
    ["has its parameters in another case", ({ state, code }) => `State=${state}&Code=${code}`],
  ])("%s is refused before the token endpoint", async (_, body) => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    await expectRefused(await post(body(fields), { cookie }), before);
  });

  it("is too large is refused before the token endpoint", async () => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    const body = new URLSearchParams({ ...fields, x: "x".repeat(70_000) }).toString();
    await expectRefused(await post(body, { cookie }), before, 413);
  });

  it("comes in the query is refused", async () => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    const url = `${rig.url}/auth/callback?${new URLSearchParams(fields)}`;
    const form = { "content-type": "application/x-www-form-urlencoded", cookie };
    await expectRefused(await fetch(url, { method: "POST", headers: form }), before);
  });

  it.each([
    "access_denied",
    "server_error",
    "consent_required",
    "login_required",
    "interaction_required",
    EVIL,
    "__proto__",
  ])("is the error %s ends on a page that repeats nothing", async (error) => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    const answer = await post(
      new URLSearchParams({
        state: fields.state,
        error,
        error_description: EVIL,
        error_uri: "https://evil.example",
        error_subcode: EVIL,
      }),
      { cookie },
    );
    await expectRefused(answer, before);
    const body = await answer.text();
    expect(body).not.toContain("evil");
    expect(body).toContain("Sign in");
    // A refused sign-in takes its cookie with it.
    const [name] = cookie.split("=");
    expect(answer.headers.getSetCookie().join()).toMatch(new RegExp(`^${name}=; .*max-age=0`, "i"));
    expect(rig.logs.map(({ message }) => message).join()).not.toContain("evil");
  });
});

describe("a code that is not this sign-in's", () => {
  it("is worth nothing: it belongs to another verifier", async () => {
    const victim = await answered(ADELE);
    const attacker = await answered(ALEX);
    const mixed = { ...attacker.fields, code: victim.fields.code };
    const answer = await post(new URLSearchParams(mixed), { cookie: attacker.cookie });
    expect(answer.status).toBe(400);
    expect(answer.headers.getSetCookie().join()).not.toContain("__Host-lightsout=");
    expect(await sessionOf(rig, attacker.browser)).toMatchObject({ signedIn: false });
  });

  it("leaves nothing in storage, however often it is posted, and the right one is still good", async () => {
    const before = await readTable(rig.azurite);
    const own = await answered();
    const madeUp = new URLSearchParams({ ...own.fields, code: "made-up" });
    const posts = Array.from({ length: 5 }, () => post(madeUp, { cookie: own.cookie }));
    // Those that come while another one is being redeemed are late.
    const statuses = (await Promise.all(posts)).map(({ status }) => status);
    expect(statuses).toContain(400);
    expect(statuses.filter((status) => ![303, 400].includes(status))).toEqual([]);
    expect(await readTable(rig.azurite)).toEqual(before);

    const right = await post(new URLSearchParams(own.fields), { cookie: own.cookie });
    expect([right.status, right.headers.get("location")]).toEqual([303, `${rig.url}/`]);
    expect(right.headers.getSetCookie().join()).toContain("__Host-lightsout=");
  });

  it("cannot be made the victim's (login CSRF)", async () => {
    const attacker = await answered(ALEX);
    const victim = await signedInBrowser(rig);
    const pending = await victim.signIn(`${rig.url}/auth/signin?prompt=select_account`, ADELE);
    const before = tokenRequests(rig);
    // A page of the attacker's, which posts by itself.
    const page = { url: "http://evil.localhost/", noReferrer: false };
    const form: Form = { ...attacker.form, page };
    // The victim is signed in, as ever, and sees a page of the app, as any link of the attacker's could have it.
    expect((await victim.submit(form)).url).toBe(`${rig.url}/`);
    expect(tokenRequests(rig)).toBe(before);
    expect(await sessionOf(rig, victim)).toMatchObject({ account: { username: ADELE } });
    // What the victim had begun is not disturbed either.
    expect((await victim.submit(pending, { follow: false })).status).toBe(303);
  });
});

it("a session that was there before (session fixation) is never the one that a sign-in ends in", async () => {
  const attacker = await signedInBrowser(rig, ALEX);
  const planted = sessionCookieOf(rig, attacker);
  const victim = createBrowser();
  victim.cookies.set(new URL(rig.url), `${planted}; Path=/; Secure; HttpOnly; SameSite=Lax`);
  await signedInBrowser(rig, ADELE, victim);
  expect(sessionCookieOf(rig, victim)).not.toBe(planted);
  expect(await sessionOf(rig, victim)).toMatchObject({ account: { username: ADELE } });
  expect(await isSignedIn(rig, planted)).toBe(false);
});

it("an account is known by its ids alone: a colleague's name and address lead to nobody", async () => {
  const victim = await signedInBrowser(rig, ADELE);
  const rows = (await readAccountRows(rig.azurite)).length;
  rig.tenant.switches.idTokenOverrides = (claims) => ({
    claims: {
      ...claims,
      name: "Adele Vance",
      preferred_username: ADELE,
      email: ADELE,
      upn: ADELE,
      unique_name: ADELE,
      verified_primary_email: [ADELE],
    },
  });
  const attacker = await signedInBrowser(rig, ALEX);
  expect(await readAccountRows(rig.azurite)).toHaveLength(rows + 1);
  const { account } = await sessionOf(rig, attacker);
  expect(account?.homeAccountId).not.toBe((await sessionOf(rig, victim)).account?.homeAccountId);
  const me = JSON.parse((await attacker.fetch(`${rig.url}/graph/me`)).body);
  expect(me).toMatchObject({ displayName: "Alex Wilber" });

  await signOutIn(rig, attacker);
  expect(await sessionOf(rig, victim)).toMatchObject({ signedIn: true });
});

itLeaksNothing(() => rig);
