import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { sidPartition } from "../../src/shared/rows/keys.ts";
import { launchChromium } from "../browser/chromium.ts";
import { describeInBrowser } from "../browser/describeInBrowser.ts";
import { eventually } from "../support/eventually.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { type FlakyTable, type Outage, startFlakyTable } from "../support/outage.ts";
import { type RawAnswer, sendRaw } from "../support/raw.ts";
import { readAccountRows } from "../support/table.ts";
import {
  ADELE,
  homeAccountIdOf,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";

let rig: Rig;
let table: FlakyTable;
/** An instance whose table can be away. */
let host: FunctionsHost;
let browser: Browser;
const lines: { level: string; message: string }[] = [];

const REFUSED: Outage = [403, "AuthorizationPermissionMismatch"];

beforeAll(async () => {
  rig = await startRig({ onLog: (line) => void lines.push(line) });
  rig.tenant.switches.backchannelLogout = true;
  table = await startFlakyTable(rig.azurite);
  host = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: table.connectionString } });
});
afterEach(() => table.be());
afterAll(async () => {
  await rig?.stop();
  await table?.stop();
});

const holdsTokens = async () => (await readAccountRows(rig.azurite)).length > 0;
const errors = () => lines.filter(({ level }) => level === "error").map(({ message }) => message);
const callbackOf = (sid: string) => `/auth/logout-callback?sid=${sid}`;

/** Every way to sign the user out, at the instance whose table is away. */
const SIGN_OUTS = {
  /** What the app's own form sends. */
  "in the app": () =>
    fetch(`${host.url}/auth/signout`, {
      method: "POST",
      headers: { cookie: sessionCookieOf(rig, browser), "sec-fetch-site": "same-origin" },
      redirect: "manual",
    }),
  "in another app": (user = ADELE) => fetch(host.url + callbackOf(sidOf(rig, browser, user))),
  "by the provider": async (user = ADELE) => {
    const token = await signLogoutToken(rig, { sid: sidOf(rig, browser, user) });
    const body = new URLSearchParams({ logout_token: token });
    return fetch(`${host.url}/auth/backchannel-logout`, { method: "POST", body });
  },
  "by an operator": (user = ADELE) =>
    fetch(`${host.url}/accounts/${homeAccountIdOf(rig, user)}`, {
      method: "DELETE",
      headers: { "x-functions-key": rig.host.keys.default },
    }),
};
type Way = keyof typeof SIGN_OUTS;

/** A user for each, so that all of them can meet the same outage, and what each is answered once it is done. */
const WHO: Readonly<Record<Way, readonly [user: string, status: number]>> = {
  "in the app": ["alexw@contoso.com", 303],
  "in another app": [ADELE, 200],
  "by the provider": ["meganb@contoso.com", 200],
  "by an operator": ["jordan@fabrikam.com", 204],
};
const ALL = Object.keys(WHO) as Way[];

describe("a table that", () => {
  it.each<[string, Outage, number, readonly Way[]]>([
    ["refuses connections for 2 seconds", "gone", 2, ALL],
    ["refuses connections for 5 seconds", "gone", 5, ALL],
    ["refuses with 403 for 3 seconds, as while a role spreads", REFUSED, 3, ALL],
    ["refuses with 401 for 3 seconds, as after a key was rotated", [401, "AuthFailed"], 3, ALL],
    ["is busy for 3 seconds", [503, "ServerBusy"], 3, ALL],
    ["is silent for 14 seconds", "silent", 14, ["in another app", "by the provider"]],
  ])("%s keeps nobody from signing out", async (_, outage, seconds, ways) => {
    const browsers = new Map<Way, Browser>();
    for (const way of ways) browsers.set(way, await signedInBrowser(rig, WHO[way][0]));
    await table.be(outage);
    const answers = ways.map((way) => {
      browser = browsers.get(way) as Browser;
      return SIGN_OUTS[way](WHO[way][0]);
    });
    await sleep(seconds * 1_000);
    expect(await readAccountRows(rig.azurite)).toHaveLength(ways.length);
    await table.be();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toEqual(ways.map((way) => WHO[way][1]));
    expect(await holdsTokens()).toBe(false);
  });
});

describe("while the table does not answer", () => {
  it("signing out here says so after a while, offers another try, and does not go to the tenant", async () => {
    browser = await signedInBrowser(rig);
    await table.be("gone");
    const answer = await SIGN_OUTS["in the app"]();
    expect(answer.status).toBe(503);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
    const page = await answer.text();
    expect(page).toContain("You are not signed out yet");
    expect(page).toContain('<form method="post" action="/auth/signout">');
    expect(errors().join()).toContain('{"event":"signout.given_up","who":"a.');

    await table.be();
    expect((await SIGN_OUTS["in the app"]()).status).toBe(303);
    expect(await holdsTokens()).toBe(false);
  });

  it.each(["/auth/session", "/graph/me", "/"])("%s is 503, not signed out", async (path) => {
    browser = await signedInBrowser(rig);
    await table.be("gone");
    const answer = await browser.get(host.url + path);
    expect(answer.status).toBe(503);
    expect(answer.headers["retry-after"]).toBe("2");
    await rig.host.runTimer("purgeExpired");
    await table.be();
    expect((await SIGN_OUTS["in the app"]()).status).toBe(303);
  });
});

