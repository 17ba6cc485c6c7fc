import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { sessionOf, signedInBrowser, signOutIn } from "../support/user.ts";

/*
 * OpenID Connect RP-Initiated Logout 1.0, by the names of the OpenID Foundation's tests for relying parties
 * (plan oidcc-client-rp-initiated-logout-rp-basic).
 */

const rig = watchedRig();
let browser: Browser;
/** The provider's page after the app has sent the browser there. */
let provider: Page;
beforeEach(async () => {
  browser = await signedInBrowser(rig);
  provider = await signOutIn(rig, browser, true);
});

/** What the end-session endpoint was asked last. */
const endSessionRequest = () =>
  rig.tenant.requests.findLast(({ endpoint }) => endpoint === "logout")?.params ?? {};

async function expectSignedOut(home: Page) {
  expect(home.status).toBe(200);
  expect(home.text).toContain("You are signed out");
  expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  expect(await readAccountRows(rig.azurite)).toEqual([]);
}

describe("oidcc-client-test-rp-init-logout", () => {
  it("asks the end-session endpoint for a way back that is registered", () => {
    const { post_logout_redirect_uri: uri } = endSessionRequest();
    const registered = rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "")?.redirectUris;
    expect(registered).toContain(uri);
  });

  it("names the session by its hint, so that nobody has to pick an account", () => {
    expect(endSessionRequest().logout_hint).toMatch(/^O\./);
    expect(provider.text).toContain("You signed out of your account");
  });

  it("holds nothing any more when the browser comes back", async () => {
    await browser.loadFrames(provider);
    await expectSignedOut(await browser.get(provider.refresh ?? ""));
  });

  it("holds nothing even if the browser never gets to the provider", async () => {
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  });
});

describe("oidcc-client-test-rp-init-logout-no-state", () => {
  it("sends no state, so none is missed on the way back", async () => {
    expect(endSessionRequest()).not.toHaveProperty("state");
    await expectSignedOut(await browser.get(`${rig.url}/`));
  });
});

describe("oidcc-client-test-rp-init-logout-other-state", () => {
  it("does nothing with a state that comes back, and does not repeat it", async () => {
    const home = await browser.get(`${rig.url}/?state=${crypto.randomUUID()}&error=evil`);
    await expectSignedOut(home);
    expect(home.body).not.toMatch(/evil|state/);
  });
});

itLeaksNothing(() => rig);
