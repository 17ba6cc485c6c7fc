import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { type Rig, startRig } from "../../local/rig.ts";
import { readAccountRows } from "../support/table.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

let rig: Rig;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  rig = await startRig();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(() => rig?.stop());

async function launch(thirdPartyCookies: "blocked" | "allowed" = "blocked") {
  const context = await launchChromium({ thirdPartyCookies });
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

/** Signs in to the second app, which takes one click because the tenant knows the user, and out of it. */
async function signOutInOtherApp(context: BrowserContext, { otherApp } = rig): Promise<void> {
  const page = await context.newPage();
  await page.goto(otherApp.url);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("You are signed out everywhere").waitFor();
}

const heading = (page: Page) => page.getByRole("heading", { level: 1 }).innerText();

describeInBrowser.each(["blocked", "allowed"] as const)(
  "with third-party cookies %s",
  (thirdPartyCookies) => {
    it("a sign-out in another app deletes the tokens here", async () => {
      const context = await launch(thirdPartyCookies);
      const page = await signIn(context);
      expect(await heading(page)).toBe("Adele Vance");
      const photo = page.locator("img");
      expect(
        await photo.evaluate((image) => (image as unknown as Image).naturalWidth),
      ).toBeGreaterThan(1);
      expect(await readAccountRows(rig.azurite)).toHaveLength(1);
      const cookies = await context.cookies(rig.url);

      await signOutInOtherApp(context);

      expect(await readAccountRows(rig.azurite)).toHaveLength(0);
      const calls = rig.graph.calls.length;
      // The cookie of before, as whoever copied it would send it.
      const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
      expect((await fetch(`${rig.url}/graph/me`, { headers: { cookie } })).status).toBe(401);
      await page.reload();
      expect(await heading(page)).toBe("You are signed out");
      expect(rig.graph.calls).toHaveLength(calls);
    });
  },
);

describeInBrowser("signing out", () => {
  it("here ends the session at the tenant and in the other app", async () => {
    const context = await launch();
    const page = await signIn(context);
    const other = await context.newPage();
    await other.goto(rig.otherApp.url);
    await other.getByRole("link", { name: "Sign in" }).click();
    await other.getByRole("button", { name: "Sign out everywhere" }).waitFor();

    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(`${rig.url}/`);
    expect(await readAccountRows(rig.azurite)).toHaveLength(0);

    await page.getByRole("link", { name: "Sign in" }).click();
    // The tenant asks again: its own session is over.
    await page.getByRole("button", { name: "Adele Vance" }).waitFor();
  });

  it("in one browser signs the account out of both, and nobody else", async () => {
    const [one, two, three] = [await launch(), await launch(), await launch()];
    await signIn(one);
    const elsewhere = await signIn(two);
    const colleague = await signIn(three, "Alex Wilber");

    await signOutInOtherApp(one);

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
    await signOutInOtherApp(context);
    await page.close();

    // Its page still shows the user; what it does now must neither fail nor act as that user.
    await stale.getByRole("button", { name: "Sign out everywhere" }).click();
    await stale.waitForURL((url) => url.hostname === "login.localhost" || url.pathname === "/");
    await stale.goto(rig.url);
    await stale.getByRole("link", { name: "Sign in" }).click();
    await stale.getByRole("button", { name: "Adele Vance" }).click();
    await stale.waitForURL(`${rig.url}/`);
    expect(await heading(stale)).toBe("Adele Vance");
  });
});

describeInBrowser("a provider that signs out on another origin, by way of a third", () => {
  let elsewhere: Rig;
  beforeAll(async () => {
    elsewhere = await startRig();
    // Before the app has asked for the metadata.
    elsewhere.tenant.switches.signOutElsewhere = true;
  });
  afterAll(() => elsewhere?.stop());

  it.each(["/", "/auth/sessions", "/auth/signout"])("is let from %s", async (path) => {
    const context = await launch();
    const page = await signIn(context, "Adele Vance", elsewhere);
    await page.goto(elsewhere.url + path);
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    expect(page.url()).toBe(`${elsewhere.url}/`);
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

/** The one property of a DOM image in use; the project has no DOM types. */
interface Image {
  naturalWidth: number;
}
