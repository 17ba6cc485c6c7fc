import { afterEach, describe, expect, it } from "@jest/globals";
import type { GraphFault } from "../../local/graph/graph.ts";
import type { Browser, Page } from "../../local/tenant/browserless.ts";
import type { TokenFault } from "../../local/tenant/tenant.ts";
import { en } from "../../src/shared/web/languages/en.ts";
import { eventually } from "../support/eventually.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { keepSwitches, shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { startTeamRig } from "../support/teamRig.ts";
import { asOperator, callFrontChannel, oidOf, sidOf, signedInBrowser } from "../support/user.ts";

/*
 * The sign-out that asks Microsoft too. The team's app offers it; the app of this repository does not.
 */

const rig = shared(() => startTeamRig());
keepSwitches(() => rig.tenant);
const OUTCOMES = Object.values(en.revocation);

afterEach(() => {
  rig.graph.faults.next.length = 0;
  rig.graph.calls.length = 0;
  const app = registration();
  if (app) delete app.consentedScopes;
});

const registration = () => rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "");
const asked = () => rig.graph.calls.filter(({ path }) => path === "/me/revokeSignInSessions");
const outcomesIn = ({ text }: Page) => OUTCOMES.filter((outcome) => text.includes(outcome));

async function press(browser: Browser, label: string, from = "/auth/signout"): Promise<Page> {
  const { forms } = await browser.get(rig.url + from);
  const form = forms.find(({ buttons }) => buttons.some(({ text }) => text === label));
  return browser.submit(form, { follow: false });
}
const signOutAtMicrosoft = (browser: Browser, from?: string) =>
  press(browser, en.signOutAtMicrosoft, from);
const signedOutPage = (browser: Browser) => browser.get(`${rig.url}/auth/signed-out`);

describe("the user's sign-out that asks Microsoft too", () => {
  it.each(["/auth/signout", "/auth/sessions"])("from %s, deletes first", async (from) => {
    const browser = await signedInBrowser(rig);
    const { promise: until, resolve } = Promise.withResolvers<void>();
    rig.graph.faults.next.push({ until });
    const answer = signOutAtMicrosoft(browser, from);
    await eventually(() => asked().length > 0);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    resolve();

    expect((await answer).status).toBe(303);
    // The user's sessions at the provider, of every browser.
    expect(rig.tenant.sessions).toEqual([]);
    expect(asked().map(({ oid }) => oid)).toEqual([oidOf(rig)]);
    expect(outcomesIn(await signedOutPage(browser))).toEqual([en.revocation.accepted]);
    expect(outcomesIn(await signedOutPage(browser))).toEqual([]);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
  });

  const failsWith = (...faults: GraphFault[]) => void rig.graph.faults.next.push(...faults);
  const consentTo = (scopes: string[]) =>
    Object.assign(registration() ?? {}, { consentedScopes: scopes });
  const entraFails = (fault: TokenFault) => {
    rig.tenant.switches.tokenFault = fault;
  };
  const { notAsked, unconfirmed } = en.revocation;
  it.each<[string, (browser: Browser) => unknown, string, number]>([
    ["Graph refuses", () => failsWith({ status: 403 }), unconfirmed, 1],
    ["Graph redirects", () => failsWith({ status: 302 }), unconfirmed, 1],
    ["consent is missing", () => consentTo(["User.Read"]), notAsked, 0],
    ["Entra gives no token", () => entraFails({ status: 503 }), notAsked, 0],
    ["its tokens are gone", (browser) => callFrontChannel(rig, sidOf(rig, browser)), notAsked, 0],
  ])("goes on where %s, and says what came of it", async (_, spoil, outcome, calls) => {
    const browser = await signedInBrowser(rig);
    await spoil(browser);
    const answer = await signOutAtMicrosoft(browser);
    expect(answer.status).toBe(303);
    expect(asked()).toHaveLength(calls);
    expect(browser.cookies.names(rig.url)).not.toContain("__Host-lightsout");
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(outcomesIn(await signedOutPage(browser))).toEqual([outcome]);
  });
});

describe("Microsoft is not asked", () => {
  it.each<[string, (browser: Browser) => Promise<unknown>]>([
    ["by the other button", (browser) => press(browser, en.signOutEverywhere)],
    ["by the front channel", (browser) => callFrontChannel(rig, sidOf(rig, browser))],
    [
      "by the back channel",
      async (browser) => {
        const token = await signLogoutToken(rig, { sid: sidOf(rig, browser) });
        const body = new URLSearchParams({ logout_token: token });
        await fetch(`${rig.url}/auth/backchannel-logout`, { method: "POST", body });
      },
    ],
    ["by an operator", () => asOperator(rig, "DELETE")],
  ])("%s, which signs out alone", async (_, signOut) => {
    const browser = await signedInBrowser(rig);
    rig.tenant.switches.backchannelLogout = true;
    await signOut(browser);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(asked()).toEqual([]);
    expect(outcomesIn(await signedOutPage(browser))).toEqual([]);
  });

  it("whose earlier answer, which nobody has read, is not shown for another sign-out", async () => {
    const browser = await signedInBrowser(rig);
    await signOutAtMicrosoft(browser);
    await signedInBrowser(rig, undefined, browser);
    await press(browser, en.signOutEverywhere);
    expect(outcomesIn(await signedOutPage(browser))).toEqual([]);
  });

  it("by a link, or by a post of another site, which sign nobody out", async () => {
    const browser = await signedInBrowser(rig);
    await browser.get(`${rig.url}/auth/signout?revokeSignInSessions=true`);
    const { forms } = await browser.get(`${rig.url}/auth/signout`);
    const headers = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
    const answer = await browser.submit(forms[1], { follow: false, headers });
    expect(answer.status).toBe(403);
    expect(asked()).toEqual([]);
    expect(await readAccountRows(rig.azurite)).not.toEqual([]);
  });
});
