import { afterEach, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { ALEX, sessionOf, signedInBrowser, signOutIn } from "../support/user.ts";

/*
 * OpenID Connect Front-Channel Logout 1.0, by the names of the OpenID Foundation's tests for relying parties
 * (plan oidcc-client-front-channel-logout-rp-basic). The suite sends `iss` and `sid`, Entra ID only `sid`.
 */

const rig = watchedRig();
afterEach(() => {
  rig.tenant.switches.sendIss = false;
});

const isSignedIn = async (browser: Browser) => (await sessionOf(rig, browser)).signedIn;

/** Loads the frames of the provider's sign-out page, as a browser that blocks third-party cookies. */
async function loadFrames(browser: Browser, page: Page, withIss: boolean) {
  const ours = page.frames.filter((url) => url.startsWith(rig.url));
  expect(ours).toHaveLength(1);
  expect(new URL(ours[0] ?? "").searchParams.has("iss")).toBe(withIss);
  const frames = await browser.loadFrames(page);
  for (const { status, headers } of frames) {
    expect(status).toBe(200);
    expect(headers["cache-control"]).toContain("no-store");
  }
}

describe.each([false, true])("with iss: %s", (sendIss) => {
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
  });

  it("oidcc-client-test-rp-frontchannel-opinitlogout", async () => {
    rig.tenant.switches.sendIss = sendIss;
    const browser = await signedInBrowser(rig);
    const colleague = await signedInBrowser(rig, ALEX);
    const picker = await browser.get(`${rig.tenant.url}/${rig.tenant.tenantId}/oauth2/v2.0/logout`);
    const provider = await browser.submit(picker.forms[0], { press: "Adele" });
    expect(await isSignedIn(browser)).toBe(true);
    await loadFrames(browser, provider, sendIss);
    expect(await isSignedIn(browser)).toBe(false);
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(401);
    expect(await isSignedIn(colleague)).toBe(true);
    expect(await readAccountRows(rig.azurite)).toHaveLength(1);
  });
});

itLeaksNothing(() => rig);
