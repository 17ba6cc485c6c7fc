import { afterEach, beforeEach, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
import type { Tenant } from "../../../local/tenant/tenant.ts";
import { ADELE, firstApp, refresh, signIn, start, userOf } from "./helpers.ts";

const MEGAN = "meganb@contoso.com";

let tenant: Tenant;
let browser: Browser;

beforeEach(async () => {
  tenant = await start();
  browser = createBrowser();
});
afterEach(() => tenant.stop());

/** Presses the button with this name and value on the home page. */
async function press(name: string, value: string) {
  const page = await browser.get(tenant.url);
  const [form] = page.forms;
  expect(form?.buttons).toContainEqual(expect.objectContaining({ name, value }));
  if (form) form.fields[name] = value;
  return browser.submit(form);
}

it("shows users, apps and switches", async () => {
  await signIn(tenant);
  const page = await browser.get(tenant.url);
  expect(page.text).toContain(`${ADELE} · signed in`);
  expect(page.text).toContain(firstApp(tenant).clientId);
  expect(page.text).toContain("Send iss with front-channel logout calls Off");
});

it("revokes a user's sessions", async () => {
  const { refresh_token } = await signIn(tenant);
  await press("revoke", userOf(tenant, ADELE).oid);
  expect((await refresh(tenant, refresh_token)).body.error_codes).toEqual([50173]);
});

it("requires a step-up of a user", async () => {
  const { refresh_token } = await signIn(tenant);
  const page = await press("challenge", userOf(tenant, ADELE).oid);
  expect(page.text).toContain("must step up");
  expect((await refresh(tenant, refresh_token)).body.error_codes).toEqual([50076]);
});

it("disables and enables a user", async () => {
  const { oid } = userOf(tenant, ADELE);
  expect((await press("disable", oid)).text).toContain("disabled");
  expect(userOf(tenant, ADELE).disabled).toBe(true);
  await press("disable", oid);
  expect(userOf(tenant, ADELE).disabled).toBe(false);
});

it("takes a user's app role away and gives it back", async () => {
  const { oid } = userOf(tenant, MEGAN);
  expect((await browser.get(tenant.url)).text).toContain("Auditor");
  expect((await press("role", oid)).text).not.toContain("Auditor");
  expect(userOf(tenant, MEGAN).roles).toEqual([]);
  await press("role", oid);
  expect(userOf(tenant, MEGAN).roles).toEqual(["Auditor"]);
});

it.each(["sendIss", "omitSid", "omitSessionState", "revokeReusedRefreshTokens"] as const)(
  "turns %s on and off",
  async (name) => {
    await press("switch", name);
    expect(tenant.switches[name]).toBe(true);
    await press("switch", name);
    expect(tenant.switches[name]).toBe(false);
  },
);

it("does nothing for another site", async () => {
  const [form] = (await browser.get(tenant.url)).forms;
  if (form) form.page.url = "http://localhost:7071/";
  if (form) form.fields.switch = "sendIss";
  expect((await browser.submit(form)).status).toBe(403);
  expect(tenant.switches.sendIss).toBe(false);
});
