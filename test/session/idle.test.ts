import { HttpRequest, HttpResponse, InvocationContext } from "@azure/functions";
import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { authHome } from "../../src/functions/authHome.ts";
import { authSession } from "../../src/functions/authSession.ts";
import { authSessions } from "../../src/functions/authSessions.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import type { Cookie } from "../../src/shared/http/types.ts";
import { GRACE_MS } from "../../src/shared/session/confirm.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { readSession, type SessionRead } from "../../src/shared/store/accounts.ts";
import { endGrant } from "../../src/shared/store/endSession.ts";
import { signedIn } from "../../src/shared/web/handlers.ts";
import {
  ALEX,
  askFunction,
  instanceOf,
  refOf,
  signIn,
  type TestApp,
  tokenRowsOf,
} from "../support/app.ts";
import { authOf } from "../support/auth.ts";
import { flipped } from "../support/flipped.ts";
import { post, request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const MINUTE = 60_000;
const LIMIT = 30 * MINUTE;
const PERIOD = 15 * MINUTE;
const USED = "__Host-lightsout-used-";

const tenant = sharedTenant({ now: () => now });
let now = Date.now();
let one: TestApp;
let browser: ReturnType<typeof browserWith>;
beforeEach(async () => {
  one = appOf();
  browser = browserWith(await signIn(one));
  one.table.operations.length = 0;
});

const appOf = (env = {}, table?: TestApp["table"]) =>
  instanceOf(tenant, () => now, { env: { SESSION_IDLE_MINUTES: "30", ...env }, table });

/** What a browser keeps, and for how long. */
function browserWith(session: string) {
  const jar = new Map<string, { readonly value: string; readonly until: number }>();
  const keep = (cookies: readonly Cookie[] = []) => {
    for (const { name, value, maxAge } of cookies) {
      if (maxAge === 0) jar.delete(name);
      else jar.set(name, { value, until: now + maxAge * 1_000 });
    }
  };
  const cookies = () =>
    Object.fromEntries(
      [...jar].filter(([, { until }]) => until > now).map(([name, { value }]) => [name, value]),
    );
  jar.set(SESSION_COOKIE, { value: session, until: Number.POSITIVE_INFINITY });
  return { jar, keep, cookies, names: () => Object.keys(cookies()).sort() };
}

const ROUTES = { session: authSession, sessions: authSessions, home: authHome };

/** @returns the status, and what the browser is to keep. */
async function send(
  app = one,
  cookies = browser.cookies(),
  path: keyof typeof ROUTES | "use" = "use",
) {
  const answer =
    path === "use"
      ? await askFunction(app, cookies)
      : await ROUTES[path](app.app).handler(request("/", { cookies }), {});
  return { ...answer, says: String(answer.body) };
}

async function use(app = one): Promise<number> {
  const { status, cookies } = await send(app);
  browser.keep(cookies);
  return status;
}

const used = (cookies: readonly Cookie[] = []) =>
  cookies.filter(({ name }) => name.startsWith(USED));

describe("a session that is used", () => {
  it("costs one read, and writes nothing", async () => {
    now += 5 * MINUTE;
    await use();
    expect(one.operations()).toEqual(["get"]);
  });

  it("lasts for its hours, and the cookie is renewed every tenth of the limit", async () => {
    let renewed = 0;
    const end = now + 11 * 60 * MINUTE;
    for (; now < end; now += MINUTE) {
      const { status, cookies } = await send();
      expect(status).toBe(200);
      renewed += used(cookies).length;
      browser.keep(cookies);
    }
    expect(renewed).toBe((11 * 60) / 3 - 1);
    expect(browser.names().filter((name) => name.startsWith(USED))).toHaveLength(1);
  });

  it("is over after the limit, in every tab and on every instance", async () => {
    now += 10 * MINUTE;
    await use();
    const other = appOf({}, one.table);
    now += LIMIT;
    expect(await use(other)).toBe(200);
    now += LIMIT + 1;
    expect((await send(one)).status).toBe(401);
    expect((await send(other)).status).toBe(401);
  });

  it.each(["session", "sessions"] as const)("is not by asking for /auth/%s", async (path) => {
    const until = now + LIMIT;
    for (; now <= until; now += MINUTE) {
      const { status, cookies } = await send(one, browser.cookies(), path);
      expect(status).toBe(200);
      expect(used(cookies)).toEqual([]);
    }
    expect((await send()).status).toBe(401);
  });

  it("is by the home page, and by what is answered with an error", async () => {
    now += 10 * MINUTE;
    expect(used((await send(one, browser.cookies(), "home")).cookies)).toHaveLength(1);
    const failing = signedIn(one.app, async () => {
      throw new Error("Nobody has a handler for this.");
    });
    const { status, cookies } = await failing(request("/", { cookies: browser.cookies() }), {});
    expect([status, used(cookies).length]).toEqual([500, 1]);
  });

  it("is by functions of the team's own, whatever they answer with", async () => {
    const auth = authOf(one);
    const answered = { status: 204, headers: { "cache-control": "public" } };
    const answers = [
      { ...answered, cookies: [{ name: "a", value: "b" }] },
      new HttpResponse(answered),
      undefined as unknown as HttpResponse,
    ];
    for (const answer of answers) {
      now += 10 * MINUTE;
      const cookie = request("/", { cookies: browser.cookies() }).headers.get("cookie") ?? "";
      const url = "https://app.example.com/my";
      const sent = new HttpRequest({ url, method: "GET", headers: { cookie } });
      const invocation = new InvocationContext();
      const got = (await auth.signedIn(async () => answer)(sent, invocation)) as HttpResponse;
      expect(used(got.cookies as Cookie[])).toHaveLength(1);
      expect(new Headers(got.headers).get("cache-control")).toBe("no-store");
      browser.keep(got.cookies as Cookie[]);
    }
  });

  it("in tabs at once, whose answers come in any order, never ends before nine tenths of the limit", async () => {
    const step = fc.record({
      pause: fc.integer({ min: 0, max: 0.88 * LIMIT }),
      // How long each answer is on its way. Seconds.
      tabs: fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 4 }),
    });
    const start = now;
    const session = browser.cookies()[SESSION_COOKIE] ?? "";
    const own = appOf({ REVALIDATE_MINUTES: "0" }, one.table);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        now = start;
        const tab = browserWith(session);
        for (const { pause, tabs } of steps) {
          now += pause;
          const answers: { readonly at: number; readonly cookies: readonly Cookie[] }[] = [];
          for (const seconds of tabs) {
            now += 1_000;
            const { status, cookies = [] } = await send(own, tab.cookies());
            expect(status).toBe(200);
            answers.push({ at: now + seconds * 1_000, cookies });
          }
          answers.sort((a, b) => a.at - b.at);
          for (const { cookies } of answers) tab.keep(cookies);
        }
      }),
      { numRuns: 60 },
    );
    now = start;
  });
});

