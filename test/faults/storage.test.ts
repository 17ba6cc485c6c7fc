import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { Parts } from "../../local/parts.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { type Sid, sidPartition } from "../../src/shared/rows/keys.ts";
import { launchChromium } from "../browser/chromium.ts";
import { describeInBrowser } from "../browser/describeInBrowser.ts";
import { eventually } from "../support/eventually.ts";
import { itAtOnce } from "../support/itAtOnce.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { type Outage, startFlakyTable } from "../support/outage.ts";
import { type RawAnswer, sendRaw } from "../support/raw.ts";
import {
  ADELE,
  asOperator,
  holdsTokens,
  isSignedIn,
  newUser,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
  signOutByCookie,
} from "../support/user.ts";

const REFUSED: Outage = [403, "AuthorizationPermissionMismatch"];

const parts = new Parts();
let rig: Rig;
beforeAll(async () => {
  rig = await parts.add(startRig());
  rig.tenant.switches.backchannelLogout = true;
});
afterAll(() => parts.stop());

/** What the host says of each front-channel call. */
const LOGOUT = "'Functions.authLogout";
const callbackOf = (sid: string) => `/auth/logout-callback?sid=${sid}`;

/** An instance whose table can be away. */
async function setStage() {
  const lines: { level: string; message: string }[] = [];
  const table = await parts.add(startFlakyTable(rig.azurite));
  const startHost = () =>
    rig.startHost({
      env: { TOKEN_CACHE_STORAGE: table.connectionString },
      onLog: (line) => void lines.push(line),
    });
  const host = await startHost();
  return {
    table,
    host,
    startHost,
    lines,
    errors: () => lines.filter(({ level }) => level === "error").map(({ message }) => message),

    /** Every way to sign a user out, at that instance. */
    signOut: {
      "in the app": (browser: Browser) => signOutByCookie(host, sessionCookieOf(rig, browser)),
      "in another app": (browser: Browser, user = ADELE) =>
        fetch(host.url + callbackOf(sidOf(rig, browser, user))),
      "by the provider": async (browser: Browser, user = ADELE) => {
        const token = await signLogoutToken(rig, { sid: sidOf(rig, browser, user) });
        const body = new URLSearchParams({ logout_token: token });
        return fetch(`${host.url}/auth/backchannel-logout`, { method: "POST", body });
      },
      "by an operator": (_: Browser, user = ADELE) =>
        asOperator({ url: host.url, host: rig.host, tenant: rig.tenant }, "DELETE", user),
    },
  };
}
type Stage = Awaited<ReturnType<typeof setStage>>;
type Way = keyof Stage["signOut"];

/** What each is answered once it is done. */
const DONE: Readonly<Record<Way, number>> = {
  "in the app": 303,
  "in another app": 200,
  "by the provider": 200,
  "by an operator": 204,
};
const ALL = Object.keys(DONE) as Way[];

interface Case {
  readonly what: string;
  readonly outage: Outage;
  readonly seconds: number;
  readonly ways?: readonly Way[];
}

itAtOnce<Case>(
  "a table that $one.what for $one.seconds seconds keeps nobody from signing out",
  [
    { what: "refuses connections", outage: "gone", seconds: 2 },
    { what: "refuses connections", outage: "gone", seconds: 5 },
    { what: "refuses with 403, as while a role spreads,", outage: REFUSED, seconds: 3 },
    {
      what: "refuses with 401, as after a key was rotated,",
      outage: [401, "AuthFailed"],
      seconds: 3,
    },
    { what: "is busy", outage: [503, "ServerBusy"], seconds: 3 },
    {
      what: "is silent",
      outage: "silent",
      seconds: 14,
      ways: ["in another app", "by the provider"],
    },
  ],
  async ({ outage, seconds, ways = ALL }) => {
    const { table, signOut } = await setStage();
    const visits: { way: Way; user: string; browser: Browser }[] = [];
    for (const way of ways) {
      const user = newUser(rig);
      visits.push({ way, user, browser: await signedInBrowser(rig, user) });
    }
    const holding = () => Promise.all(visits.map(({ user }) => holdsTokens(rig, user)));
    await table.be(outage);
    const answers = visits.map(({ way, user, browser }) => signOut[way](browser, user));
    await sleep(seconds * 1_000);
    expect(await holding()).toEqual(ways.map(() => true));
    await table.be();
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses).toEqual(ways.map((way) => DONE[way]));
    expect(await holding()).toEqual(ways.map(() => false));
  },
);

itAtOnce<Outage>(
  "a client that hangs up does not keep the tokens from being deleted ($one)",
  ["gone", "silent"],
  async (outage) => {
    const { table, host, lines } = await setStage();
    const user = newUser(rig);
    const browser = await signedInBrowser(rig, user);
    await table.be(outage);
    const call = request(host.url + callbackOf(sidOf(rig, browser, user)));
    call.on("error", () => {});
    call.end();
    await eventually(() => lines.some(({ message }) => message.includes(LOGOUT)));
    call.destroy();
    await sleep(3_000);
    expect(await holdsTokens(rig, user)).toBe(true);
    await table.be();
    await eventually(async () => !(await holdsTokens(rig, user)));
  },
);

