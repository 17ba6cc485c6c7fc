import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { authHome } from "../../src/functions/authHome.ts";
import { authSession } from "../../src/functions/authSession.ts";
import { authSessions } from "../../src/functions/authSessions.ts";
import { authSignIn } from "../../src/functions/authSignIn.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import { GRACE_MS } from "../../src/shared/session/confirm.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { signedIn } from "../../src/shared/web/handlers.ts";
import { json } from "../../src/shared/web/responses.ts";
import {
  ALEX,
  askFunction,
  instanceOf,
  refOf,
  signIn,
  type TestApp,
  tokenRequests,
  tokenRowsOf,
  userOf,
} from "../support/app.ts";
import { eventually } from "../support/eventually.ts";
import { post, request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const MINUTE = 60_000;
const PERIOD = 15 * MINUTE;

let now = Date.now();
const tenant = sharedTenant({ now: () => now });
let one: TestApp;
let cookie: string;
beforeEach(async () => {
  one = appOf();
  cookie = await signIn(one);
  forget();
});
afterEach(() => {
  adele().disabled = false;
});

const appOf = (env = {}, table?: TestApp["table"]) => instanceOf(tenant, () => now, { env, table });

function forget(): void {
  tenant.requests.length = 0;
  one.table.operations.length = 0;
}

const adele = () => userOf(tenant);
const asked = () => tokenRequests(tenant);

const ask = (app = one, at = cookie) => read(askFunction(app, { [SESSION_COOKIE]: at }));

async function session() {
  const sent = request("/auth/session", { cookies: { [SESSION_COOKIE]: cookie } });
  return await read(authSession(one.app).handler(sent, {}));
}

async function read(answer: ReturnType<ReturnType<typeof authSession>["handler"]>) {
  const { status, body } = await answer;
  return { ...JSON.parse(String(body)), status };
}

describe("a session whose grant was confirmed", () => {
  it("within the period costs one read, and nobody is asked", async () => {
    now += PERIOD;
    expect(await ask()).toMatchObject({ status: 200 });
    expect(one.operations()).toEqual(["get"]);
    expect(asked()).toEqual([]);
  });

  it("longer ago is confirmed before it is answered, for a period, with one write", async () => {
    for (let period = 0; period < 3; period++) {
      now += PERIOD + 1;
      forget();
      for (let i = 0; i < 5; i++) expect(await ask()).toMatchObject({ status: 200 });
      expect(asked()).toHaveLength(1);
      expect(one.operations().filter((operation) => operation === "replace")).toHaveLength(1);
    }
    // Nobody is asked for who is away.
    now += 10 * PERIOD;
    expect(asked()).toHaveLength(1);
  });

  it("asks for nothing that needs a consent, and keeps the access tokens", async () => {
    const held = await heldTokens();
    now += PERIOD + 1;
    await ask();
    expect(asked()[0]?.params.scope?.split(" ").sort()).toEqual([
      "offline_access",
      "openid",
      "profile",
    ]);
    expect(await heldTokens()).toEqual(held);
  });

  it("counts from when the provider was asked, not from its answer", async () => {
    now += PERIOD + 1;
    const start = now;
    const release = tenant.holdTokenEndpoint();
    const answer = ask();
    await eventually(() => asked().length === 1);
    now += MINUTE;
    release();
    expect(await answer).toMatchObject({ status: 200 });
    now = start + PERIOD;
    await ask();
    expect(asked()).toHaveLength(1);
    now += 1;
    await ask();
    expect(asked()).toHaveLength(2);
  });

  it("waits with all others for one refresh", async () => {
    now += PERIOD + 1;
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked()).toHaveLength(1);
    expect(one.operations().filter((operation) => operation === "replace")).toHaveLength(1);
  });

  it("is confirmed by any refresh of its own, and by no other session's", async () => {
    const other = await signIn(one);
    now += PERIOD + 1;
    forget();
    await signedIn(one.app, async (_, __, { getToken }) => json(await getToken(["Mail.Read"])))(
      request("/my", { cookies: { [SESSION_COOKIE]: cookie } }),
      {},
    );
    expect(asked()).toHaveLength(2);
    expect(await ask()).toMatchObject({ status: 200 });
    expect(asked()).toHaveLength(2);
    expect(await ask(one, other)).toMatchObject({ status: 200 });
    expect(asked()).toHaveLength(3);
  });

  it("is not confirmed where the setting is 0", async () => {
    const off = appOf({ REVALIDATE_MINUTES: "0" }, one.table);
    now += 11 * 60 * MINUTE;
    expect(await ask(off)).toMatchObject({ status: 200 });
    expect(asked()).toHaveLength(0);
  });
});