describe("a session that is idle", () => {
  it("is refused, and its cookie cleared; what a sign-in needs to know stays for a while", async () => {
    now += LIMIT + 1;
    const { status, says, cookies = [] } = await send();
    expect(status).toBe(401);
    expect(JSON.parse(says)).toMatchObject({ type: "urn:lightsout:problem:signed-out" });
    expect(cookies.map(({ name, maxAge }) => [name, maxAge])).toEqual([
      [SESSION_COOKIE, 0],
      ["__Host-lightsout-ended", 900],
    ]);
  });

  it.each([
    ["session", 200, '"signedIn":false'],
    ["sessions", 302, ""],
    ["home", 200, "Sign in"],
  ] as const)("says so at %s, and clears the cookie there too", async (path, status, text) => {
    now += LIMIT + 1;
    const answer = await send(one, browser.cookies(), path);
    expect(answer.status).toBe(status);
    expect(answer.says).toContain(text);
    expect(answer.cookies?.[0]).toMatchObject({ name: SESSION_COOKIE, maxAge: 0 });
  });

  it("can be signed out by", async () => {
    now += LIMIT + 1;
    const sent = post({}, { cookies: browser.cookies() });
    expect((await authSignOut(one.app).handler(sent, {})).status).toBe(303);
    expect(tokenRowsOf(one)).toEqual([]);
  });

  it("is not deleted as long as somebody may have a fresher cookie", async () => {
    const stolen = browser.cookies();
    const idleAt = now + LIMIT;
    const end = idleAt + PERIOD + GRACE_MS;
    for (now += 10 * MINUTE; now < end; now += 20 * MINUTE) {
      expect(await use()).toBe(200);
      expect((await send(one, stolen)).status).toBe(now > idleAt ? 401 : 200);
    }
    now = end;
    expect((await send(one, stolen)).status).toBe(401);
    expect(await use()).toBe(200);
    expect(tokenRowsOf(one)).toHaveLength(1);
  });

  it("is not deleted either where another's dead grant has it confirmed first", async () => {
    const stolen = browser.cookies();
    const other = refOf(one, await signIn(one));
    now += LIMIT;
    expect(await use()).toBe(200);
    const { store } = one.app;
    const dead = (await readSession(store, other)) as SessionRead;
    expect(await endGrant(store, other, dead, false)).toBe(true);
    now += 1;
    expect((await send(one, stolen)).status).toBe(401);
    expect(await use()).toBe(200);
  });

  it("is deleted once nobody can have one, and the account's others stay", async () => {
    const other = await signIn(one);
    now += PERIOD + LIMIT + GRACE_MS;
    expect((await send()).status).toBe(401);
    expect(one.events()).not.toContain("session.idle");
    now += 1;
    expect((await send()).status).toBe(401);
    const { partition: account } = refOf(one, other);
    expect(one.logged).toContainEqual(["info", "session.idle", { account }]);
    expect(tokenRowsOf(one)).toHaveLength(1);
    expect((await send(one, { [SESSION_COOKIE]: other })).status).toBe(401);
    expect(tokenRowsOf(one)).toEqual([]);
  });

  it("is never deleted before its end where the provider is not asked", async () => {
    const unasked = appOf({ REVALIDATE_MINUTES: "0" }, one.table);
    now += 11 * 60 * MINUTE;
    expect((await send(unasked)).status).toBe(401);
    expect(tokenRowsOf(one)).toHaveLength(1);
  });

  it("is no limit where the setting is 0", async () => {
    const unlimited = appOf({ SESSION_IDLE_MINUTES: "0" }, one.table);
    now += 11 * 60 * MINUTE;
    const { status, cookies } = await send(unlimited);
    expect([status, used(cookies)]).toEqual([200, []]);
  });
});

