import type { IncomingMessage } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from "@jest/globals";
import type { BrowserContext, Cookie, Page } from "playwright-core";
import { freePort } from "../../local/ports.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { eventually } from "../support/eventually.ts";
import { type HttpsFront, startHttpsFront } from "../support/httpsFront.ts";
import { callFrontChannel, holdsTokens } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";

/* Device Bound Session Credentials as the browser does them, with keys in software. */

jest.setTimeout(60_000);

const BOUND = "__Host-lightsout-bound-";

let app: HttpsFront;
let rig: Rig;
let context: BrowserContext;
let page: Page;
let seen: { readonly call: string; readonly headers: IncomingMessage["headers"] }[];

beforeAll(async () => {
  app = await startHttpsFront(await freePort());
  rig = await startRig({ baseUrl: app.url, env: { SESSION_BINDING: "required" } });
  app.target = rig.host.url;
});
beforeEach(async () => {
  seen = [];
  app.fault = ({ method, url, headers }) => void seen.push({ call: `${method} ${url}`, headers });
  const { publicKeyHash } = app;
  const thirdPartyCookies = "blocked";
  context = await launchChromium({ thirdPartyCookies, publicKeyHash, deviceBound: true });
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  await page.goto(`${app.url}/auth/sessions`);
  await page.getByRole("button", { name: "Adele Vance" }).click();
  await page.waitForURL(`${app.url}/auth/sessions`);
});
afterEach(() => context?.close());
afterAll(async () => {
  await rig?.stop();
  await app?.stop();
});

const callsOf = (path: string) => seen.filter(({ call }) => call === `POST ${path}`);
const boundCookie = async () =>
  (await context.cookies(app.url)).find(({ name }) => name.startsWith(BOUND));
const registered = () => eventually(async () => (await boundCookie()) !== undefined);
/** As if its five minutes were over. */
const forget = async () =>
  context.addCookies([{ ...((await boundCookie()) as Cookie), expires: 1 }]);

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
    expect(await page.evaluate("fetch('/auth/session').then((answer) => answer.json())")).toEqual(
      expect.objectContaining({ signedIn: true }),
    );
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

  it("ends with a sign-out elsewhere", async () => {
    await registered();
    await forget();
    const sid = rig.tenant.sessions.at(-1)?.signIns.at(-1)?.sid ?? "";
    await callFrontChannel({ url: rig.host.url }, sid);
    expect(await holdsTokens(rig)).toBe(false);
    await page.goto(`${app.url}/auth/session`);
    expect(await page.innerText("body")).toContain('"signedIn":false');
    expect(callsOf("/auth/device/refresh")).toHaveLength(1);
    expect(await boundCookie()).toBeUndefined();
  });
});
