import { describe, expect, it } from "@jest/globals";
import { createBrowser, type Page } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { ADELE, ALEX, homeAccountIdOf, sessionOf, signedInBrowser } from "../support/user.ts";

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1";

const rig = watchedRig();

async function signedInWith(userAgent: string, username = ADELE) {
  const browser = createBrowser();
  const form = await browser.signIn(`${rig.url}/auth/signin`, username);
  await browser.submit(form, { headers: { "User-Agent": userAgent } });
  return browser;
}

const rowsOf = ({ body }: Page) =>
  [...body.matchAll(/<li>(.*?)<\/li>/gs)].map(([, row = ""]) =>
    row.replace(/<[^>]*>/g, "").replace(/\s+/g, " "),
  );

describe("GET /auth/sessions", () => {
  it("lists where the account is signed in, by device and age, and which one this is", async () => {
    const desk = await signedInWith(FIREFOX);
    const phone = await signedInWith(PHONE);
    await signedInWith(FIREFOX, ALEX);
    expect(rowsOf(await desk.get(`${rig.url}/auth/sessions`))).toEqual([
      "Safari · iOS signed in just now",
      "Firefox · Windows this one signed in just now",
    ]);
    expect(rowsOf(await phone.get(`${rig.url}/auth/sessions`))[0]).toContain("this one");
  });

  it("shows nothing that a browser says of itself", async () => {
    const browser = await signedInWith(
      `<script>alert(1)</script>"'&evil ${"x".repeat(4_000)}`,
      ALEX,
    );
    const page = await browser.get(`${rig.url}/auth/sessions`);
    expect(rowsOf(page)).toContain("A browser this one signed in just now");
    expect(page.body).not.toMatch(/alert|evil|xxx/);
  });

  it("asks whoever is signed out to sign in first, and leads back", async () => {
    const browser = createBrowser();
    const form = await browser.signIn(`${rig.url}/auth/sessions`, ALEX);
    const page = await browser.submit(form);
    expect(page.url).toBe(`${rig.url}/auth/sessions`);
    expect(page.text).toContain(`Where ${ALEX} is signed in to this app.`);
  });

  it("signs out everywhere with one button", async () => {
    const here = await signedInBrowser(rig);
    const elsewhere = await signedInBrowser(rig);
    const colleague = await signedInBrowser(rig, ALEX);
    const page = await here.get(`${rig.url}/auth/sessions`);
    await here.submit(page.forms[0], { press: "Sign out everywhere", follow: false });
    for (const browser of [here, elsewhere]) {
      expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    }
    expect(await sessionOf(rig, colleague)).toMatchObject({ signedIn: true });
    expect(await readAccountRows(rig.azurite)).toHaveLength(1);
  });
});

describe("the operator", () => {
  it("signs an account out everywhere, and sees that nothing is left", async () => {
    const browsers = [await signedInBrowser(rig), await signedInBrowser(rig)];
    const url = `${rig.url}/accounts/${homeAccountIdOf(rig)}`;
    const headers = { "x-functions-key": rig.host.keys.default };
    const held = (await (await fetch(url, { headers })).json()) as { sessions: unknown[] };
    expect(held.sessions).toHaveLength(2);
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
    for (const browser of browsers) {
      expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    }
    expect(await (await fetch(url, { headers })).json()).toMatchObject({ held: false });
  });
});

itLeaksNothing(() => rig);
