import { request } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { launchChromium } from "../browser/chromium.ts";
import { describeInBrowser } from "../browser/describeInBrowser.ts";
import { eventually } from "../support/eventually.ts";
import { readAccountRows } from "../support/table.ts";
import { startTableProxy, type TableProxy } from "../support/tableProxy.ts";
import { sessionCookieOf, sidOf, signedInBrowser } from "../support/user.ts";

let rig: Rig;
let proxy: TableProxy;
/** An instance whose way to the table can be cut. */
let host: FunctionsHost;
const errors: string[] = [];

beforeAll(async () => {
  rig = await startRig({
    onLog: ({ level, message }) => {
      if (level === "error") errors.push(message);
    },
  });
  proxy = await startTableProxy(rig.azurite);
  const env = { TOKEN_CACHE_STORAGE: proxy.connectionString };
  host = await rig.startHost({ env });
});
afterEach(() => {
  proxy.down = false;
  errors.length = 0;
});
afterAll(async () => {
  await rig?.stop();
  await proxy?.stop();
});

/** What the app's own form sends, to the instance that can be cut off. */
function postSignOut(browser: Browser) {
  const cookie = sessionCookieOf(rig, browser);
  return fetch(`${host.url}/auth/signout`, {
    method: "POST",
    headers: { cookie, "sec-fetch-site": "same-origin" },
    redirect: "manual",
  });
}

describe("while the table does not answer", () => {
  it("the front channel says 503, asks the frame to come back, and logs an error", async () => {
    const browser = await signedInBrowser(rig);
    const url = `${host.url}/auth/logout-callback?sid=${sidOf(rig, browser)}`;
    proxy.down = true;
    const answer = await fetch(url);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("refresh")).toBe("2");
    expect(errors.join()).toContain("StoreUnavailable/ERR_STORE_UNAVAILABLE");
    expect(await readAccountRows(rig.azurite)).toHaveLength(1);

    proxy.down = false;
    expect((await fetch(url)).status).toBe(200);
    expect(await readAccountRows(rig.azurite)).toHaveLength(0);
  });

  it("signing out here says so, offers another try, and does not go to the tenant", async () => {
    const browser = await signedInBrowser(rig);
    proxy.down = true;
    const answer = await postSignOut(browser);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
    const page = await answer.text();
    expect(page).toContain("You are not signed out yet");
    expect(page).toContain('<form method="post" action="/auth/signout">');

    proxy.down = false;
    expect((await postSignOut(browser)).status).toBe(303);
    expect(await readAccountRows(rig.azurite)).toHaveLength(0);
  });

  it.each(["/auth/session", "/graph/me", "/"])("%s is 503, not signed out", async (path) => {
    const browser = await signedInBrowser(rig);
    proxy.down = true;
    const answer = await browser.get(host.url + path);
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("2");
    await rig.host.runTimer("purgeExpired");
    proxy.down = false;
    expect((await postSignOut(browser)).status).toBe(303);
  });
});

describe("a short fault", () => {
  it("is ridden out within the request that signs out", async () => {
    const browser = await signedInBrowser(rig);
    const refused = proxy.refused;
    proxy.down = true;
    const answer = fetch(`${host.url}/auth/logout-callback?sid=${sidOf(rig, browser)}`);
    await eventually(() => proxy.refused > refused + 1);
    proxy.down = false;
    expect((await answer).status).toBe(200);
    expect(await readAccountRows(rig.azurite)).toHaveLength(0);
  });
});

describe("a client that hangs up", () => {
  it("does not keep the tokens from being deleted", async () => {
    const browser = await signedInBrowser(rig);
    proxy.down = true;
    const refused = proxy.refused;
    const call = request(`${host.url}/auth/logout-callback?sid=${sidOf(rig, browser)}`);
    call.on("error", () => {});
    call.end();
    await eventually(() => proxy.refused > refused);
    call.destroy();
    proxy.down = false;
    await eventually(async () => (await readAccountRows(rig.azurite)).length === 0);
  });
});

describeInBrowser("the provider's frame", () => {
  it("comes back by itself until the tokens are gone", async () => {
    const browser = await signedInBrowser(rig);
    const context = await launchChromium({ thirdPartyCookies: "blocked" });
    try {
      const page = await context.newPage();
      // A document of the tenant's origin: the only one that may frame the app's logout URL.
      await page.goto(rig.tenant.metadataUrl.replace(rig.tenant.internalUrl, rig.tenant.url));
      proxy.down = true;
      const url = `${host.url}/auth/logout-callback?sid=${sidOf(rig, browser)}`;
      await page.setContent(`<iframe src="${url}"></iframe>`);
      const content = page.frameLocator("iframe").locator("body");
      await content.getByText("Not signed out yet").waitFor();
      expect(await readAccountRows(rig.azurite)).toHaveLength(1);

      proxy.down = false;
      await content.getByText("Signed out.", { exact: true }).waitFor();
      expect(await readAccountRows(rig.azurite)).toHaveLength(0);
    } finally {
      await context.close();
    }
  });
});
