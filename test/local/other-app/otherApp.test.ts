import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { type OtherApp, startOtherApp } from "../../../local/other-app/otherApp.ts";
import { startTenant, type Tenant } from "../../../local/tenant/tenant.ts";
import { launchChromium } from "../../browser/chromium.ts";
import { describeInBrowser } from "../../browser/describeInBrowser.ts";

let tenant: Tenant;
let app: OtherApp;
let internalUrl: string;

beforeAll(async () => {
  tenant = await startTenant();
  app = await startOtherApp({
    metadataUrl: tenant.metadataUrl,
    clientId: "5a1f1c5e-0d0e-4b8a-9a53-6f1d3f3f7c11",
    clientSecret: "a secret",
    lightsoutUrl: "http://localhost:7071",
  });
  tenant.register(app.registration);
  internalUrl = `http://127.0.0.1:${new URL(app.url).port}`;
});
afterAll(async () => {
  await app.stop();
  await tenant.stop();
});

describe("without a browser", () => {
  it("shows the way in, and the way to Lightsout", async () => {
    const response = await fetch(internalUrl);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const page = await response.text();
    expect(page).toContain('href="/sign-in"');
    expect(page).toContain('href="http://localhost:7071"');
    expect(page).not.toContain("Sign out");
  });

  it("starts the code flow with PKCE, state and nonce", async () => {
    const response = await fetch(`${internalUrl}/sign-in`, { redirect: "manual" });
    expect(response.status).toBe(303);
    const url = new URL(response.headers.get("location") ?? "");
    expect(url.origin).toBe(tenant.url);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      redirect_uri: `${app.url}/callback`,
      code_challenge_method: "S256",
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.any(String),
      nonce: expect.any(String),
    });
  });

  it("400 for an answer to another sign-in", async () => {
    const { headers } = await fetch(`${internalUrl}/sign-in`, { redirect: "manual" });
    const [cookie = ""] = headers.getSetCookie()[0]?.split(";") ?? [];
    const response = await fetch(`${internalUrl}/callback?code=x&state=y`, {
      headers: { cookie },
      redirect: "manual",
    });
    expect(response.status).toBe(400);
    expect(response.headers.getSetCookie()).toEqual([]);
  });

  it.each([undefined, "cross-site", "same-site"])("403 for a sign-out from %s", async (site) => {
    const response = await fetch(`${internalUrl}/sign-out`, {
      method: "POST",
      headers: { ...(site && { "sec-fetch-site": site }) },
      redirect: "manual",
    });
    expect(response.status).toBe(403);
  });

  it("404 for anything else", async () => {
    expect((await fetch(`${internalUrl}/favicon.ico`)).status).toBe(404);
  });

  it("answers 200 to a front-channel call whose sid it does not know", async () => {
    expect((await fetch(`${internalUrl}/front-channel-logout?sid=unknown`)).status).toBe(200);
  });
});

describeInBrowser("in a browser that blocks third-party cookies", () => {
  let browser: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    browser = await launchChromium({ thirdPartyCookies: "blocked" });
    page = await browser.newPage();
  });
  afterAll(() => browser.close());

  async function signIn(): Promise<void> {
    await page.goto(app.url);
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Adele Vance" }).click();
    await page.waitForURL(`${app.url}/`);
    expect(await page.textContent("main")).toContain("adelev@contoso.com");
  }

  it("signs in, and out everywhere", async () => {
    await signIn();
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    await page.waitForURL(`${app.url}/signed-out`);
    expect(await page.getByRole("status").textContent()).toMatch(/^You are signed out everywhere/);
    expect(tenant.sessions).toEqual([]);
    const { params } = tenant.requests.findLast(({ endpoint }) => endpoint === "logout") ?? {};
    expect(params?.logout_hint).toMatch(/^O\./);
  });

  it("forgets who was signed out in another app", async () => {
    await signIn();
    await page.goto(`${tenant.url}/${tenant.tenantId}/oauth2/v2.0/logout`);
    await page.getByRole("button", { name: "Adele Vance" }).click();
    await page.waitForURL("**/logoutsession");
    await page.goto(app.url);
    expect(await page.getByRole("link", { name: "Sign in" }).count()).toBe(1);
  });
});

it("is not started against a tenant that does not answer", async () => {
  const gone = await startTenant();
  await gone.stop();
  await expect(
    startOtherApp({
      metadataUrl: gone.metadataUrl,
      clientId: "a client",
      clientSecret: "a secret",
      lightsoutUrl: "http://localhost:7071",
    }),
  ).rejects.toThrow();
});