itAtOnce<Outage>(
  "while the table is $one, signing out here says so after a while, offers another try, and does not go to the tenant",
  ["gone"],
  async (outage) => {
    const { table, signOut, errors } = await setStage();
    const user = newUser(rig);
    const browser = await signedInBrowser(rig, user);
    await table.be(outage);
    const answer = await signOut["in the app"](browser);
    expect(answer.status).toBe(503);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.headers.getSetCookie()).toEqual([]);
    const page = await answer.text();
    expect(page).toContain("You are not signed out yet");
    expect(page).toContain('<form method="post" action="/auth/signout">');
    expect(errors().join()).toContain('{"event":"signout.given_up","who":"a.');

    await table.be();
    expect((await signOut["in the app"](browser)).status).toBe(303);
    expect(await holdsTokens(rig, user)).toBe(false);
  },
);

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterEach(() => stage.table.be());

/** As many calls as are held. */
async function fillPlaces({ host, lines }: Stage): Promise<Promise<RawAnswer>[]> {
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY });
  const path = callbackOf("made-up");
  const calls = Array.from({ length: 300 }, () => sendRaw(host, { path, agent }));
  const called = () => lines.filter(({ message }) => message.includes(LOGOUT)).length;
  const before = called();
  await eventually(() => called() - before >= 300);
  return calls;
}

it("the 301st call that would be held is 503 at once, with the frame asked to come back, and worked off all the same", async () => {
  const { table, signOut, errors, lines } = stage;
  const browser = await signedInBrowser(rig);
  await table.be("gone");
  const held = await fillPlaces(stage);
  const answer = await signOut["in another app"](browser);
  expect(answer.status).toBe(503);
  expect(answer.headers.get("refresh")).toBe("2");
  expect(await answer.text()).toBe("Not signed out yet. Trying again.");
  expect(errors().join()).toContain("StoreUnavailable/ERR_STORE_UNAVAILABLE");
  expect(await holdsTokens(rig)).toBe(true);

  await table.be();
  await eventually(async () => !(await holdsTokens(rig)));
  for (const { status } of await Promise.all(held)) expect(status).toBe(200);
  expect(lines.map(({ message }) => message).join()).not.toContain("Unexpected call to 'log'");
});

it("a process that is told to end says which sign-outs are open", async () => {
  const { table, signOut, startHost, errors, lines } = stage;
  const browser = await signedInBrowser(rig);
  const ending = await startHost();
  // The connection that a new instance opens is there by then.
  await isSignedIn(ending, sessionCookieOf(rig, browser));
  await table.be("gone");
  const sid = sidOf(rig, browser);
  const before = lines.length;
  const call = fetch(ending.url + callbackOf(sid)).catch(() => "cut off");
  const messages = () => lines.slice(before).map(({ message }) => message);
  const called = () => messages().findIndex((message) => message.includes(LOGOUT));
  const isTrying = (message: string) => message.includes("storage.retry");
  await eventually(() => called() >= 0 && messages().slice(called()).some(isTrying));
  await ending.stop();
  expect(await call).toBe("cut off");
  const event = { event: "signout.unfinished", who: sidPartition(sid as Sid) };
  expect(errors()).toContain(JSON.stringify(event));
  await table.be();
  expect((await signOut["in the app"](browser)).status).toBe(303);
});

describeInBrowser("the provider's frame", () => {
  /** Puts the table out, frames the logout URL, and does the rest. */
  async function frame(outage: Outage, rest: (page: Page) => Promise<unknown>) {
    const { table, host } = stage;
    const browser = await signedInBrowser(rig);
    const context = await launchChromium({ thirdPartyCookies: "blocked" });
    try {
      const page = await context.newPage();
      // A document of the tenant's origin: the only one that may frame the app's logout URL.
      await page.goto(rig.tenant.metadataUrl.replace(rig.tenant.internalUrl, rig.tenant.url));
      await table.be(outage);
      const held = outage === "gone" ? await fillPlaces(stage) : [];
      const url = host.url + callbackOf(sidOf(rig, browser));
      await page.setContent(`<iframe src="${url}"></iframe>`, { waitUntil: "commit" });
      await rest(page);
      await Promise.all(held);
    } finally {
      await context.close();
    }
  }

  it("that leaves 50 ms after its request does not keep the tokens from being deleted", async () => {
    const { table } = stage;
    const before = table.met;
    await frame("silent", async (page) => {
      await eventually(() => table.met > before);
      await sleep(50);
      await page.setContent("You are signed out.");
    });
    expect(await holdsTokens(rig)).toBe(true);
    await table.be();
    await eventually(async () => !(await holdsTokens(rig)));
  });

  it("that was answered 503 comes back by itself until the tokens are gone, while its page is there", () =>
    frame("gone", async (page) => {
      const content = page.frameLocator("iframe").locator("body");
      await content.getByText("Not signed out yet").waitFor();
      expect(await holdsTokens(rig)).toBe(true);
      await stage.table.be();
      await content.getByText("Signed out.", { exact: true }).waitFor();
      expect(await holdsTokens(rig)).toBe(false);
    }));
});