describe("a grant that is dead", () => {
  it.each<[string, () => unknown, number]>([
    ["revoked: its session ends", () => tenant.revoke(adele().oid), 1],
    ["of a user who is disabled: all end", () => Object.assign(adele(), { disabled: true }), 0],
  ])("%s, on a route that calls no API", async (_, end, left) => {
    const other = await signIn(one);
    now += PERIOD + 1;
    end();
    expect(await ask()).toMatchObject({ status: 401, type: "urn:lightsout:problem:signed-out" });
    expect(tokenRowsOf(one)).toHaveLength(left);
    expect(await ask(one, other)).toMatchObject({ status: 401 });
    expect(tokenRowsOf(one)).toEqual([]);
    expect(one.events()).toContain("signout.revoked");
  });

  it("has another session of the account confirmed, however new that is", async () => {
    now += PERIOD + 1;
    const other = await signIn(one);
    tenant.revoke(adele().oid);
    forget();
    expect(await ask(one, other)).toMatchObject({ status: 200 });
    expect(await ask()).toMatchObject({ status: 401 });
    expect(await ask(one, other)).toMatchObject({ status: 401 });
    expect(tokenRowsOf(one)).toEqual([]);
  });

  it("does not take a newer sign-in with it", async () => {
    now += PERIOD + 1;
    tenant.revoke(adele().oid);
    const newer = await signIn(one);
    forget();
    one.table.before = undefined;
    expect(await ask(one, newer)).toMatchObject({ status: 200 });
    expect(asked()).toEqual([]);
  });
});

describe("what the user can solve", () => {
  beforeEach(async () => {
    cookie = await signIn(one, ALEX);
    forget();
    tenant.forceClaimsChallenge(userOf(tenant, ALEX).oid);
    now += PERIOD + 1;
  });

  it("deletes nothing, and leads to sign-in with the claims", async () => {
    const rows = new Map(one.table.rows);
    const problem = await ask();
    expect(problem).toMatchObject({
      status: 401,
      type: "urn:lightsout:problem:interaction-required",
    });
    expect(problem.signInUrl).toMatch(/\/auth\/signin\?claims=/);
    expect(await session()).toEqual({ status: 200, signedIn: false, signInUrl: problem.signInUrl });
    for (const route of [authHome, authSessions]) {
      const sent = request("/auth/sessions", { cookies: { [SESSION_COOKIE]: cookie } });
      const { status, headers } = await route(one.app).handler(sent, {});
      expect(status).toBe(302);
      expect(headers?.Location).toMatch(/\/auth\/signin\?returnTo=%2Fauth%2Fsessions&claims=/);
    }
    expect(new Map(one.table.rows)).toEqual(rows);
    expect(asked()).toHaveLength(1);
  });

  it.each(["same-origin", "none", "cross-site"])(
    "sign-in goes for the same account: %s",
    async (site) => {
      const { signInUrl } = await ask();
      const { pathname, search } = new URL(signInUrl);
      const cookies = { [SESSION_COOKIE]: cookie };
      const sent = request(pathname + search, {
        cookies,
        headers: { "sec-fetch-site": site, "sec-fetch-mode": "navigate" },
      });
      const { headers } = await authSignIn(one.app).handler(sent, {});
      const { searchParams } = new URL(headers?.Location ?? "");
      expect(searchParams.get("login_hint")).toMatch(/^O\./);
      expect(searchParams.get("claims")).toContain("access_token");
    },
  );

  it("is asked at most once a minute a session, and over after a sign-in", async () => {
    for (let second = 0; second < 180; second += 10) {
      expect(await ask()).toMatchObject({ status: 401 });
      now += 10_000;
    }
    expect(asked().length).toBeLessThanOrEqual(3);
    cookie = await signIn(one, ALEX);
    expect(await ask()).toMatchObject({ status: 200 });
  });
});

describe("while the provider does not answer", () => {
  const FAULTS = [
    { status: 503 },
    { status: 429 },
    { status: "drop" },
    { number: 7000222 },
  ] as const;

  it.each(FAULTS)("%j: sessions go on for an hour, and are kept after that", async (fault) => {
    tenant.switches.tokenFault = fault;
    const rows = new Map(one.table.rows);
    const due = now + PERIOD;
    for (now = due + 1; now <= due + GRACE_MS; now += 10 * MINUTE) {
      expect(await ask()).toMatchObject({ status: 200, served: true });
      expect(await session()).toMatchObject({ signedIn: true });
    }
    expect(one.events()).toContain("session.unconfirmed");
    now = due + GRACE_MS + 1;
    const status = "number" in fault ? 500 : 503;
    expect(await ask()).toMatchObject({ status });
    expect(await session()).toMatchObject({ status });
    expect(new Map(one.table.rows)).toEqual(rows);

    tenant.switches.tokenFault = undefined;
    now += MINUTE;
    expect(await ask()).toMatchObject({ status: 200 });
  });

  it("it is asked at most once a minute a session", async () => {
    tenant.switches.tokenFault = { status: 503 };
    now += PERIOD + 1;
    await Promise.all(Array.from({ length: 20 }, () => ask()));
    now += MINUTE - 1;
    await ask();
    expect(asked()).toHaveLength(1);
    now += 1;
    await ask();
    expect(asked()).toHaveLength(2);
  });

  it("signing out goes on", async () => {
    tenant.switches.tokenFault = { status: 503 };
    now += PERIOD + 2 * GRACE_MS;
    const sent = post({}, { cookies: { [SESSION_COOKIE]: cookie } });
    expect((await authSignOut(one.app).handler(sent, {})).status).toBe(303);
    expect(tokenRowsOf(one)).toEqual([]);
    expect(asked()).toEqual([]);
  });
});

async function heldTokens() {
  const found = await readSession(one.app.store, refOf(one, cookie));
  return Object.values(found?.content.cache.AccessToken ?? {}).map(({ secret }) => secret);
}
