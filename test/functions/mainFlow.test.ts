import { beforeEach, describe, expect, it } from "@jest/globals";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { itLeaksNothing } from "../support/attack.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows, readTable } from "../support/table.ts";
import { ADELE, ALEX, sessionOf, signedInBrowser } from "../support/user.ts";

const rig = watchedRig();
beforeEach(async () => {
  for (const { oid, tenantId } of rig.tenant.users) {
    await fetch(`${rig.url}/accounts/${oid}.${tenantId ?? rig.tenant.tenantId}`, {
      method: "DELETE",
      headers: { "x-functions-key": rig.host.keys.default },
    });
  }
});

describe("signing out in another app", () => {
  it("deletes the tokens and every session here, without a cookie", async () => {
    const browser = await signedInBrowser(rig);
    const otherBrowser = await signedInBrowser(rig);
    const colleague = await signedInBrowser(rig, ALEX);
    expect(await readAccountRows(rig.azurite)).toHaveLength(2);

    // Single sign-on: the other app asks nothing.
    const page = await browser.get(`${rig.otherApp.url}/sign-in`);
    expect(page.text).toContain("Sign out everywhere");
    const signedOut = await browser.submit(page.forms[0]);
    const calls = rig.graph.calls.length;
    const frames = await browser.loadFrames(signedOut);
    expect(frames.map(({ status }) => status)).toEqual([200, 200]);

    expect(await readAccountRows(rig.azurite)).toHaveLength(1);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    expect(await sessionOf(rig, otherBrowser)).toMatchObject({ signedIn: false });
    expect(await sessionOf(rig, colleague)).toMatchObject({ signedIn: true });
    expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(401);
    expect((await browser.get(`${rig.url}/`)).text).toContain("You are signed out");
    expect(rig.graph.calls).toHaveLength(calls);
  });
});

describe("signing out here", () => {
  it("asks first, then deletes the tokens and ends the provider's session without a picker", async () => {
    const browser = await signedInBrowser(rig);
    const question = await browser.get(`${rig.url}/auth/signout`);
    expect(question.status).toBe(200);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });

    const answer = await browser.submit(question.forms[0], { follow: false });
    expect(answer.status).toBe(303);
    const location = new URL(answer.location ?? "");
    expect(location.origin).toBe(rig.tenant.url);
    expect(location.searchParams.get("post_logout_redirect_uri")).toBe(
      `${rig.url}/auth/signed-out`,
    );
    expect(location.searchParams.get("logout_hint")).toBeTruthy();
    expect(await readAccountRows(rig.azurite)).toHaveLength(0);

    const provider = await browser.get(location.href);
    const [frame] = await browser.loadFrames(provider);
    expect(frame?.status).toBe(200);
    const home = await browser.get(provider.refresh ?? "");
    expect(home.url).toBe(`${rig.url}/auth/signed-out`);
    expect(home.text).toContain("You are signed out");
  });
});

describe("the table", () => {
  it("shows nobody's name, address or token while people are signed in", async () => {
    const browser = await signedInBrowser(rig);
    await browser.fetch(`${rig.url}/graph/me/messages`);
    const rows = await readTable(rig.azurite);
    expect(rows.length).toBeGreaterThan(3);
    const raw = rows.map(visible).join("\n");
    const { oid } = rig.tenant.users.find(({ username }) => username === ADELE) ?? { oid: "?" };
    // The start of every JWT; three letters alone turn up in ciphertext by chance.
    expect(/eyJ[\w-]{6}/.test(raw)).toBe(false);
    for (const secret of ["Adele", "adelev", "contoso", oid, rig.tenant.tenantId]) {
      expect(raw.includes(secret)).toBe(false);
    }
  });
});

/** A row's keys and values as text. */
function visible(row: Record<string, unknown>): string {
  return Object.entries(row)
    .flatMap(([name, value]) => [
      name,
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value),
    ])
    .join(" ");
}

describe("several tabs", () => {
  it("can sign in at once, in one browser", async () => {
    const browser = createBrowser();
    const forms = [];
    for (const path of ["/one", "/two", "/three"]) {
      forms.push(await browser.signIn(`${rig.url}/auth/signin?returnTo=${path}`, ADELE));
    }
    const answers = await Promise.all(forms.map((form) => browser.submit(form, { follow: false })));
    expect(answers.map(({ location }) => location)).toEqual([
      `${rig.url}/one`,
      `${rig.url}/two`,
      `${rig.url}/three`,
    ]);
    expect(await readAccountRows(rig.azurite)).toHaveLength(1);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
  });
});

itLeaksNothing(() => rig);
