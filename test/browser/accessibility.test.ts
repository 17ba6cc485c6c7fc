import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { afterAll, beforeEach, expect, it } from "@jest/globals";
import type { AxeResults } from "axe-core";
import type { Page } from "playwright-core";
import { buildFunctions } from "../../examples/spa/build.ts";
import { type SpaServer, startSpa } from "../../examples/spa/server.ts";
import { startLive } from "../../local/live/live.ts";
import { ORDERS_SCOPE } from "../../local/orders/orders.ts";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { AT_ROOT } from "../../src/shared/config/address.ts";
import { en } from "../../src/shared/web/languages/en.ts";
import { signOutFailedPage } from "../../src/shared/web/pages/signOutPage.ts";
import { shared } from "../support/shared.ts";
import { registrationOf } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** All rules; without looking at style sheets of other origins, and without counting what passes. */
const RUN = "axe.run({ preload: false, resultTypes: ['violations'] })";
const DESKTOP = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** The narrowest that content has to fit without scrolling sideways (WCAG 2.2, 1.4.10 Reflow). */
const NARROWEST = { width: 320 };

const context = shared(() =>
  launchChromium({ thirdPartyCookies: "blocked", reducedMotion: "reduce" }),
);
const rig = shared(startRig);
const live = shared(() => startLive({ ...rig, lightsout: rig }));
let functions: Awaited<ReturnType<typeof buildFunctions>> | undefined;
let spa: SpaServer | undefined;
let page: Page;

beforeEach(async () => {
  await context.clearCookies();
  await page?.close();
  page = await context.newPage();
});
afterAll(async () => {
  await spa?.stop();
  await functions?.stop();
});

/** Sees that what is open needs no scrolling sideways: at the narrowest, and on a phone with text at twice the size. */
async function fits(name: string): Promise<void> {
  for (const [{ width }, size] of [
    [NARROWEST, "100%"],
    [PHONE, "200%"],
  ] as const) {
    await page.setViewportSize({ width, height: PHONE.height });
    await page.evaluate(`document.documentElement.style.fontSize = "${size}"`);
    const needed = await page.evaluate("document.documentElement.scrollWidth");
    expect([name, size, needed]).toEqual([name, size, width]);
  }
  await page.evaluate('document.documentElement.style.fontSize = ""');
  await page.setViewportSize(DESKTOP);
}

/** Looks at what is open in light and dark, on desktop and phone, and at the narrowest. */
async function check(name: string): Promise<void> {
  await page.evaluate(AXE);
  for (const viewport of [DESKTOP, PHONE]) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      const { violations } = (await page.evaluate(RUN)) as AxeResults;
      const found = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html }) => `${id}: ${html}`),
      );
      expect([name, viewport.width, colorScheme, ...found]).toHaveLength(3);
    }
  }
  await fits(name);
}

async function open(url: string, name = url): Promise<void> {
  await page.goto(url);
  await check(name);
}

/** The single-page app, in front of another instance of the functions. */
async function openSpa(): Promise<void> {
  const port = await freePort();
  const baseUrl = `http://localhost:${port}`;
  const { redirectUris } = registrationOf(rig);
  redirectUris.push(`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`);
  functions = await buildFunctions();
  const { url } = await rig.startHost({ root: functions.root, env: { APP_BASE_URL: baseUrl } });
  spa = await startSpa({ port, functionsUrl: url });
  await page.goto(baseUrl);
}

const link = (name: string) => page.getByRole("link", { name });
const button = (name: string) => page.getByRole("button", { name });

describeInBrowser("nothing for axe to find, and nothing wider than a phone", () => {
  it("in the app, on its way to the tenant and back", async () => {
    await open(rig.url, "home, signed out");
    await open(`${rig.url}/auth/signin?prompt=nonsense`, "error");
    registrationOf(rig).consentedScopes = ["User.Read"];
    await page.goto(`${rig.url}/auth/signin?scope=Mail.Read`);
    await check("account picker");
    await button("Adele Vance").click();
    await button("Accept").waitFor();
    await check("consent");
    await button("Cancel").click();
    await page.getByText("You did not agree").waitFor();
    await check("consent declined");

    await page.goto(rig.url);
    await link("Sign in").click();
    await page.getByRole("heading", { name: "Adele Vance" }).waitFor();
    await check("home, signed in");
    await open(`${rig.url}/auth/sessions`, "sessions");
    await open(`${rig.url}/auth/signout`, "sign-out");
    await open(live.url, "live, holding tokens");
    await page.route("**/held", (route) =>
      route.fulfill({
        contentType: "text/html",
        body: signOutFailedPage({ ...AT_ROOT, appName: "Lightsout", language: en }),
      }),
    );
    await open(`${rig.url}/held`, "sign-out that failed");
    await page.setExtraHTTPHeaders({ "Accept-Language": "ar" });
    await open(`${rig.url}/auth/sessions`, "sessions, right to left");
    await page.setExtraHTTPHeaders({});
    await page.reload();
    await button("End session").click();
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
    await check("signed out");
  });

  it("in the other app, at the tenant, and on the live page", async () => {
    await open(live.url, "live");
    await open(rig.tenant.url, "tenant");
    await open(`${rig.tenant.url}/${rig.tenant.tenantId}/oauth2/v2.0/authorize`, "tenant's error");
    await open(`${rig.tenant.url}/${rig.tenant.tenantId}/oauth2/v2.0/logout`, "tenant's sign-out");
    await open(rig.otherApp.url, "other app, signed out");
    await link("Sign in").click();
    await button("Alex Wilber").click();
    await button("Sign out everywhere").waitFor();
    await check("other app, signed in");
    await button("Sign out everywhere").click();
    await page.getByText("You are signed out everywhere").waitFor();
    await check("other app, after a sign-out");
  });
});

describeInBrowser("the single-page app", () => {
  it("has nothing for axe to find either", async () => {
    registrationOf(rig).consentedScopes = ["User.Read", "Mail.Read", ORDERS_SCOPE];
    await openSpa();
    await link("Sign in").waitFor();
    await check("single-page app, signed out");
    await link("Sign in").click();
    await button("Adele Vance").click();
    await link("Continue").waitFor();
    await button("Show more").waitFor();
    await check("single-page app, signed in, with consent to give");
    rig.graph.faults.next.push({ status: 503 });
    await button("Show more").click();
    await button("Try again").waitFor();
    await check("single-page app, with something to try again");
    await context.clearCookies();
    await button("Try again").click();
    await page.getByRole("heading", { name: "You were signed out" }).waitFor();
    await check("single-page app, after a sign-out");
  });
});

describeInBrowser("the keyboard", () => {
  it("is enough to sign in and out", async () => {
    await page.goto(rig.url);
    await tabTo("Sign in");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Pick an account" }).waitFor();
    await tabTo("Alex Wilber");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Alex Wilber" }).waitFor();
    await tabTo("Sign out everywhere");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "You are signed out" }).waitFor();
  });

  /** Presses Tab until the focus is there, and makes sure that it can be seen. */
  async function tabTo(text: string): Promise<void> {
    const focused = page.locator(":focus");
    for (let presses = 0; presses < 10; presses++) {
      if ((await focused.count()) > 0 && (await focused.innerText()).includes(text)) {
        const outline = "getComputedStyle(document.activeElement).outlineStyle";
        expect(await page.evaluate(outline)).toBe("solid");
        return;
      }
      await page.keyboard.press("Tab");
    }
    throw new Error(`Ten times Tab does not lead to "${text}".`);
  }
});
