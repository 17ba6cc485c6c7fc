import { afterEach, beforeEach, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { startLive } from "../../local/live/live.ts";
import { startRig } from "../../local/rig.ts";
import { shared } from "../support/shared.ts";
import { ALEX, asOperator } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

const context = shared(() => launchChromium({ thirdPartyCookies: "blocked" }));
const rig = shared(() => startRig({ onLog: (line) => live?.log?.(line) }));
const live = shared(() => startLive({ ...rig, lightsout: rig }));
let page: Page;

beforeEach(async () => {
  await context.clearCookies();
  page = await context.newPage();
  await page.goto(live.url);
});
afterEach(async () => {
  for (const page of context.pages().slice(1)) await page.close();
});

const lines = (list: string) => page.locator(`#${list} li:not(.gone)`);
const summary = () => page.getByRole("status");

async function open(url: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(url);
  await tab.getByRole("link", { name: "Sign in" }).click();
  return tab;
}

async function signIn(name: string): Promise<void> {
  const tab = await open(rig.url);
  await tab.getByRole("button", { name }).click();
  await tab.getByRole("button", { name: "Sign out everywhere" }).waitFor();
}

describeInBrowser("the live page", () => {
  it("shows tokens come at sign-in, and vanish at the moment of a sign-out elsewhere", async () => {
    await summary().getByText("Lightsout holds no tokens.").waitFor();
    for (const list of ["cookies", "tokens", "otherApp", "tenant"]) {
      expect(await lines(list).count()).toBe(0);
    }

    await signIn("Adele Vance");
    await summary().getByText("Lightsout holds tokens for one account").waitFor();
    expect(await lines("tokens").count()).toBe(1);
    await lines("index").getByText("Provider session or user → account").waitFor();
    await lines("cookies").getByText("__Host-lightsout", { exact: true }).waitFor();
    await lines("events").getByText("signin.done").waitFor();
    await lines("calls").getByText("GET /me", { exact: true }).waitFor();
    await lines("tenant").getByText("In Lightsout").waitFor();

    const other = await open(rig.otherApp.url);
    await lines("otherApp").getByText("Adele Vance").waitFor();
    await lines("tenant").getByText("In Lightsout and Fabrikam Travel").waitFor();

    await other.getByRole("button", { name: "Sign out everywhere" }).click();
    await summary().getByText("Lightsout holds no tokens.").waitFor();
    expect(await lines("tokens").count()).toBe(0);
    await lines("events").getByText("signout.elsewhere").waitFor();
    for (const list of ["otherApp", "tenant"]) {
      await lines(list).first().waitFor({ state: "detached" });
    }
    // Nobody could take the cookie away, and nobody had to.
    await lines("cookies").getByText("Leads nowhere").waitFor();
  });

  it("shows no value of a cookie, no whole key, and nobody's token", async () => {
    await signIn("Alex Wilber");
    const answer = page.waitForResponse(async (response) =>
      (await response.text()).includes('"lit":true'),
    );
    const text = await (await answer).text();
    const cookies = await context.cookies(rig.url);
    expect(cookies.map(({ name }) => name)).toContain("__Host-lightsout");
    for (const { value } of cookies) expect(text).not.toContain(value);
    for (const token of rig.tenant.issued) expect(text).not.toContain(token);
    expect(text).not.toMatch(/[\w-]{24,}/);
  });

  it("leaves at once where motion is not wanted, and says when the set-up has stopped", async () => {
    await page.emulateMedia({ reducedMotion: "reduce" });
    await signIn("Alex Wilber");
    await lines("tokens").first().waitFor();
    await asOperator(rig, "DELETE", ALEX);
    await summary().getByText("Lightsout holds no tokens.").waitFor();
    expect(await page.locator("#tokens .gone").count()).toBe(0);

    await page.route("**/state", (route) => route.abort());
    await summary().getByText("The local set-up does not answer.").waitFor();
  });
});
