import { afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { startRig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { tokenRequests } from "../support/attack.ts";
import { eventually } from "../support/eventually.ts";
import { shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { type Moment, startTableProxy } from "../support/tableProxy.ts";
import {
  ADELE,
  ALEX,
  asOperator,
  callFrontChannel,
  cookiesOf,
  sessionOf,
  sidOf,
  signedInBrowser,
  signOutIn,
} from "../support/user.ts";

/*
 * Any request of a browser may be under way when its user signs out. It is held wherever it waits for somebody
 * else, one place after the other, until the sign-out has answered.
 */

const rig = shared(startRig);
const proxy = shared(() => startTableProxy(rig.azurite));
/** The instance whose requests are held. */
let held: FunctionsHost;
let release = () => {};
beforeAll(async () => {
  // Every request has the provider confirm the sign-in, which is one more place to wait at.
  const often = { REVALIDATE_MINUTES: "0.0001", SESSION_IDLE_MINUTES: "30" };
  held = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString, ...often } });
  // The first request of all makes the table.
  await fetch(`${held.url}/health`);
});
afterEach(() => release());

type Place = { readonly table: number; readonly moment: Moment } | "token endpoint" | "Graph";

/** Holds the next request at that place. @returns whether one has come there. */
function hold(place: Place): () => boolean {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (place === "token endpoint") {
    const before = tokenRequests(rig);
    release = rig.tenant.holdTokenEndpoint();
    return () => tokenRequests(rig) > before;
  }
  if (place === "Graph") {
    const before = rig.graph.calls.length;
    rig.graph.faults.next.push({ until: promise });
    release = () => {
      resolve();
      rig.graph.faults.next.length = 0;
    };
    return () => rig.graph.calls.length > before;
  }
  let requests = 0;
  let reached = false;
  proxy.admit = async (_, moment) => {
    if (moment === "before commit") requests += 1;
    if (reached || requests !== place.table || moment !== place.moment) return true;
    reached = true;
    await promise;
    return true;
  };
  release = () => {
    resolve();
    proxy.admit = () => true;
  };
  return () => reached;
}

/** Runs `visit` for every place that a request comes to: `table` goes on for as long as requests come. */
async function atEveryPlace(visit: (place: Place) => Promise<boolean>): Promise<void> {
  await visit("token endpoint");
  await visit("Graph");
  for (let table = 1, more = true; more; table++) {
    await visit({ table, moment: "before commit" });
    more = await visit({ table, moment: "after commit" });
  }
}

/** Sends a request, and does something else while it waits there, or when it is answered. @returns whether it came there. */
async function whileHeld(
  place: Place,
  send: () => Promise<unknown>,
  meanwhile: () => Promise<unknown>,
): Promise<boolean> {
  const isReached = hold(place);
  let answered = false;
  const running = send().finally(() => {
    answered = true;
  });
  await eventually(() => answered || isReached());
  const reached = isReached() && !answered;
  await meanwhile();
  release();
  await running;
  return reached;
}

type Send = (browser: Browser) => Promise<unknown>;

const open =
  (path: string): Send =>
  (browser) =>
    browser.get(held.url + path, { follow: false });

/** Posts a form of this app. */
const press =
  (path: string): Send =>
  (browser) => {
    const page = { url: held.url, noReferrer: false };
    const form = {
      method: "POST" as const,
      action: held.url + path,
      fields: {},
      buttons: [],
      page,
    };
    return browser.submit(form, { follow: false });
  };

const ROUTES: Readonly<Record<string, Send>> = {
  "GET /": open("/"),
  "GET /auth/signin": open("/auth/signin"),
  "GET /auth/session": open("/auth/session"),
  "GET /auth/sessions": open("/auth/sessions"),
  "GET /auth/signout": open("/auth/signout"),
  "POST /auth/signout": press("/auth/signout"),
  "GET /graph/me": open("/graph/me"),
  "GET /graph/me/messages, which needs a token first": open("/graph/me/messages"),
  "POST /graph/me/sendMail": press("/graph/me/sendMail"),
  "GET /my/next-meeting": open("/my/next-meeting"),
};

/** Nothing of the former user. */
async function expectNothingOf(former: string, cookie: string): Promise<void> {
  const user = rig.tenant.users.find(({ username }) => username === former);
  for (const path of ["/", "/auth/session", "/auth/sessions", "/graph/me", "/my/next-meeting"]) {
    const answer = await fetch(rig.url + path, { headers: { cookie }, redirect: "manual" });
    const text = await answer.text();
    for (const secret of [user?.name, user?.username, user?.oid]) {
      expect({ path, found: text.includes(secret ?? "?") }).toEqual({ path, found: false });
    }
  }
}

