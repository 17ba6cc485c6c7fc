import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { startRig } from "../../local/rig.ts";
import { shared } from "../support/shared.ts";
import { ADELE, ALEX, asOperator } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";
import { postFrom } from "./postFrom.ts";

/** Ten sign-ins of one account at once disturb each other, on a busy machine for long. */
jest.setTimeout(180_000);

const rig = shared(startRig);
let context: BrowserContext;
beforeEach(async () => {
  context = await launchChromium({ thirdPartyCookies: "blocked" });
});
afterEach(async () => {
  await context?.close();
  await asOperator(rig, "DELETE");
});

const heading = (page: Page) => page.getByRole("heading", { level: 1 }).innerText();

async function sessionsHeld(): Promise<number> {
  const answer = await asOperator(rig);
  return ((await answer.json()) as { sessions?: unknown[] }).sessions?.length ?? 0;
}

/** Goes to a page that needs a sign-in, and picks the account. */
async function signIn(path: string, name = "Adele Vance"): Promise<Page> {
  const page = await context.newPage();
  await page.goto(rig.url + path);
  await page.getByRole("button", { name }).click();
  await page.waitForURL(rig.url + path);
  return page;
}

describeInBrowser("ten tabs", () => {
  const TABS = Array.from({ length: 10 }, (_, i) => `/auth/sessions?tab=${i}`);
  /** Goes to all the addresses at once. */
  const open = (paths: readonly string[]) =>
    Promise.all(
      paths.map(async (path) => {
        const page = await context.newPage();
        await page.goto(rig.url + path);
        return page;
      }),
    );

  async function expectSignedIn(tabs: readonly Page[]): Promise<void> {
    await Promise.all(tabs.map((page, i) => page.waitForURL(rig.url + TABS[i])));
    for (const page of tabs) {
      await page.reload();
      expect(await page.getByText(ADELE).count()).toBeGreaterThan(0);
    }
    const names = (await context.cookies(rig.url)).map(({ name }) => name);
    expect(names.filter((name) => name.includes("-signin-"))).toEqual([]);
  }

  it("that are restored all end signed in where they were", async () => {
    await (await signIn("/auth/sessions")).close();
    // Their session is over; the provider's goes on.
    await asOperator(rig, "DELETE");
    await context.clearCookies({ name: /lightsout/ });
    await expectSignedIn(await open(TABS));
  });

  it("that sign in at once end as one session of this browser", async () => {
    const starts = TABS.map(
      (path) => `/auth/signin?prompt=select_account&returnTo=${encodeURIComponent(path)}`,
    );
    const tabs = await open(starts);
    const buttons = tabs.map((page) => page.getByRole("button", { name: "Adele Vance" }));
    await Promise.all(buttons.map((button) => button.waitFor()));
    await Promise.all(buttons.map((button) => button.click()));
    await expectSignedIn(tabs);
    expect(await sessionsHeld()).toBe(1);
  });
});

describeInBrowser("an answer of the provider that is posted again", () => {
  it("by one Back after signing in, leads to where that sign-in was going", async () => {
    const page = await signIn("/auth/sessions?a=b");
    await page.goBack({ waitUntil: "commit" });
    await page.waitForURL(`${rig.url}/auth/sessions?a=b`);
    expect(await page.getByText(ADELE).count()).toBeGreaterThan(0);
  });

  it("by a page that is sent twice, does too", async () => {
    const posted: string[] = [];
    context.on("request", (request) => {
      const isAnswer = request.method() === "POST" && request.url() === `${rig.url}/auth/callback`;
      if (isAnswer) posted.push(request.postData() ?? "");
    });
    await signIn("/auth/sessions?twice");
    const page = await context.newPage();
    await page.goto(rig.tenant.url);
    await postFrom(page, `${rig.url}/auth/callback`, posted[0] ?? "");
    await page.waitForURL(`${rig.url}/auth/sessions?twice`);
    expect(await sessionsHeld()).toBe(1);
  });
});

describeInBrowser("a sign-in page that was left open overnight", () => {
  it("says that it expired, and its link leads to where it was going", async () => {
    const page = await context.newPage();
    const url = `${rig.url}/auth/sessions?${"x".repeat(1_900)}`;
    await page.goto(url);
    await context.clearCookies({ name: /lightsout/ });
    await page.getByRole("button", { name: "Adele Vance" }).click();
    await page.getByText("This sign-in has expired").waitFor();
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.waitForURL(url);
    expect(await page.getByText(ADELE).count()).toBeGreaterThan(0);
  });
});

describeInBrowser("a link of another site that names somebody else", () => {
  it("changes who is signed in when the user agrees, and not before", async () => {
    await (await signIn("/auth/sessions")).close();
    const page = await context.newPage();
    await page.goto(rig.tenant.url);
    const href = `${rig.url}/auth/signin?returnTo=/auth/sessions&amp;loginHint=${ALEX}`;
    await page.setContent(`<a href="${href}">Free tickets</a>`);
    await page.getByRole("link", { name: "Free tickets" }).click();
    expect(await heading(page)).toBe("Sign in with another account?");
    await page.getByRole("link", { name: "Stay signed in" }).click();
    expect(await page.getByText(ADELE).count()).toBeGreaterThan(0);
    await page.goBack();
    await page.getByRole("link", { name: "Switch account" }).click();
    await page.getByRole("button", { name: "Alex Wilber" }).click();
    await page.waitForURL(`${rig.url}/auth/sessions`);
    expect(await page.getByText(ALEX).count()).toBeGreaterThan(0);
    expect(await sessionsHeld()).toBe(0);
  });
});
