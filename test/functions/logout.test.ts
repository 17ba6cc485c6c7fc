import { describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { ALEX, sessionOf, signedInBrowser, signOutAtProvider, signOutIn } from "../support/user.ts";

/*
 * OpenID Connect RP-Initiated Logout 1.0 and Front-Channel Logout 1.0, by the names of the OpenID Foundation's tests
 * for relying parties (plans oidcc-client-rp-initiated-logout-rp-basic, oidcc-client-front-channel-logout-rp-basic).
 */

const rig = watchedRig();

const isSignedIn = async (browser: Browser) => (await sessionOf(rig, browser)).signedIn;

async function expectSignedOut(browser: Browser, home: Page) {
  expect([home.status, home.text]).toEqual([200, expect.stringContaining("You are signed out")]);
  expect(await isSignedIn(browser)).toBe(false);
  expect(await readAccountRows(rig.azurite)).toEqual([]);
}

/** Loads the frames of the provider's sign-out page, as a browser that blocks third-party cookies. */
async function loadFrames(browser: Browser, page: Page, withIss: boolean) {
  const ours = page.frames.filter((url) => url.startsWith(rig.url));
  expect(ours).toHaveLength(1);
  expect(new URL(ours[0] ?? "").searchParams.has("iss")).toBe(withIss);
  for (const { status, headers } of await browser.loadFrames(page)) {
    expect(status).toBe(200);
    expect(headers["cache-control"]).toContain("no-store");
  }
}

describe("a sign-out that the app initiates", () => {
  async function signOut() {
    const browser = await signedInBrowser(rig);
    const provider = await signOutIn(rig, browser, true);
    const asked = rig.tenant.requests.findLast(({ endpoint }) => endpoint === "logout")?.params;
    return { browser, provider, asked: asked ?? {} };
  }

  it("oidcc-client-test-rp-init-logout: by the session's hint, so that nobody has to pick an account", async () => {
    const { browser, provider, asked } = await signOut();
    // Even if the browser never gets to the provider.
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    const { redirectUris } = rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "") ?? {};
    expect(redirectUris).toContain(asked.post_logout_redirect_uri);
    expect(asked.logout_hint).toMatch(/^O\./);
    expect(provider.text).toContain("You signed out of your account");
    await browser.loadFrames(provider);
    await expectSignedOut(browser, await browser.get(provider.refresh ?? ""));
  });

  it("oidcc-client-test-rp-init-logout-no-state: none is missed on the way back", async () => {
    const { browser, asked } = await signOut();
    expect(asked).not.toHaveProperty("state");
    await expectSignedOut(browser, await browser.get(`${rig.url}/`));
  });

  it("oidcc-client-test-rp-init-logout-other-state: does nothing, and is not repeated", async () => {
    const { browser } = await signOut();
    const home = await browser.get(`${rig.url}/?state=${crypto.randomUUID()}&error=evil`);
    await expectSignedOut(browser, home);
    expect(home.body).not.toMatch(/evil|state/);
  });
});

describe.each([false, true])("the front channel, with iss: %s", (sendIss) => {
  it("oidcc-client-test-rp-frontchannel-rpinitlogout", async () => {
    rig.tenant.switches.sendIss = sendIss;
    const browser = await signedInBrowser(rig);
    const elsewhere = await signedInBrowser(rig);
    const colleague = await signedInBrowser(rig, ALEX);
    const provider = await signOutIn(rig, browser, true);
    await loadFrames(browser, provider, sendIss);
    expect((await browser.get(provider.refresh ?? "")).text).toContain("You are signed out");
    expect(await isSignedIn(browser)).toBe(false);
    expect(await isSignedIn(elsewhere)).toBe(false);
    expect(await isSignedIn(colleague)).toBe(true);
    await signOutIn(rig, colleague);
  });

  it("oidcc-client-test-rp-frontchannel-opinitlogout", async () => {
    rig.tenant.switches.sendIss = sendIss;
    const browser = await signedInBrowser(rig);
    const provider = await signOutAtProvider(rig, browser);
    expect(await isSignedIn(browser)).toBe(true);
    await loadFrames(browser, provider, sendIss);
    await expectSignedOut(browser, await browser.get(`${rig.url}/`));
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(401);
  });
});

itLeaksNothing(() => rig);
