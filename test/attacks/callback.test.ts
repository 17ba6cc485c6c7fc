import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Form } from "../../local/tenant/browserless.ts";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { attemptOf } from "../../src/shared/identity/attempt.ts";
import { sealCookie } from "../../src/shared/session/cookies.ts";
import { answeredBrowser, itLeaksNothing, keyringOf, tokenRequests } from "../support/attack.ts";
import { startWatchedRig, type WatchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import {
  ADELE,
  ALEX,
  isSignedIn,
  sessionCookieOf,
  sessionOf,
  signedInBrowser,
} from "../support/user.ts";

const SLOT = "__Host-lightsout-signin-0";

let rig: WatchedRig;
beforeAll(async () => {
  rig = await startWatchedRig();
});
afterEach(() => {
  rig.tenant.switches.idTokenOverrides = undefined;
});
afterAll(() => rig?.stop());

const post = (body: string | URLSearchParams, headers = {}) =>
  fetch(`${rig.url}/auth/callback`, {
    method: "POST",
    redirect: "manual",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: body.toString(),
  });

/** A sign-in's answer, and the cookies of the browser that it belongs to. */
async function answered(username = ADELE) {
  const { browser, form } = await answeredBrowser(rig, username);
  const cookie = browser.cookies.header(new URL(rig.url), {
    crossSite: true,
    safeNavigation: false,
  });
  return { browser, form, cookie, fields: form.fields as { code: string; state: string } };
}

/** Refused before anybody was asked. */
async function expectRefused(answer: Response, requestsBefore: number) {
  expect(answer.status).toBe(400);
  expect(answer.headers.getSetCookie().join()).not.toContain("__Host-lightsout=");
  expect(answer.headers.get("location")).toBeNull();
  expect(tokenRequests(rig)).toBe(requestsBefore);
}

describe("a state", () => {
  type Answered = Awaited<ReturnType<typeof answered>>;
  /** Not its last character: a part of that one stands for nothing in base64. */
  const flipped = (text: string) =>
    text.slice(0, -9) + (text.at(-9) === "A" ? "B" : "A") + text.slice(-8);

  it.each<[string, (own: Answered, foreign: Answered) => [Record<string, string>, string]]>([
    ["that is missing", ({ fields: { code }, cookie }) => [{ code }, cookie]],
    ["that is empty", ({ fields: { code }, cookie }) => [{ code, state: "" }, cookie]],
    ["without its cookie", ({ fields }) => [fields, ""]],
    [
      "of another browser",
      ({ fields, cookie }, foreign) => [{ ...fields, state: foreign.fields.state }, cookie],
    ],
    [
      "that was changed",
      ({ fields, cookie }) => [{ ...fields, state: flipped(fields.state) }, cookie],
    ],
    [
      "in another case",
      ({ fields, cookie }) => [{ ...fields, state: fields.state.toUpperCase() }, cookie],
    ],
    ["whose cookie was changed", ({ fields, cookie }) => [fields, flipped(cookie)]],
    [
      "whose cookie has another name",
      ({ fields, cookie }) => [fields, cookie.replace(/-signin-\d+/, "-signin-99")],
    ],
    [
      "whose cookie was moved to another slot",
      ({ fields, cookie }) => [
        fields,
        cookie.replace(/-(\d+)=/, (_, slot) => `-${(Number(slot) + 1) % 16}=`),
      ],
    ],
    [
      "with the session's cookie for its own",
      ({ fields, cookie }) => [fields, cookie.replace(/^.*?=/, "__Host-lightsout=")],
    ],
  ])("%s leads nowhere, and to no request", async (_, attack) => {
    const own = await answered();
    const [fields, cookie] = attack(own, await answered(ALEX));
    const before = tokenRequests(rig);
    await expectRefused(await post(new URLSearchParams(fields), { cookie }), before);
  });

  it("that expired leads nowhere", async () => {
    const { browser, fields } = await answered();
    const secret = "s".repeat(43);
    const pending = { secret, scopes: ["openid"], returnTo: "/", expiresAt: Date.now() - 1 };
    const sealed = sealCookie(keyringOf(rig), SLOT, pending);
    const before = tokenRequests(rig);
    const form = new URLSearchParams({ ...fields, state: attemptOf(secret).state });
    await expectRefused(await post(form, { cookie: `${SLOT}=${sealed}` }), before);

    // It is the time that is wrong with it, and nothing else: the provider refuses the code then.
    const inTime = sealCookie(keyringOf(rig), SLOT, { ...pending, expiresAt: Date.now() + 60_000 });
    expect((await post(form, { cookie: `${SLOT}=${inTime}` })).status).toBe(400);
    expect(tokenRequests(rig)).toBe(before + 1);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  });

  it("that was used leads nowhere, on any instance", async () => {
    const { form, cookie, browser } = await answered();
    await browser.submit(form);
    const before = tokenRequests(rig);
    const other = await rig.startHost();
    for (const { url } of [rig, other]) {
      const again = await fetch(`${url}/auth/callback`, {
        method: "POST",
        redirect: "manual",
        headers: { cookie },
        body: new URLSearchParams(form.fields),
      });
      await expectRefused(again, before);
    }
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });

    const twice = await answered();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        fetch(`${i % 2 ? rig.url : other.url}/auth/callback`, {
          method: "POST",
          redirect: "manual",
          headers: { cookie: twice.cookie },
          body: new URLSearchParams(twice.fields),
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([303, ...Array(19).fill(400)]);
    expect(tokenRequests(rig)).toBe(before + 1);
    await other.stop();
  });
});

describe("an answer that", () => {
  const EVIL = "evil<script>alert(1)</script>";

  it.each<[string, (fields: { code: string; state: string }) => string]>([
    ["has no code", ({ state }) => `state=${state}`],
    ["has an empty code", ({ state }) => `state=${state}&code=`],
    ["has two codes", ({ state, code }) => `state=${state}&code=${code}&code=${code}`],
    ["has two states", ({ state, code }) => `state=${state}&state=${state}&code=${code}`],
    ["is an error too", ({ state, code }) => `state=${state}&code=${code}&error=server_error`],
    ["is too large", ({ state, code }) => `state=${state}&code=${code}&x=${"x".repeat(70_000)}`],
    [
      "has a thousand parameters twice",
      ({ state, code }) => `state=${state}&code=${code}${"&x=1".repeat(1_000)}`,
    ],
    ["has its parameters in another case", ({ state, code }) => `State=${state}&Code=${code}`],
    ["has arrays for parameters", ({ state, code }) => `state[]=${state}&code[]=${code}`],
    ["has prototype keys", ({ code }) => `__proto__=x&constructor=x&code=${code}`],
  ])("%s is refused before the token endpoint", async (_, body) => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    await expectRefused(await post(body(fields), { cookie }), before);
  });

  it.each([
    ["JSON", "application/json", JSON.stringify],
    ["multipart", "multipart/form-data; boundary=x", () => "--x--"],
    ["plain text, as a form can send it", "text/plain", String],
    ["of no type", "", String],
  ])("is %s is refused", async (_, type, encode) => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    const body = encode(new URLSearchParams(fields) as never);
    await expectRefused(await post(body, { cookie, "content-type": type }), before);
  });

  it("comes in the query is refused", async () => {
    const { fields, cookie } = await answered();
    const before = tokenRequests(rig);
    const url = `${rig.url}/auth/callback?${new URLSearchParams(fields)}`;
    const form = { "content-type": "application/x-www-form-urlencoded", cookie };
    await expectRefused(await fetch(url, { method: "POST", headers: form }), before);
    expect((await fetch(url, { headers: { cookie } })).status).toBe(404);
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
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(await sessionOf(rig, attacker.browser)).toMatchObject({ signedIn: false });
  });

  it("cannot be made the victim's (login CSRF)", async () => {
    const attacker = await answered(ALEX);
    const victim = await signedInBrowser(rig);
    const pending = await victim.signIn(`${rig.url}/auth/signin?prompt=select_account`, ADELE);
    const before = tokenRequests(rig);
    // A page of the attacker's, which posts by itself.
    const page = { url: "http://evil.localhost/", noReferrer: false };
    const form: Form = { ...attacker.form, page };
    expect((await victim.submit(form, { follow: false })).status).toBe(400);
    expect(tokenRequests(rig)).toBe(before);
    expect(await sessionOf(rig, victim)).toMatchObject({ account: { username: ADELE } });
    // What the victim had begun is not disturbed either.
    expect((await victim.submit(pending, { follow: false })).status).toBe(303);
  });
});

