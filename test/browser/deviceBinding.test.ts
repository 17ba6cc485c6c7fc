import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, expect, it, jest } from "@jest/globals";
import type { Browser, BrowserContext, Cookie, Page } from "playwright-core";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { challengeOf, newDeviceKey } from "../support/deviceKey.ts";
import { eventually } from "../support/eventually.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { leapingClock } from "../support/leap.ts";
import { shared } from "../support/shared.ts";
import { callFrontChannel, holdsTokens } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeIn } from "./describeIn.ts";

const describeInBrowser = describeIn("whole Chromium");

/* Device Bound Session Credentials as the browser does them, with keys in software. */

jest.setTimeout(60_000);

const PATIENCE_MS = 15_000;
const BOUND = "__Host-lightsout-bound-";

const app = shared(async () => startHttpsFront(await freePort()));
const rig = shared(() => startRig({ baseUrl: app.url, env: { SESSION_BINDING: "required" } }));
const browser = shared(launch);
let context: BrowserContext;
let page: Page;
let seen: { readonly call: string; readonly headers: IncomingMessage["headers"] }[];

beforeEach(async () => {
  seen = [];
  app.target = rig.host.url;
  app.fault = ({ method, url, headers }) => void seen.push({ call: `${method} ${url}`, headers });
  context = await openPrivate();
  page = await signIn(context);
});
afterEach(() => context?.close());

async function launch({ deviceBound = true } = {}) {
  const { publicKeyHash } = app;
  const thirdPartyCookies = "blocked";
  const launched = await launchChromium({ thirdPartyCookies, publicKeyHash, deviceBound });
  launched.setDefaultTimeout(PATIENCE_MS);
  return launched;
}

async function signIn(browser: BrowserContext): Promise<Page> {
  const opened = await startSignIn(browser);
  await finishSignIn(opened);
  return opened;
}

async function startSignIn(browser: BrowserContext): Promise<Page> {
  const opened = await browser.newPage();
  await opened.goto(`${app.url}/auth/sessions`);
  return opened;
}

async function finishSignIn(tab: Page): Promise<void> {
  await tab.getByRole("button", { name: "Adele Vance" }).click();
  await tab.waitForURL(`${app.url}/auth/sessions`);
}

async function isSignedIn(tab: Page): Promise<boolean> {
  const ask = "fetch('/auth/session').then((answer) => answer.json())";
  return (await tab.evaluate<{ readonly signedIn: boolean }>(ask)).signedIn;
}

/** Has keys of its own, as another profile or device has. */
async function openPrivate(): Promise<BrowserContext> {
  const opened = await (browser.browser() as Browser).newContext();
  opened.setDefaultTimeout(PATIENCE_MS);
  return opened;
}

const callsOf = (path: string) => seen.filter(({ call }) => call === `POST ${path}`);
const boundCookie = async (browser = context) =>
  (await browser.cookies(app.url)).find(({ name }) => name.startsWith(BOUND));
const registered = (browser = context) =>
  eventually(async () => (await boundCookie(browser)) !== undefined);
/** As if its time were over. */
const forget = async (browser = context) =>
  browser.addCookies([{ ...((await boundCookie(browser)) as Cookie), expires: 1 }]);