describe("a client that hangs up after 50 ms", () => {
  it.each<Outage>(["gone", "silent"])(
    "does not keep the tokens from being deleted (%s)",
    async (outage) => {
      browser = await signedInBrowser(rig);
      await table.be(outage);
      const call = request(host.url + callbackOf(sidOf(rig, browser)));
      call.on("error", () => {});
      call.end();
      await sleep(50);
      call.destroy();
      await sleep(3_000);
      expect(await holdsTokens()).toBe(true);
      await table.be();
      await eventually(async () => !(await holdsTokens()));
    },
  );
});

describe("many calls for one sid", () => {
  it("are one loop: they ask the table no more often than one", async () => {
    browser = await signedInBrowser(rig);
    await table.be(REFUSED);
    const before = table.met;
    const calls = Array.from({ length: 50 }, () => SIGN_OUTS["in another app"]());
    await eventually(() => table.met - before >= 4);
    expect(table.met - before).toBeLessThan(50);
    await table.be();
    for (const answer of await Promise.all(calls)) expect(answer.status).toBe(200);
    expect(await holdsTokens()).toBe(false);
  });
});

/** As many calls as are held. */
async function fillPlaces(): Promise<Promise<RawAnswer>[]> {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const path = callbackOf("made-up");
  const calls = Array.from({ length: 300 }, () => sendRaw(host, { path, agent }));
  const called = () =>
    lines.filter(({ message }) => message.includes("'Functions.authLogout")).length;
  const before = called();
  await eventually(() => called() - before >= 300);
  return calls;
}

describe("the 301st call that would be held", () => {
  it("is 503 at once, with the frame asked to come back, and worked off all the same", async () => {
    browser = await signedInBrowser(rig);
    await table.be("gone");
    const held = await fillPlaces();
    const answer = await SIGN_OUTS["in another app"]();
    expect(answer.status).toBe(503);
    expect(answer.headers.get("refresh")).toBe("2");
    expect(await answer.text()).toBe("Not signed out yet. Trying again.");
    expect(errors().join()).toContain("StoreUnavailable/ERR_STORE_UNAVAILABLE");
    expect(await holdsTokens()).toBe(true);

    await table.be();
    await eventually(async () => !(await holdsTokens()));
    for (const { status } of await Promise.all(held)) expect(status).toBe(200);
    expect(lines.map(({ message }) => message).join()).not.toContain("Unexpected call to 'log'");
  });
});

describe("a process that is told to end", () => {
  it("says which sign-outs are open", async () => {
    browser = await signedInBrowser(rig);
    const ending = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: table.connectionString } });
    await table.be("gone");
    const sid = sidOf(rig, browser);
    const before = lines.length;
    const call = fetch(ending.url + callbackOf(sid)).catch(() => "cut off");
    const isTrying = ({ message }: { message: string }) => message.includes("storage.retry");
    await eventually(() => lines.slice(before).some(isTrying));
    await ending.stop();
    expect(await call).toBe("cut off");
    const event = { event: "signout.unfinished", who: sidPartition(sid) };
    expect(errors()).toContain(JSON.stringify(event));
    await table.be();
    expect((await SIGN_OUTS["in the app"]()).status).toBe(303);
  });
});

describeInBrowser("the provider's frame that was answered 503", () => {
  it("comes back by itself until the tokens are gone, while its page is there", async () => {
    browser = await signedInBrowser(rig);
    const context = await launchChromium({ thirdPartyCookies: "blocked" });
    try {
      const page = await context.newPage();
      // A document of the tenant's origin: the only one that may frame the app's logout URL.
      await page.goto(rig.tenant.metadataUrl.replace(rig.tenant.internalUrl, rig.tenant.url));
      await table.be("gone");
      const held = await fillPlaces();
      const url = host.url + callbackOf(sidOf(rig, browser));
      await page.setContent(`<iframe src="${url}"></iframe>`);
      const content = page.frameLocator("iframe").locator("body");
      await content.getByText("Not signed out yet").waitFor();
      expect(await holdsTokens()).toBe(true);

      await table.be();
      await content.getByText("Signed out.", { exact: true }).waitFor();
      expect(await holdsTokens()).toBe(false);
      await Promise.all(held);
    } finally {
      await context.close();
    }
  });
});
