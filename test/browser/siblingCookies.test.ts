import { beforeAll, beforeEach, expect, it, jest } from "@jest/globals";
import type { BrowserContext, Page } from "playwright-core";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { unsealCookie } from "../../src/shared/session/cookies.ts";
import type { PendingSignIn } from "../../src/shared/session/signInCookie.ts";
import { keyringOf } from "../support/attack.ts";
import { startHttpsFront } from "../support/httpsFront.ts";
import { startLoopback } from "../support/loopback.ts";
import { shared } from "../support/shared.ts";
import { callFrontChannel, isSignedIn } from "../support/user.ts";
import { launchChromium } from "./chromium.ts";
import { describeInBrowser } from "./describeInBrowser.ts";
import { postFrom } from "./postFrom.ts";

/*
 * A page of a sibling subdomain may set cookies for the domain that it shares with the app. To a browser a name
 * that begins with a no-break space is no `__Host-` name, so it keeps such a cookie and sends it to the app.
 */

jest.setTimeout(60_000);

const DOMAIN = "contoso.localhost";
const NO_BREAK_SPACE = "\u00a0";
const ATTACKER = "Alex Wilber";
const SESSION = /^__Host-lightsout$/;
const SIGN_IN = /^__Host-lightsout-signin-/;

const app = shared(async () => startHttpsFront(await freePort(), `app.${DOMAIN}`));
const sibling = shared(async () => startHttpsFront(await freePort(), `shop.${DOMAIN}`));
const pages = shared(startLoopback);
const rig = shared(() => startRig({ baseUrl: app.url }));
const context = shared(() =>
  launchChromium({ thirdPartyCookies: "blocked", publicKeyHash: app.publicKeyHash }),
);
/** The `Cookie` headers that the app was sent. */
let sent: string[];

beforeAll(() => {
  sibling.target = pages.url;
  app.target = rig.host.url;
  app.fault = ({ headers }) =>
    void sent.push(Buffer.from(headers.cookie ?? "", "latin1").toString());
  context.setDefaultTimeout(15_000);
});
beforeEach(async () => {
  sent = [];
  await context.clearCookies();
});

type Cookie = Awaited<ReturnType<BrowserContext["cookies"]>>[number];

interface Attack {
  /** Ours that the attacker takes from a browser of their own. */
  readonly cookie: RegExp;
  /** Until the attacker's browser has it. @returns what else the attacker takes along */
  prepare(page: Page): Promise<string>;
  /** What the victim's browser does next, with the cookie. @returns whether the app took it for its own */
  strike(page: Page, more: string): Promise<boolean>;
}

/** Goes to the provider's page, and picks an account there. */
async function pickAccount(page: Page, name = ATTACKER): Promise<void> {
  await page.goto(`${app.url}/auth/signin`);
  await page.getByRole("button", { name }).click();
}

async function signIn(page: Page, name = ATTACKER): Promise<void> {
  await pickAccount(page, name);
  await page.waitForURL(`${app.url}/`);
}

async function isAttackersHome(page: Page): Promise<boolean> {
  await page.goto(app.url);
  return (await page.content()).includes(ATTACKER);
}