describeInBrowser("a session that is bound to the device", () => {
  it("registers after the sign-in, and refreshes before a request without the bound cookie", async () => {
    await registered();
    const first = await boundCookie();
    await page.reload();
    expect(await page.getByText("bound to this device").count()).toBe(1);
    await forget();
    // A reload of a page that another site has led to is another site's request.
    await page.reload();
    expect(callsOf("/auth/device/refresh")).toHaveLength(2);
    expect(seen.at(-1)).toMatchObject({
      call: "GET /auth/sessions",
      headers: { cookie: expect.stringContaining(BOUND) },
    });
    expect(await boundCookie()).toMatchObject({ name: first?.name });
    expect(callsOf("/auth/device")).toHaveLength(1);

    await forget();
    expect(await isSignedIn(page)).toBe(true);
    expect(callsOf("/auth/device/refresh")).toHaveLength(4);
  });

  it("lets a sign-out go ahead of everything, and has the browser forget the session then", async () => {
    await registered();
    await forget();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.waitForURL(`${app.url}/auth/signed-out`);
    expect(callsOf("/auth/signout")).toHaveLength(1);
    expect(callsOf("/auth/device/refresh")).toEqual([]);
    expect(await holdsTokens(rig)).toBe(false);

    for (const _ of [1, 2]) {
      await page.goto(`${app.url}/auth/session`);
      expect(await page.innerText("body")).toContain('"signedIn":false');
      expect(callsOf("/auth/device/refresh")).toHaveLength(1);
    }
    expect(await boundCookie()).toBeUndefined();
  });

  it("serves two tabs that need a refresh at once", async () => {
    await registered();
    const other = await context.newPage();
    await other.goto(`${app.url}/auth/sessions`);
    await forget();
    expect(await Promise.all([page, other].map(isSignedIn))).toEqual([true, true]);
  });

  it("is one and bound to one key where two tabs sign in at once", async () => {
    const both = await openPrivate();
    const tabs = [await startSignIn(both), await startSignIn(both)];
    await Promise.all(tabs.map(finishSignIn));
    await registered(both);
    await eventually(() => callsOf("/auth/device").length === 3);
    await forget(both);
    expect(await Promise.all(tabs.map(isSignedIn))).toEqual([true, true]);
    const names = (await both.cookies(app.url)).map(({ name }) => name);
    expect(names.filter((name) => name.startsWith(BOUND))).toHaveLength(1);
    await both.close();
  });

  it("serves nobody with copied cookies once the bound one is over, and goes on where it was made", async () => {
    const NODE_OPTIONS = leapingClock("/health?leaps", 6 * 60_000);
    app.target = (await rig.startHost({ env: { NODE_OPTIONS } })).url;
    await registered();
    const thief = await openPrivate();
    try {
      await thief.addCookies(await context.cookies(app.url));
      const stolen = await thief.newPage();
      await stolen.goto(`${app.url}/auth/sessions`);
      expect(await isSignedIn(stolen)).toBe(true);
      await fetch(`${app.target}/health?leaps`);
      await eventually(async () => !(await isSignedIn(stolen)));
      expect(callsOf("/auth/device/refresh")).toEqual([]);

      await forget();
      expect(await isSignedIn(page)).toBe(true);
      expect(await isSignedIn(stolen)).toBe(false);
    } finally {
      await thief.close();
    }
  });

  it.each(["optional", "required"])(
    "%s: has a key of its own in a private window, which goes with the window",
    async (SESSION_BINDING) => {
      const NODE_OPTIONS = leapingClock("/health?leaps", 6 * 60_000);
      app.target = (await rig.startHost({ env: { SESSION_BINDING, NODE_OPTIONS } })).url;
      await browser.clearCookies();
      await (await signIn(browser)).close();
      await registered(browser);
      const priv = await openPrivate();
      const tab = await signIn(priv);
      await registered(priv);
      expect((await boundCookie(priv))?.name).not.toBe((await boundCookie(browser))?.name);
      await tab.reload();
      const own = tab.getByRole("listitem").filter({ hasText: "this one" });
      expect(await own.innerText()).toContain("bound to this device");
      await forget(priv);
      expect(await isSignedIn(tab)).toBe(true);

      const copied = await priv.cookies(app.url);
      await priv.close();
      const next = await openPrivate();
      await next.addCookies(copied);
      const opened = await next.newPage();
      await opened.goto(`${app.url}/auth/sessions`);
      expect(await isSignedIn(opened)).toBe(true);
      await fetch(`${app.target}/health?leaps`);
      await eventually(async () => !(await isSignedIn(opened)));
      await next.close();
    },
  );

  it.each(["before", "after"])(
    "is ended by who has its sign-in's answer and registers a key %s the browser does",
    async (when) => {
      const { promise: released, resolve: release } = Promise.withResolvers<undefined>();
      const { fault } = app;
      app.fault = (request) => {
        void fault?.(request);
        return request.url === "/auth/device" && when === "before" ? released : undefined;
      };
      const other = await openPrivate();
      const [answer, tab] = await Promise.all([
        other.waitForEvent("response", (one) => one.url().endsWith("/auth/callback")),
        signIn(other),
      ]);
      const challenge = challengeOf(await answer.headerValue("secure-session-registration"));
      if (when === "after") await registered(other);
      const cookies = await other.cookies(app.url);
      const thief = await fetch(`${rig.host.url}/auth/device`, {
        method: "POST",
        headers: {
          cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
          "secure-session-response": await (await newDeviceKey()).register(challenge),
        },
      });
      expect(thief.status).toBe(when === "before" ? 200 : 400);
      release(undefined);
      await eventually(async () => !(await isSignedIn(tab)));
      expect(await isSignedIn(page)).toBe(true);
      await other.close();
    },
  );

  it("is asked for by the open page of a browser that binds none, a minute after its sign-in", async () => {
    const NODE_OPTIONS = leapingClock("/health?leaps", 61_000);
    app.target = (await rig.startHost({ env: { NODE_OPTIONS } })).url;
    const plain = await launch({ deviceBound: false });
    try {
      const tab = await signIn(plain);
      expect(callsOf("/auth/device")).toHaveLength(1);
      await fetch(`${app.target}/health?leaps`);
      await eventually(async () => {
        // It may be on its way from one page to the next.
        await tab.evaluate("dispatchEvent(new Event('focus'))").catch(() => {});
        return (await tab.innerText("body")).includes("Chrome or Edge");
      });
      expect(tab.url()).toBe(`${app.url}/`);
    } finally {
      await plain.close();
    }
  });

  it("gains nothing from a proof that is sent again", async () => {
    const NODE_OPTIONS = leapingClock("/health?leaps", 6 * 60_000);
    app.target = (await rig.startHost({ env: { NODE_OPTIONS } })).url;
    await registered();
    await forget();
    expect(await isSignedIn(page)).toBe(true);
    const { headers = {} } = callsOf("/auth/device/refresh").at(-1) ?? {};
    const proof = ["secure-session-response", "sec-secure-session-id"].map(
      (name): [string, string] => [name, String(headers[name])],
    );
    const send = () =>
      fetch(`${app.target}/auth/device/refresh`, { method: "POST", headers: proof });
    expect((await send()).status).toBe(200);
    await fetch(`${app.target}/health?leaps`);
    await eventually(async () => (await send()).status === 403);
    expect((await send()).headers.getSetCookie()).toEqual([]);
  });

  it("is not brought back by a refresh in flight at the sign-out", async () => {
    await registered();
    await forget();
    const { promise: held, resolve: release } = Promise.withResolvers<undefined>();
    const { fault } = app;
    app.fault = (request) => {
      void fault?.(request);
      return request.url === "/auth/device/refresh" ? held : undefined;
    };
    const asked = isSignedIn(page);
    await eventually(() => callsOf("/auth/device/refresh").length === 1);
    const sid = rig.tenant.sessions.at(-1)?.signIns.at(-1)?.sid ?? "";
    await callFrontChannel({ url: rig.host.url }, sid);
    release(undefined);
    expect(await asked).toBe(false);
    expect(await boundCookie()).toBeUndefined();
    expect(await holdsTokens(rig)).toBe(false);
  });
});
