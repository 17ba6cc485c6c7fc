import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContext, Page } from "playwright-core";
import { buildFunctions } from "../examples/spa/build.ts";
import { startSpa } from "../examples/spa/server.ts";
import { type Live, startLive } from "../local/live/live.ts";
import { ORDERS_SCOPE } from "../local/orders/orders.ts";
import { Parts } from "../local/parts.ts";
import { freePort } from "../local/ports.ts";
import { type Rig, startRig } from "../local/rig.ts";
import { launchChromium } from "../test/browser/chromium.ts";

/** Takes all pictures of the documentation: `npm run screenshots`. */
const FOLDER = process.argv[2] ?? fileURLToPath(new URL("../docs/images/", import.meta.url));
/** CSS pixels. A picture is as tall as its page. */
const CARD = { width: 720, height: 240 };
const WIDE = { width: 1280, height: 240 };
/** As tall as this, whatever is on the page. */
const PART = { width: 720, height: 760 };
const NAME = "Adele Vance";

mkdirSync(FOLDER, { recursive: true });
const context = await launchChromium({
  thirdPartyCookies: "blocked",
  viewport: CARD,
  deviceScaleFactor: 2,
  reducedMotion: "reduce",
});
const parts = new Parts();
try {
  await takePages(context);
  await context.clearCookies();
  await takeSpa(context);
} finally {
  await context.close();
  await parts.stop();
}

async function takePages(context: BrowserContext): Promise<void> {
  let live: Live | undefined;
  const rig = await parts.add(startRig({ onLog: (line) => live?.log(line) }));
  live = await parts.add(startLive({ ...rig, lightsout: rig }));
  const page = await context.newPage();
  await page.goto(rig.url);
  await signIn(page);
  await take(page, "home");
  await takeLive(context, rig, live);
}

/** Before and after a sign-out in the other app. */
async function takeLive(context: BrowserContext, rig: Rig, live: Live): Promise<void> {
  const page = await context.newPage();
  await page.setViewportSize(WIDE);
  const other = await context.newPage();
  await other.goto(rig.otherApp.url);
  await other.getByRole("link", { name: "Sign in" }).click();
  await page.goto(live.url);
  await page.locator("#otherApp li").waitFor();
  await take(page, "live-before");
  await other.getByRole("button", { name: "Sign out everywhere" }).click();
  await page.getByText("Lightsout holds no tokens.").waitFor();
  await page.locator("#events").getByText("authLogoutCallback").waitFor();
  await take(page, "live-after");
}

async function takeSpa(context: BrowserContext): Promise<void> {
  const port = await freePort();
  const { root } = await parts.add(buildFunctions());
  const rig = await parts.add(startRig({ root, baseUrl: `http://localhost:${port}` }));
  const spa = await parts.add(startSpa({ port, functionsUrl: rig.host.url }));
  const registration = rig.tenant.apps.get(rig.env.ENTRA_CLIENT_ID ?? "");
  if (registration) {
    registration.consentedScopes = ["User.Read", "Mail.Read", "Mail.Send", ORDERS_SCOPE];
  }
  const page = await context.newPage();
  await page.setViewportSize(PART);
  await page.goto(spa.url);
  await signIn(page);
  await page.locator("li").first().waitFor();
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Accept" }).click();
  await page.getByText("Looking it up…").waitFor({ state: "detached" });
  await page.locator("li").first().waitFor();
  await take(page, "spa", { fullPage: false });
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Pick an account" }).waitFor();
  await page.getByRole("button", { name: NAME }).click();
  await page.getByRole("heading", { name: NAME }).waitFor();
}

async function take(page: Page, name: string, { fullPage = true } = {}): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png`, fullPage });
  console.log(`${name}.png`);
}
