import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { BrowserContext } from "playwright-core";
import type { Rig } from "../../local/rig.ts";
import { en } from "../../src/shared/web/languages/en.ts";
import { startTeamRig } from "../support/teamRig.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

let rig: Rig;
let context: BrowserContext;

beforeAll(async () => {
  rig = await startTeamRig();
  context = await launchChromium({ thirdPartyCookies: "blocked" });
});
afterAll(async () => {
  await context?.close();
  await rig?.stop();
});

describeInBrowser("a sign-out that asks Microsoft too", () => {
  it("ends, by way of the provider's pages, on the page that says once what came of it", async () => {
    const page = await context.newPage();
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    await page.goto(`${rig.url}/auth/signin?returnTo=/auth/signout`);
    await page.getByRole("button", { name: "Adele Vance" }).click();
    await page.getByText(en.microsoftReaches).waitFor();
    await button(en.signOutAtMicrosoft).click();
    await page.getByText(en.revocation.accepted).waitFor();
    expect(page.url()).toBe(`${rig.url}/auth/signed-out`);
    await page.reload();
    await page.getByRole("heading", { name: en.youAreSignedOut }).waitFor();
    expect(await page.getByText(en.revocation.accepted).count()).toBe(0);
  });
});
