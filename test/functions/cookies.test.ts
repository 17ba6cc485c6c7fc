import { afterEach, describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { ADELE, ALEX, cookiesOf, sessionOf, signedInBrowser, signOutIn } from "../support/user.ts";

const SESSION = "__Host-lightsout";
/** Says which session it is to sign-ins that were under way. */
const LAST = "__Host-lightsout-last";
/** A request's header lines may have 32 KB in all (Kestrel, `MaxRequestHeadersTotalSize`). */
const ROOM = 16 * 1_024;

const rig = watchedRig();
afterEach(() => {
  rig.tenant.switches.idTokenOverrides = undefined;
});

const namesIn = ({ cookies }: Browser) => cookies.names(rig.url).sort();

describe("a browser that", () => {
  it("has signed in holds its session, and nothing of the sign-in", async () => {
    const browser = await signedInBrowser(rig);
    expect(namesIn(browser)).toEqual([SESSION, LAST]);
    await signedInBrowser(rig, ALEX, browser);
    expect(namesIn(browser)).toEqual([SESSION, LAST]);
  });

  it("has signed in by one of two tabs still holds what the other needs", async () => {
    const browser = createBrowser();
    const other = await browser.signIn(`${rig.url}/auth/signin?returnTo=/other`, ADELE);
    await signedInBrowser(rig, ADELE, browser);
    const answer = await browser.submit(other, { follow: false });
    expect([answer.status, answer.location]).toEqual([303, `${rig.url}/other`]);
    expect(namesIn(browser)).toEqual([SESSION, LAST]);
  });

  it("has signed out holds its session no more, also where it was over already", async () => {
    const browser = await signedInBrowser(rig);
    const copy = browser.cookies.get(rig.url, SESSION);
    expect((await signOutIn(rig, browser)).status).toBe(303);
    expect(namesIn(browser)).not.toContain(SESSION);
    browser.cookies.set(new URL(rig.url), `${SESSION}=${copy}; Path=/; Secure; HttpOnly`);
    expect((await signOutIn(rig, browser)).status).toBe(303);
    expect(namesIn(browser)).not.toContain(SESSION);
  });

  it("starts sign-ins without end sends no more cookies than a server takes; the last one counts", async () => {
    const browser = createBrowser();
    // As long as a sign-in may be.
    const scope = Array.from({ length: 12 }, (_, i) => `api://reports/Reports.Read.${i}`).join(" ");
    const returnTo = `/reports?${"x".repeat(490)}`;
    const url = `${rig.url}/auth/signin?${new URLSearchParams({ returnTo, scope: scope.slice(0, 250) })}`;
    for (let i = 0; i < 40; i++) {
      expect((await browser.get(url, { follow: false })).status).toBe(302);
      expect(cookiesOf(rig, browser).length).toBeLessThan(ROOM);
    }
    await signedInBrowser(rig, ADELE, browser);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

describe("a session's cookie is one that browsers keep, whatever the provider's login_hint", () => {
  it.each(["a", "ä", "界", "😀", '"', "\\", "\u0001"])("of many times %j", async (letter) => {
    for (const times of [1, 500, 1_024, 1_025, 2_040, 4_096, 20_000]) {
      const hint = letter.repeat(times);
      rig.tenant.switches.idTokenOverrides = (claims) => ({
        claims: { ...claims, login_hint: hint },
      });
      const browser = await signedInBrowser(rig);
      const { signedIn } = await sessionOf(rig, browser);
      const { location } = await signOutIn(rig, browser);
      const sent = new URL(location ?? "").searchParams.get("logout_hint");
      expect({ times, signedIn, whole: sent === null || sent === hint }).toEqual({
        times,
        signedIn: true,
        whole: true,
      });
    }
  });
});

itLeaksNothing(() => rig);