async function signOutByUser(browser: Browser): Promise<void> {
  expect((await signOutIn(rig, browser)).status).toBe(303);
}

async function signOutByFrontChannel(browser: Browser): Promise<void> {
  expect((await callFrontChannel(rig, sidOf(rig, browser))).status).toBe(200);
}

async function signInAs(username: string, browser: Browser): Promise<void> {
  const form = await browser.signIn(`${rig.url}/auth/signin?prompt=select_account`, username);
  expect((await browser.submit(form, { follow: false })).status).toBe(303);
}

const accountRows = () => readAccountRows(rig.azurite);

async function signOutAll(): Promise<void> {
  for (const user of [ADELE, ALEX]) await asOperator(rig, "DELETE", user);
  expect(await accountRows()).toEqual([]);
}

/** What the app has asked of others with somebody's tokens. */
const asked = () => rig.graph.calls.length + tokenRequests(rig);

/** Every entrance of a browser says that nobody is signed in. */
async function expectSignedOut(browser: Browser): Promise<void> {
  expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
  expect((await browser.fetch(`${rig.url}/graph/me`)).status).toBe(401);
  expect((await browser.get(`${rig.url}/`)).text).toContain("You are signed out");
}

const isFirstRead = (place: Place) =>
  typeof place === "object" && place.table === 1 && place.moment === "before commit";

describe.each(Object.entries(ROUTES))("%s, under way while its user signs out", (route, send) => {
  it.each<[string, (browser: Browser) => Promise<void>]>([
    ["here", signOutByUser],
    ["in another app", signOutByFrontChannel],
  ])("%s, brings nothing back", (_where, signOut) =>
    atEveryPlace(async (place) => {
      const browser = await signedInBrowser(rig);
      let before = 0;
      const reached = await whileHeld(
        place,
        () => send(browser),
        async () => {
          await signOut(browser);
          before = asked();
        },
      );
      // When it had read the account it may make the one call that it was about to make.
      const due = isFirstRead(place) ? [0] : [0, 1];
      expect({ place, due }).toMatchObject({ due: expect.arrayContaining([asked() - before]) });
      expect({ place, rows: await accountRows() }).toEqual({ place, rows: [] });
      await expectSignedOut(browser);
      return reached;
    }),
  );

  it("here, and somebody else signs in, leaves that one alone", () =>
    atEveryPlace(async (place) => {
      const browser = await signedInBrowser(rig);
      const reached = await whileHeld(
        place,
        () => send(browser),
        async () => {
          await signOutByUser(browser);
          // Everybody's token requests wait there.
          if (place === "token endpoint") release();
          await signInAs(ALEX, browser);
        },
      );
      const { account } = await sessionOf(rig, browser);
      // A sign-out that is answered late takes the browser's cookie with it, whoever's it is by then.
      const expected = route === "POST /auth/signout" ? [ALEX, undefined] : [ALEX];
      expect(expected).toContain(account?.username);
      expect({ place, rows: (await accountRows()).length }).toEqual({ place, rows: 1 });
      await signOutAll();
      return reached;
    }));
});

describe("a sign-in under way while its user signs out in another app", () => {
  it("leaves nothing behind, wherever it waits", () =>
    atEveryPlace(async (place) => {
      const browser = createBrowser();
      const form = await browser.signIn(`${rig.url}/auth/signin`, ADELE);
      const action = form.action.replace(rig.url, held.url);
      const reached = await whileHeld(
        place,
        () => browser.submit({ ...form, action }, { follow: false }),
        () => signOutByFrontChannel(browser),
      );
      expect({ place, rows: await accountRows() }).toEqual({ place, rows: [] });
      await expectSignedOut(browser);
      return reached;
    }));
});

describe("somebody else who signs in next with the same browser", () => {
  it.each<[string, (browser: Browser) => Promise<void>]>([
    ["after a sign-out here", signOutByUser],
    ["after a sign-out in another app", signOutByFrontChannel],
    ["without a sign-out", async () => {}],
  ])("%s gets nothing of the former user, whatever old cookies come along", async (_, leave) => {
    const browser = await signedInBrowser(rig, ADELE);
    await browser.get(`${rig.url}/auth/signin?prompt=select_account`, { follow: false });
    const former = cookiesOf(rig, browser);
    await leave(browser);
    await signInAs(ALEX, browser);
    const own = cookiesOf(rig, browser);
    expect(own).not.toBe(former);
    for (const cookie of [own, former, `${own}; ${former}`, `${former}; ${own}`]) {
      await expectNothingOf(ADELE, cookie);
    }
    expect(await sessionOf(rig, browser)).toMatchObject({ account: { username: ALEX } });
    await signOutAll();
  });
});