describe("a session that was there before (session fixation)", () => {
  it("is never the one that a sign-in ends in", async () => {
    const attacker = await signedInBrowser(rig, ALEX);
    const planted = sessionCookieOf(rig, attacker);
    const victim = createBrowser();
    victim.cookies.set(new URL(rig.url), `${planted}; Path=/; Secure; HttpOnly; SameSite=Lax`);
    await signedInBrowser(rig, ADELE, victim);
    expect(sessionCookieOf(rig, victim)).not.toBe(planted);
    expect(await sessionOf(rig, victim)).toMatchObject({ account: { username: ADELE } });
    expect(await isSignedIn(rig, planted)).toBe(false);
  });

  it("is replaced at every sign-in, and worth nothing afterwards", async () => {
    const browser = await signedInBrowser(rig);
    const before = sessionCookieOf(rig, browser);
    await signedInBrowser(rig, ADELE, browser);
    expect(sessionCookieOf(rig, browser)).not.toBe(before);
    expect(await isSignedIn(rig, before)).toBe(false);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

describe("an account", () => {
  it("is known by its ids alone: a colleague's name and address lead to nobody", async () => {
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
    const me = JSON.parse((await attacker.get(`${rig.url}/graph/me`)).body);
    expect(me).toMatchObject({ displayName: "Alex Wilber" });

    const question = await attacker.get(`${rig.url}/auth/signout`);
    await attacker.submit(question.forms[0], { follow: false });
    expect(await sessionOf(rig, victim)).toMatchObject({ signedIn: true });
  });
});

itLeaksNothing(() => rig);
