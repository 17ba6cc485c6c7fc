import { describe, expect, it } from "@jest/globals";
import { createBrowser, type Page } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { ADELE, ALEX, newUser, sessionCookieOf, sessionOf } from "../support/user.ts";

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
    row
      .replace(/<form.*?<\/form>|<[^>]*>/gs, "")
      .replace(/\s+/g, " ")
      .trim(),
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

  it("ends one session and no other, and an old button ends none", async () => {
    const user = newUser(rig);
    const desk = await signedInWith(FIREFOX, user);
    const phone = await signedInWith(PHONE, user);
    const page = await desk.get(`${rig.url}/auth/sessions`);
    const [newest] = page.forms;
    expect(newest?.action).toBe(`${rig.url}/auth/sessions/end`);

    const after = await desk.submit(newest, { press: "End session" });
    expect(after.url).toBe(`${rig.url}/auth/sessions`);
    expect(rowsOf(after).join()).not.toContain("Safari");
    expect(await sessionOf(rig, phone)).toMatchObject({ signedIn: false });
    expect(await sessionOf(rig, desk)).toMatchObject({ signedIn: true });
    expect((await desk.get(`${rig.url}/graph/me`)).status).toBe(200);

    const again = await signedInWith(PHONE, user);
    const quiet = await desk.submit(newest, { press: "End session", follow: false });
    expect([quiet.status, quiet.location]).toEqual([303, `${rig.url}/auth/sessions`]);
    expect(await sessionOf(rig, again)).toMatchObject({ signedIn: true });
    // Somebody else by now, in the browser that shows the button.
    const other = await signedInWith(FIREFOX, ALEX);
    await other.submit(newest, { press: "End session", follow: false });
    expect(await sessionOf(rig, again)).toMatchObject({ signedIn: true });
  });

  it("nobody ends a session by the cookie of one that is over", async () => {
    const user = newUser(rig);
    const desk = await signedInWith(FIREFOX, user);
    const phone = await signedInWith(PHONE, user);
    const [ofPhone, ofDesk] = (await desk.get(`${rig.url}/auth/sessions`)).forms;
    await desk.submit(ofPhone, { press: "End session" });
    await phone.submit(ofDesk, { press: "End session", follow: false });
    expect(await sessionOf(rig, desk)).toMatchObject({ signedIn: true });
  });

  it("ends its own session on the page that says so, and with the last one the tokens go", async () => {
    const rows = async () => (await readAccountRows(rig.azurite)).length;
    const before = await rows();
    const browser = await signedInWith(FIREFOX, newUser(rig));
    expect(await rows()).toBe(before + 1);
    const page = await browser.get(`${rig.url}/auth/sessions`);
    const after = await browser.submit(page.forms[0], { press: "End session" });
    expect(after.url).toBe(`${rig.url}/auth/signed-out`);
    expect(after.text).toContain("You are signed out");
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    expect(await rows()).toBe(before);
  });

  it.each([
    ["from another site", 403, "cross-site", "a".repeat(43)],
    ["without a session's name", 400, "same-origin", ""],
    ["with anything else", 400, "same-origin", "__proto__"],
  ])("a post %s is refused", async (_, status, site, session) => {
    const browser = await signedInWith(FIREFOX, ALEX);
    const answer = await fetch(`${rig.url}/auth/sessions/end`, {
      method: "POST",
      headers: { "sec-fetch-site": site, cookie: sessionCookieOf(rig, browser) },
      body: new URLSearchParams({ session }),
    });
    expect(answer.status).toBe(status);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

itLeaksNothing(() => rig);