const ATTACKS: Record<string, Attack> = {
  "a session": {
    cookie: SESSION,
    async prepare(page) {
      await signIn(page);
      return "";
    },
    strike: isAttackersHome,
  },
  "a sign-in that is under way": {
    cookie: SIGN_IN,
    async prepare(page) {
      await page.route("**/auth/callback", (route) => route.abort());
      const posting = page.waitForRequest("**/auth/callback");
      await pickAccount(page);
      return (await posting).postData() ?? "";
    },
    async strike(page, posted) {
      await page.goto(sibling.url);
      await postFrom(page, `${app.url}/auth/callback`, posted);
      await page.waitForURL(`${app.url}/**`);
      return await isAttackersHome(page);
    },
  },
  "the last sign-in": {
    cookie: /^__Host-lightsout-last$/,
    async prepare(page) {
      await signIn(page);
      return (await held(SESSION)).value;
    },
    /** Somebody else signs in with the browser that it was made in: that ends the attacker's session. */
    async strike(page, session) {
      await signIn(page, "Adele Vance");
      return !(await isSignedIn(rig.host, `__Host-lightsout=${session}`));
    },
  },
  "the end of a session": {
    cookie: /^__Host-lightsout-ended$/,
    async prepare(page) {
      await signIn(page);
      const { sid = "" } = rig.tenant.sessions.at(-1)?.signIns.at(-1) ?? {};
      await callFrontChannel(rig.host, sid);
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.waitForURL((url) => url.origin !== app.url);
      return "";
    },
    /** A sign-in that starts now says that it has seen the attacker's sign-out. */
    async strike(page) {
      await page.goto(`${app.url}/auth/signin`);
      const { name, value } = await held(SIGN_IN);
      const pending = unsealCookie<PendingSignIn>(keyringOf(rig), name, value);
      return Number(pending?.seen.length) > 0;
    },
  },
};

/** The cookie of that kind which the browser has for the app. */
async function held(kind: RegExp): Promise<Cookie> {
  const cookies = await context.cookies(app.url);
  const cookie = cookies.find(({ name }) => kind.test(name));
  if (!cookie) throw new Error(`There is no cookie ${kind}.`);
  return cookie;
}

const ATTRIBUTES = `; Domain=${DOMAIN}; Path=/; Secure; SameSite=None`;

/** How a cookie gets into the victim's browser. */
const WAYS: Record<string, (page: Page, cookie: Cookie) => Promise<unknown>> = {
  "by a sibling's header": async (page, { name, value }) => {
    const bytes = Buffer.from(`${NO_BREAK_SPACE}${name}=${value}${ATTRIBUTES}`);
    const headers = { "set-cookie": bytes.toString("latin1"), "content-type": "text/html" };
    pages.respond = () => ({ headers, body: "A sibling" });
    await page.goto(sibling.url);
  },
  "by a sibling's script": async (page, { name, value }) => {
    pages.respond = () => ({ headers: { "content-type": "text/html" }, body: "A sibling" });
    await page.goto(sibling.url);
    const text = JSON.stringify(`${NO_BREAK_SPACE}${name}=${value}${ATTRIBUTES}`);
    await page.evaluate(`document.cookie = ${text}`);
  },
};

const CASES = Object.keys(ATTACKS).flatMap((kind) =>
  Object.keys(WAYS).map((way) => [kind, way] as const),
);

/** Of every cookie that the attacker's browser was given. */
const names = new Set<string>();

async function strike(kind: string, set: (page: Page, cookie: Cookie) => Promise<unknown>) {
  const { cookie, prepare, strike } = ATTACKS[kind] as Attack;
  const attackers = await context.newPage();
  const more = await prepare(attackers);
  const stolen = await held(cookie);
  for (const { name } of await context.cookies(app.url)) names.add(name);
  await attackers.close();
  await context.clearCookies();
  sent = [];
  const victims = await context.newPage();
  await set(victims, stolen);
  const isUsed = await strike(victims, more);
  await victims.close();
  return { stolen, isUsed };
}

describeInBrowser("a cookie from another browser", () => {
  it.each(CASES)("that holds %s, set %s, is none of the app's", async (kind, way) => {
    const { stolen, isUsed } = await strike(kind, WAYS[way] as never);
    expect(sent.join()).toContain(`${NO_BREAK_SPACE}${stolen.name}=${stolen.value}`);
    expect(isUsed).toBe(false);
  });

  it.each(Object.keys(ATTACKS))("that holds %s would be taken under its own name", async (kind) => {
    const set = (_: Page, cookie: Cookie) => context.addCookies([cookie]);
    expect((await strike(kind, set)).isUsed).toBe(true);
  });

  it("is of one of these kinds", () => {
    const kinds = Object.values(ATTACKS).map(({ cookie }) => cookie);
    expect([...names].filter((name) => !kinds.some((kind) => kind.test(name)))).toEqual([]);
  });
});
