import { beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { shared } from "../support/shared.ts";
import { startTeamRig } from "../support/teamRig.ts";
import { asOperator, oidOf, registrationOf } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

/*
 * What is missing for a route, by the way that a browser asks for it: a page that is opened goes to sign-in and comes
 * back to its very address, a form that is posted gets a page with a link, a script gets 401.
 */

const context = shared(() => launchChromium({ thirdPartyCookies: "blocked" }));
const rig = shared(startTeamRig);
let page: Page;
beforeAll(async () => {
  page = await context.newPage();
});

beforeEach(async () => {
  await context.clearCookies();
  delete registrationOf(rig).consentedScopes;
  await asOperator(rig, "DELETE");
});

/** Says yes to whatever the provider asks, until the app is back. */
async function comeBack(): Promise<void> {
  while (!page.url().startsWith(rig.url)) {
    const url = page.url();
    await page
      .locator("button", { hasText: /Adele|Accept/ })
      .first()
      .click();
    await page.waitForURL((now) => now.href !== url);
    await page.waitForLoadState();
  }
}

async function signIn(): Promise<void> {
  await context.clearCookies();
  await page.goto(`${rig.url}/auth/signin?returnTo=/team/page`);
  await comeBack();
}

const STATES: Record<string, { before: () => unknown; isSpent?: boolean }> = {
  "signed out": { before: () => {} },
  revoked: { before: () => signIn().then(() => rig.tenant.revoke(oidOf(rig))), isSpent: true },
  "without consent": {
    async before() {
      registrationOf(rig).consentedScopes = ["User.Read"];
      await signIn();
    },
  },
  challenged: {
    before: () => signIn().then(() => void rig.tenant.forceClaimsChallenge(oidOf(rig))),
  },
  "not strong enough": { before: signIn },
};

const TEAM = ["/team/mail?a=%2F&b", "/team/mail"];
const GRAPH = ["/graph/me/messages", "/graph/me/sendMail"];
const STRONG = ["/team/strong?a=%2F&b", "/team/strong"];

describeInBrowser("in Chromium, a browser that is", () => {
  it.each([
    ["signed out", TEAM],
    ["signed out", GRAPH],
    ["revoked", TEAM],
    ["revoked", GRAPH],
    ["without consent", TEAM],
    ["without consent", GRAPH],
    ["challenged", TEAM],
    ["challenged", GRAPH],
    ["not strong enough", STRONG],
  ])("%s, at %p", async (state, [opened = "", posted = ""]) => {
    const { before, isSpent } = STATES[state] ?? {};
    await before?.();

    await page.goto(`${rig.url}/team/page`);
    const told = await page.evaluate(async (path) => {
      const answer = await fetch(path);
      return { status: answer.status, problem: (await answer.json()) as { signInUrl: string } };
    }, opened);
    expect(told).toMatchObject({ status: 401, problem: { status: 401 } });
    expect(told.problem.signInUrl).toMatch(`${rig.url}/auth/signin`);

    if (isSpent) await before?.();
    await page.goto(`${rig.url}/team/page`);
    const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
    await page.evaluate(`{
      const form = Object.assign(document.createElement("form"), { method: "post", action: "${posted}" });
      document.body.append(form);
      form.submit();
    }`);
    expect((await answered).status()).toBe(401);
    await page.getByRole("link", { name: "Sign in" }).waitFor();
    expect(page.url()).toBe(rig.url + posted);

    if (isSpent) await before?.();
    await page.goto(rig.url + opened);
    await comeBack();
    expect(page.url()).toBe(rig.url + opened);
    expect(await page.locator("body").innerText()).toMatch(
      /Served adelev@contoso.com by GET|"value"/,
    );
  });
});
