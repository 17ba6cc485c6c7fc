import { afterEach, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { startRig } from "../../local/rig.ts";
import { shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { launchAsBrowser, launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";
import { itGoesAllTheWay } from "./journeys.ts";
import { signOutInOtherApp } from "./otherApp.ts";

const rig = shared(startRig);
const contexts: BrowserContext[] = [];

afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});

async function launch(options = {}) {
  const context = await launchChromium({ thirdPartyCookies: "blocked", ...options });
  contexts.push(context);
  return context;
}

async function signIn(context: BrowserContext, name = "Adele Vance", { url } = rig): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name }).click();
  await page.waitForURL(`${url}/`);
  return page;
}

const heading = (page: Page) => page.getByRole("heading", { level: 1 }).innerText();

describeInBrowser.each(["blocked", "allowed"] as const)(
  "Chromium, third-party cookies %s",
  (thirdPartyCookies) => itGoesAllTheWay(startRig, () => launchAsBrowser({ thirdPartyCookies })),
);

describeInBrowser("signing out", () => {
  it("in one browser signs the account out of both, and nobody else", async () => {
    const [one, two, three] = [await launch(), await launch(), await launch()];
    await signIn(one);
    const elsewhere = await signIn(two);
    const colleague = await signIn(three, "Alex Wilber");

    await signOutInOtherApp(one, rig);

    await elsewhere.reload();
    expect(await heading(elsewhere)).toBe("You are signed out");
    await colleague.reload();
    expect(await heading(colleague)).toBe("Alex Wilber");
    await colleague.getByRole("button", { name: "Sign out everywhere" }).click();
    await colleague.getByRole("heading", { name: "You are signed out" }).waitFor();
  });

  it("leaves a tab that is still open a clean way back", async () => {
    const context = await launch();
    const page = await signIn(context);
    const stale = await context.newPage();
    await stale.goto(rig.url);
    await signOutInOtherApp(context, rig);
    await page.close();

    // Its page still shows the user; what it does now must neither fail nor act as that user.
    await stale.getByRole("button", { name: "Sign out everywhere" }).click();
    await stale.getByRole("heading", { name: "You are signed out" }).waitFor();
    await stale.getByRole("link", { name: "Sign in" }).click();
    await stale.getByRole("button", { name: "Adele Vance" }).click();
    await stale.waitForURL(`${rig.url}/`);
    expect(await heading(stale)).toBe("Adele Vance");
  });
});

describeInBrowser("without JavaScript", () => {
  it("people sign in, see where, and sign out", async () => {
    const context = await launch({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(rig.url);
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Adele Vance" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("heading", { name: "Adele Vance" }).waitFor();
    await page.getByRole("link", { name: "Your sessions" }).click();
    await page.getByText("this one").waitFor();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  });
});

describeInBrowser("a provider that signs out on another origin, by way of a third", () => {
  const elsewhere = shared(async () => {
    const started = await startRig();
    // Before the app has asked for the metadata.
    started.tenant.switches.signOutOnOtherOrigin = true;
    return started;
  });

  it.each(["/", "/auth/sessions", "/auth/signout"])("is let from %s", async (path) => {
    const context = await launch();
    const page = await signIn(context, "Adele Vance", elsewhere);
    await page.goto(elsewhere.url + path);
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(`${elsewhere.url}/auth/signed-out`);
    expect(elsewhere.tenant.sessions).toEqual([]);
  });

  it("may frame the app there", async () => {
    const context = await launch();
    await signIn(context, "Adele Vance", elsewhere);
    const refused: string[] = [];
    context.on("console", (message) => {
      if (message.text().includes("frame-ancestors")) refused.push(message.text());
    });
    await signOutInOtherApp(context, elsewhere);
    expect(await readAccountRows(elsewhere.azurite)).toEqual([]);
    expect(refused).toEqual([]);
  });
});
