import { beforeEach, describe, expect, it, jest } from "@jest/globals";
import {
  type Browser,
  createBrowser,
  type Form,
  type Page,
} from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import {
  ADELE,
  ALEX,
  asOperator,
  callFrontChannel,
  isSignedIn,
  sessionCookieOf,
  sessionOf,
  sidOf,
  signedInBrowser,
  signOutIn,
} from "../support/user.ts";

/** Ten sign-ins of one account at once disturb each other, on a busy machine for long. */
jest.setTimeout(180_000);

const rig = watchedRig();
beforeEach(async () => {
  for (const username of [ADELE, ALEX]) await asOperator(rig, "DELETE", username);
});

/** How many sessions the account has. */
async function sessionsOf(username = ADELE): Promise<number> {
  const answer = await asOperator(rig, "GET", username);
  const { sessions = [] } = (await answer.json()) as { sessions?: unknown[] };
  return sessions.length;
}

/** A tab's answer, before it is posted. */
const tab = (browser: Browser, path: string, username = ADELE, prompt = "") =>
  browser.signIn(`${rig.url}/auth/signin?returnTo=${path}&prompt=${prompt}`, username);

const post = (browser: Browser, form: Form) => browser.submit(form, { follow: false });

/** Any one of its answers may be the last to arrive: whichever cookie it leaves has to work. */
async function expectOneSession(browser: Browser, cookies: readonly string[]) {
  expect(await sessionsOf()).toBe(1);
  for (const cookie of cookies) expect(await isSignedIn(rig, cookie)).toBe(true);
  expect(await sessionOf(rig, browser)).toMatchObject({ account: { username: ADELE } });
}

function sessionIn({ headers }: Page): string {
  const set = headers["set-cookie"]?.find((cookie) => cookie.startsWith("__Host-lightsout="));
  if (set === undefined) throw new Error("There is no session cookie.");
  return set.replace(/;.*/, "");
}

describe("tabs of one browser that sign in end as one session", () => {
  const paths = Array.from({ length: 10 }, (_, i) => `/tab-${i}`);

  it.each([false, true])("ten at once; signed in before: %p", async (signedIn) => {
    const browser = createBrowser();
    if (signedIn) await signedInBrowser(rig, ADELE, browser);
    const before = signedIn && sessionCookieOf(rig, browser);
    const forms = await Promise.all(paths.map((path) => tab(browser, path)));
    const answers = await Promise.all(forms.map((form) => post(browser, form)));
    expect(answers.map(({ location }) => location)).toEqual(paths.map((path) => rig.url + path));
    await expectOneSession(browser, answers.map(sessionIn));
    if (before) expect(await isSignedIn(rig, before)).toBe(false);
    expect(browser.cookies.names(rig.url).sort()).toEqual([
      "__Host-lightsout",
      "__Host-lightsout-last",
    ]);
  });

  it("one after the other, of those that had started signed out", async () => {
    const browser = createBrowser();
    const forms = await Promise.all(paths.map((path) => tab(browser, path)));
    const cookies = [];
    for (const form of forms) cookies.push(sessionIn(await post(browser, form)));
    await expectOneSession(browser, cookies);
  });

  it("also one whose start was answered late: after another's post, which was answered before its own", async () => {
    const browser = createBrowser();
    const slow = createBrowser();
    await tab(browser, "/");
    const form = await tab(slow, "/slow");
    const first = sessionIn(await post(browser, await tab(browser, "/first")));
    for (const name of slow.cookies.names(rig.url)) {
      const value = slow.cookies.get(rig.url, name);
      browser.cookies.set(new URL(rig.url), `${name}=${value}; Path=/; Secure; SameSite=None`);
    }
    await expectOneSession(browser, [first, sessionIn(await post(browser, form))]);
  });

  it("and push nobody out, in another browser", async () => {
    const others = [];
    for (let i = 0; i < 3; i++) others.push(await signedInBrowser(rig));
    const browser = createBrowser();
    for (let round = 0; round < 5; round++) {
      const forms = await Promise.all(paths.map((path) => tab(browser, path)));
      await Promise.all(forms.map((form) => post(browser, form)));
    }
    expect(await sessionsOf()).toBe(4);
    for (const other of others)
      expect(await sessionOf(rig, other)).toMatchObject({ signedIn: true });
  });

  it("and a sign-out of any kind ends what all of them hold", async () => {
    const browser = createBrowser();
    const forms = await Promise.all(paths.map((path) => tab(browser, path)));
    const answers = await Promise.all(forms.map((form) => post(browser, form)));
    expect((await callFrontChannel(rig, sidOf(rig, browser))).status).toBe(200);
    for (const cookie of answers.map(sessionIn)) expect(await isSignedIn(rig, cookie)).toBe(false);
    expect(await sessionsOf()).toBe(0);
  });
});

describe("what is left of the last sign-in", () => {
  it("ends the session of another account that signed in meanwhile", async () => {
    const browser = createBrowser();
    const form = await tab(browser, "/");
    await signedInBrowser(rig, ADELE, browser);
    const adele = sessionCookieOf(rig, browser);
    await post(browser, await tab(browser, "/", ALEX, "select_account"));
    expect(await isSignedIn(rig, adele)).toBe(false);
    expect(await sessionsOf()).toBe(0);
    // Adele's first tab had started signed out, and knows of no session that was there.
    const alex = sessionCookieOf(rig, browser);
    await post(browser, form);
    expect(await isSignedIn(rig, alex)).toBe(false);
    expect(await sessionsOf(ALEX)).toBe(0);
    expect(await sessionOf(rig, browser)).toMatchObject({ account: { username: ADELE } });
  });

  it("brings nothing back after a sign-out", async () => {
    const browser = createBrowser();
    const form = await tab(browser, "/");
    await signedInBrowser(rig, ADELE, browser);
    const first = sessionCookieOf(rig, browser);
    await signOutIn(rig, browser);
    await post(browser, form);
    expect(await isSignedIn(rig, first)).toBe(false);
  });
});

itLeaksNothing(() => rig);
