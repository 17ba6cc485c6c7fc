import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import {
  type Browser,
  createBrowser,
  type Form,
  type Page,
} from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import {
  ADELE,
  ALEX,
  asOperator,
  buttonOf,
  callFrontChannel,
  oidOf,
  sessionOf,
  sidOf,
  signedInBrowser,
  signInAgain,
  signOutIn,
} from "../support/user.ts";

/* Entra on a device: the session at the provider, and its `sid`, outlive a sign-out. */

const rig = watchedRig();
let browser: Browser;
let sid: string;

beforeAll(() => {
  rig.tenant.switches.deviceMode = true;
});
/** A device of its own for every test. */
beforeEach(async () => {
  rig.tenant.revoke(oidOf(rig));
  browser = await signedInBrowser(rig);
  sid = sidOf(rig, browser);
});

const isSignedIn = async (who: Browser) => (await sessionOf(rig, who)).signedIn;

async function signOutByFrontChannel(): Promise<void> {
  expect((await callFrontChannel(rig, sid)).status).toBe(200);
}

/** Comes back from the provider with the same `sid`. */
async function signIn(who: Browser, path = "/auth/signin"): Promise<Page> {
  const answer = await who.submit(await who.signIn(rig.url + path, ADELE));
  expect(sidOf(rig, who)).toBe(sid);
  return answer;
}

/** Another browser of the same device, which knows nothing of the session here. */
function otherBrowser(): Browser {
  const other = createBrowser();
  const { url } = rig.tenant;
  const session = browser.cookies.get(url, "ESTSAUTH");
  other.cookies.set(new URL(url), `ESTSAUTH=${session}; Path=/; HttpOnly; Secure; SameSite=None`);
  return other;
}

describe("after a sign-out in another app", () => {
  it("the browser that was signed in signs in again at once, and is signed out again", async () => {
    for (let round = 0; round < 3; round++) {
      await signOutByFrontChannel();
      expect(await isSignedIn(browser)).toBe(false);
      expect((await signIn(browser)).status).toBe(200);
      expect(await isSignedIn(browser)).toBe(true);
    }
    await signOutByFrontChannel();
    expect(await isSignedIn(browser)).toBe(false);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
  });

  it("another browser of the device gets a page with one button, which works at once", async () => {
    await signOutByFrontChannel();
    const other = otherBrowser();
    const held = await signIn(other, "/auth/signin?returnTo=/auth/sessions&scope=Mail.Read");
    expect(held.status).toBe(409);
    expect(held.headers["cache-control"]).toBe("no-store");
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(held.body.match(/<(a|form|button|meta http)\b/g)).toHaveLength(1);
    const { pathname, searchParams } = new URL(buttonOf(held));
    expect(pathname).toBe("/auth/signin");
    expect(Object.fromEntries(searchParams)).toEqual({
      returnTo: "/auth/sessions",
      scope: "Mail.Read",
    });
    const answer = await signInAgain(other, held);
    expect(answer.status).toBe(200);
    expect(answer.url).toBe(`${rig.url}/auth/sessions`);
    expect(await isSignedIn(other)).toBe(true);
  });

  it("the button is good until the next sign-out, and no longer", async () => {
    await signOutByFrontChannel();
    const other = otherBrowser();
    const held = await signIn(other);
    await signOutByFrontChannel();
    expect((await signInAgain(other, held)).status).toBe(200);
    await signOutByFrontChannel();
    expect(await isSignedIn(other)).toBe(false);
    // This browser, in turn, knows of it by its cookie.
    expect((await signIn(other)).status).toBe(200);
  });
});

it("two accounts in one browser, both signed out elsewhere while they sign in, each get a page with one button, and each button works, in any order", async () => {
  for (const order of [
    [ADELE, ALEX],
    [ALEX, ADELE],
  ]) {
    const picking = (url: string) => `${url}${url.includes("?") ? "&" : "?"}prompt=select_account`;
    const start = (url: string, who: string) => browser.signIn(picking(url), who);
    const forms = new Map<string, Form>();
    for (const who of order) forms.set(who, await start(`${rig.url}/auth/signin`, who));
    for (const who of order) await callFrontChannel(rig, sidOf(rig, browser, who));
    const held = new Map<string, Page>();
    for (const who of order) held.set(who, await browser.submit(forms.get(who)));
    expect([...held.values()].map(({ status }) => status)).toEqual([409, 409]);
    for (const who of order) {
      const landed = await browser.submit(await start(buttonOf(held.get(who)), who));
      expect(landed.status).toBe(200);
      expect(await sessionOf(rig, browser)).toMatchObject({ account: { username: who } });
    }
  }
});

describe("a sign-in that was started before a sign-out", () => {
  it("leaves nothing behind, also when the sid has returned meanwhile", async () => {
    const other = otherBrowser();
    const form = await other.signIn(`${rig.url}/auth/signin`, ADELE);
    await signOutByFrontChannel();
    expect((await signIn(browser)).status).toBe(200);
    const held = await other.submit(form);
    expect(held.status).toBe(409);
    expect(await isSignedIn(other)).toBe(false);
    expect(await isSignedIn(browser)).toBe(true);
    expect(await (await asOperator(rig)).json()).toMatchObject({ sessions: [expect.anything()] });
  });

  it("loses also when it had seen an earlier one", async () => {
    await signOutByFrontChannel();
    const form = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
    await signOutByFrontChannel();
    const held = await browser.submit(form);
    expect(held.status).toBe(409);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect((await signInAgain(browser, held)).status).toBe(200);
  });
});

it("after a sign-out here, the same browser signs in again at once, although the provider called here, too", async () => {
  const provider = await signOutIn(rig, browser, true);
  await browser.loadFrames(provider);
  expect(rig.tenant.frontChannelCalls.at(-1)?.sid).toBe(sid);
  expect(browser.cookies.names(rig.url)).not.toContain("__Host-lightsout");
  expect((await signIn(browser)).status).toBe(200);
  expect(await isSignedIn(browser)).toBe(true);
});

describe("somebody who knows the sid", () => {
  it("locks nobody out before the first sign-in", async () => {
    rig.tenant.revoke(oidOf(rig));
    const victim = createBrowser();
    // Signed in to another app of the provider's only.
    const picker = await victim.get(`${rig.otherApp.url}/sign-in`);
    await victim.submit(picker.forms[0], { press: ADELE });
    sid = sidOf(rig, victim);
    for (let call = 0; call < 5; call++) await signOutByFrontChannel();
    const held = await signIn(victim);
    expect(held.status).toBe(409);
    expect((await signInAgain(victim, held)).status).toBe(200);
    expect(await isSignedIn(victim)).toBe(true);
  });

  it("nor afterwards, however often it is called", async () => {
    for (let call = 0; call < 20; call++) await signOutByFrontChannel();
    expect((await signIn(browser)).status).toBe(200);
    const stranger = await signedInBrowser(rig, "alexw@contoso.com");
    expect(await isSignedIn(stranger)).toBe(true);
    expect(await isSignedIn(browser)).toBe(true);
  });
});

itLeaksNothing(() => rig);
