import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "@jest/globals";
import type { Rig } from "../../local/rig.ts";
import { readAccountRows } from "../support/table.ts";
import type { Browser, Page } from "./page.ts";

let rig: Rig;
let browser: Browser;

async function open(url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.open(url);
  return page;
}

/** By way of a page that is not ours, so that there is one to come back to. */
async function signIn(): Promise<Page> {
  const page = await open(rig.otherApp.url);
  await page.click("Go to Lightsout");
  await page.see("You are signed out");
  await page.click("Sign in");
  await page.click("Adele Vance");
  await page.see("Sign out everywhere");
  return page;
}

/** Nobody asks who it is: the tenant knows. */
async function signInElsewhere(): Promise<Page> {
  const page = await open(rig.otherApp.url);
  await page.click("Sign in");
  await page.see("Good to see you, Adele.");
  return page;
}

async function signOutByFrontChannel(): Promise<void> {
  const page = await signInElsewhere();
  await page.click("Sign out everywhere");
  await page.see("You are signed out everywhere");
}

/** Milliseconds for a test: others may be at work on the machine. */
const PATIENCE_MS = 120_000;

const rows = () => readAccountRows(rig.azurite);

/** Goes back as far as there is something to go back to. */
async function expectNothingPrivateBehind(page: Page): Promise<void> {
  const seen: string[] = [];
  do {
    await page.back();
    // The tenant may say whom it knows.
    if ((await page.url()).startsWith(rig.url)) seen.push(await page.text());
  } while (!(await page.url()).startsWith(rig.otherApp.url));
  expect(seen.length).toBeGreaterThan(1);
  expect(seen.join("\n")).not.toMatch(/Adele|adelev|Retail Manager/);
}

const JOURNEYS = {
  "signs in, shows what Graph knows, and takes no password in another app; Back is no dead end":
    async () => {
      const page = await signIn();
      await page.see("Retail Manager");
      expect(await page.read("document.images[0].decode().then(() => true)")).toBe(true);
      expect(await page.read("document.images[0].naturalWidth > 1")).toBe(true);
      expect(await rows()).toHaveLength(1);
      await page.back();
      await page.see("Sign out everywhere");
      await signInElsewhere();
    },

  "a sign-out here ends the session at the tenant and in the other app; Back shows nothing private":
    async () => {
      const page = await signIn();
      const other = await signInElsewhere();
      await page.click("Sign out everywhere");
      await page.see("You are signed out");
      expect(await rows()).toHaveLength(0);
      await other.reload();
      await other.see("Where to next?");
      await expectNothingPrivateBehind(page);
      await page.open(rig.url);
      await page.click("Sign in");
      await page.see("Pick an account");
    },

  "a sign-out in another app deletes the tokens here; Back shows nothing private": async () => {
    const page = await signIn();
    const headers = { cookie: await page.cookie() };
    expect((await fetch(`${rig.host.url}/graph/me`, { headers })).status).toBe(200);
    await page.open(rig.tenant.url);
    const stale = await open(rig.url);
    await stale.see("Retail Manager");

    await signOutByFrontChannel();

    expect(await rows()).toHaveLength(0);
    const calls = rig.graph.calls.length;
    // As whoever copied it would send it.
    expect((await fetch(`${rig.host.url}/graph/me`, { headers })).status).toBe(401);
    await stale.reload();
    await stale.see("You are signed out");
    await expectNothingPrivateBehind(page);
    expect(rig.graph.calls).toHaveLength(calls);
  },

  "reaches no host but this machine's": async () => {
    const page = await browser.newPage();
    const refusal = await page.open("http://example.com/").catch(String);
    expect(`${refusal} ${await page.text()}`).toMatch(/proxy|NAME_NOT_RESOLVED/i);
  },
} satisfies Record<string, () => Promise<void>>;

/** The main flow, both ways of signing out, and Back, as a user of this browser sees them. */
export function itGoesAllTheWay(start: () => Promise<Rig>, launch: () => Promise<Browser>): void {
  beforeAll(async () => {
    rig = await start();
  }, PATIENCE_MS);
  afterAll(() => rig?.stop());
  beforeEach(async () => {
    browser = await launch();
  }, PATIENCE_MS);
  afterEach(() => browser?.close(), PATIENCE_MS);

  it.each(Object.entries(JOURNEYS))("%s", (_, journey) => journey(), PATIENCE_MS);
}