describe("the cookie of the last use", () => {
  it.each<[string, (own: Cookie, theirs: Cookie) => Record<string, string>]>([
    ["that is missing", () => ({})],
    ["of another session", ({ name }, theirs) => ({ [name]: theirs.value })],
    ["of another session, under its own name", (_, theirs) => ({ [theirs.name]: theirs.value })],
    ["that was changed", ({ name, value }) => ({ [name]: flipped(value) })],
    ["that nobody has sealed", ({ name }) => ({ [name]: JSON.stringify({ usedAt: 9e15 }) })],
  ])("%s counts as the sign-in", async (_, forged) => {
    const session = browser.cookies()[SESSION_COOKIE] ?? "";
    const theirs = browserWith(await signIn(one, ALEX));
    now += 20 * MINUTE;
    const [own, other] = [
      used((await send()).cookies)[0],
      used((await send(one, theirs.cookies())).cookies)[0],
    ];
    now += 20 * MINUTE;
    const cookies = forged(own as Cookie, other as Cookie);
    expect((await send(one, { ...cookies, [SESSION_COOKIE]: session })).status).toBe(401);
    expect(
      (await send(one, { [own?.name ?? ""]: own?.value ?? "", [SESSION_COOKIE]: session })).status,
    ).toBe(200);
  });

  it("of a newer session is left alone by late answers, and ends those of older ones", async () => {
    now += 20 * MINUTE;
    const late = await send();
    const { jar } = browser;
    browser.keep(late.cookies);
    jar.set(SESSION_COOKIE, { value: await signIn(one), until: Number.POSITIVE_INFINITY });
    now += 20 * MINUTE;
    const newer = await send();
    browser.keep(newer.cookies);
    expect(used(newer.cookies).map(({ maxAge }) => maxAge)).toEqual([LIMIT / 1_000 + 60, 0]);
    // The slow answer of the old session comes now.
    browser.keep(late.cookies);
    now += 20 * MINUTE;
    expect(await use()).toBe(200);
  });
});
