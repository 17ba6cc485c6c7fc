import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page as PlaywrightPage,
} from "playwright-core";
import { type NpmChromium, unpackChromium } from "./npmChromium.ts";
import { type Browser, Page, type Tab } from "./page.ts";

const DEBIAN_PATH = "/usr/bin/chromium";
export const MISSING =
  "No browser for the browser tests. Set CHROMIUM_PATH to a Chromium or Chrome; on Linux x64 `npm ci` installs one.";

/** Playwright's own list, which `--disable-features` replaces, has what cookie blocking depends on. */
const DISABLED_FEATURES = [
  ...["HttpsUpgrades", "MediaRouter", "OptimizationHints", "Translate"],
  // Processes that a window starts in case somebody types into its address bar or leaves the page.
  ...["SpareRendererForSitePerProcess", "WebUIOmniboxPopup", "WebUIOmniboxAimPopup"],
];

const DEVICE_BOUND_FEATURES = [
  "DeviceBoundSessions",
  "EnableBoundSessionCredentialsSoftwareKeysForManualTesting",
];

/** Whether {@link launchChromium} will find a browser. */
export function hasChromium(): boolean {
  return installedPath() !== undefined || npmChromiumRuns();
}

/** Whether it will find one that does all that users' do: npm's is built for pages alone. */
export function hasWholeChromium(): boolean {
  return installedPath() !== undefined;
}

/**
 * A fresh browser profile. Nothing in it reaches any host but this machine's.
 * @param options.thirdPartyCookies whether a frame of another site gets and may set its cookies
 * @param options.backForwardCache as users have it, and Playwright has not. Only pages of https get into it, and
 * only in the whole browser.
 * @param options.publicKeyHash of the self-signed certificate that it trusts
 * @param options.deviceBound whether it binds sessions, with keys in software: the whole browser does
 * @throws Error when there is no browser
 */
export async function launchChromium(
  options: {
    thirdPartyCookies: "blocked" | "allowed";
    backForwardCache?: boolean;
    publicKeyHash?: string;
    deviceBound?: boolean;
  } & BrowserContextOptions,
): Promise<BrowserContext & { stop(): Promise<void> }> {
  const { thirdPartyCookies, backForwardCache, publicKeyHash, deviceBound, ...contextOptions } =
    options;
  const { executablePath, env } = await findChromium(backForwardCache || deviceBound);
  const profile = await createProfile();
  const context = await chromium.launchPersistentContext(profile, {
    ...contextOptions,
    executablePath,
    env: { ...process.env, ...env },
    ...(backForwardCache && { ignoreDefaultArgs: ["--disable-back-forward-cache"] }),
    args: [
      "--disable-gpu",
      "--disable-quic",
      `--disable-features=${DISABLED_FEATURES.join()}`,
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
      ...(thirdPartyCookies === "blocked" ? ["--test-third-party-cookie-phaseout"] : []),
      ...(publicKeyHash ? [`--ignore-certificate-errors-spki-list=${publicKeyHash}`] : []),
      ...(deviceBound ? [`--enable-features=${DEVICE_BOUND_FEATURES.join()}`] : []),
    ],
  });
  const close = context.close.bind(context);
  const stop = async () => {
    await close();
    await rm(profile, { recursive: true, force: true });
  };
  return Object.assign(context, { close: stop, stop });
}

/** Full Chromium blocks third-party cookies in fresh profiles unless told otherwise. */
async function createProfile(): Promise<string> {
  const profile = await mkdtemp(join(tmpdir(), "lightsout-chromium-"));
  await mkdir(join(profile, "Default"));
  await writeFile(
    join(profile, "Default", "Preferences"),
    JSON.stringify({ profile: { cookie_controls_mode: 0 } }),
  );
  return profile;
}

/** The one from npm is the same everywhere, and takes a quarter of the time to start. */
async function findChromium(isWhole = false): Promise<NpmChromium> {
  if (npmChromiumRuns() && !isWhole && !process.env.CHROMIUM_PATH) return unpackChromium();
  const executablePath = installedPath();
  if (executablePath === undefined) throw new Error(MISSING);
  return { executablePath, env: {} };
}

function installedPath(): string | undefined {
  const { CHROMIUM_PATH } = process.env;
  if (CHROMIUM_PATH) return CHROMIUM_PATH;
  return existsSync(DEBIAN_PATH) ? DEBIAN_PATH : undefined;
}

function npmChromiumRuns(): boolean {
  return process.platform === "linux" && process.arch === "x64";
}

/** {@link launchChromium} as the tests see every browser. */
export async function launchAsBrowser(
  ...options: Parameters<typeof launchChromium>
): Promise<Browser> {
  const context = await launchChromium(...options);
  return {
    newPage: async () => new Page(tab(context, await context.newPage())),
    close: () => context.close(),
  };
}

function tab(context: BrowserContext, page: PlaywrightPage): Tab {
  return {
    open: async (url) => void (await page.goto(url, { waitUntil: "commit" })),
    reload: async () => void (await page.reload({ waitUntil: "commit" })),
    back: async () => void (await page.goBack({ waitUntil: "commit" })),
    evaluate: (expression) => page.evaluate(expression),
    cookies: () => context.cookies(page.url()),
    async click(xpath) {
      const target = page.locator(`xpath=${xpath}`).first();
      if ((await target.count()) === 0) return false;
      await target.click();
      return true;
    },
  };
}
