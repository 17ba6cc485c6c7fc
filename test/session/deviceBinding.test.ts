import { beforeEach, describe, expect, it } from "@jest/globals";
import { authDevice } from "../../src/functions/authDevice.ts";
import { authDeviceRefresh } from "../../src/functions/authDeviceRefresh.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import type { HttpResponse } from "../../src/shared/http/types.ts";
import { sessionKey } from "../../src/shared/rows/keys.ts";
import { challengeFor } from "../../src/shared/session/deviceProof.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { knownSession } from "../../src/shared/web/admission.ts";
import { answeredSignIn, askFunction, instanceOf, refOf, type TestApp } from "../support/app.ts";
import { challengeOf, type DeviceKey, newDeviceKey } from "../support/deviceKey.ts";
import { post, request } from "../support/request.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const tenant = sharedTenant({ now: () => now });
let now = Date.now();
let one: TestApp;
let browser: Browser;
beforeEach(async () => {
  one = appOf("required");
  browser = await signedInBrowser(one);
});

function appOf(binding: string, table?: TestApp["table"]): TestApp {
  const env = { APP_BASE_URL: "https://app.example.com", SESSION_BINDING: binding };
  return instanceOf(tenant, () => now, { env, table });
}

interface Browser {
  readonly key: DeviceKey;
  readonly cookies: Record<string, string>;
  /** Of the registration. */
  readonly challenge: string;
  /** Once it has registered. */
  identifier: string;
}

/** @param before The browser's cookies. */
async function signedInBrowser(one: TestApp, before = {}): Promise<Browser> {
  const { finish } = await answeredSignIn(one, { before });
  const { cookies, headers = {} } = await finish();
  const registration = headers["Secure-Session-Registration"];
  const kept = cookies.filter(({ maxAge }) => maxAge > 0);
  return {
    key: await newDeviceKey(),
    cookies: Object.fromEntries(kept.map(({ name, value }) => [name, value])),
    challenge: challengeOf(registration),
    identifier: "",
  };
}

function keep(of: Browser, { cookies = [] }: HttpResponse): void {
  for (const { name, value, maxAge } of cookies) {
    if (maxAge > 0) of.cookies[name] = value;
    else delete of.cookies[name];
  }
}

async function register(
  of: Browser,
  { key = of.key, challenge = of.challenge, cookies = of.cookies, app = one } = {},
) {
  const proof = await key.register(challenge);
  const headers = { "secure-session-response": proof };
  const answer = await authDevice(app.app).handler(
    request("/auth/device", { method: "POST", headers, cookies }),
    {},
  );
  if (answer.status === 200) {
    keep(of, answer);
    of.identifier = JSON.parse(String(answer.body)).session_identifier;
  }
  return answer;
}

function askToRefresh(identifier: string, proof?: string, app = one): Promise<HttpResponse> {
  const headers = {
    "sec-secure-session-id": identifier,
    ...(proof && { "secure-session-response": proof }),
  };
  const asking = request("/auth/device/refresh", { method: "POST", headers });
  return authDeviceRefresh(app.app).handler(asking, {});
}

const challengeIn = ({ headers = {} }: HttpResponse) =>
  challengeOf(headers["Secure-Session-Challenge"]);

async function refresh(of: Browser): Promise<HttpResponse> {
  const challenge = challengeIn(await askToRefresh(of.identifier));
  const answer = await askToRefresh(of.identifier, await of.key.prove(challenge));
  keep(of, answer);
  return answer;
}

async function statusFor(
  cookies: Record<string, string>,
  headers: Record<string, string> = {},
  app = one,
): Promise<number> {
  return (await askFunction(app, cookies, headers)).status;
}

const longCookie = ({ cookies }: Browser) => ({ [SESSION_COOKIE]: cookies[SESSION_COOKIE] ?? "" });
const OPENED = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
const OVER = expect.stringContaining('"continue":false');

describe("a bound session", () => {
  beforeEach(async () => void (await register(browser)));

  it("counts with the bound cookie for five minutes, without a storage operation more", async () => {
    now += 5 * MINUTE - SECOND;
    one.table.operations.length = 0;
    expect(await statusFor(browser.cookies)).toBe(200);
    expect(one.table.operations).toHaveLength(1);
    now += SECOND;
    expect(await statusFor(browser.cookies)).toBe(401);
  });

  it("is one whose browser lets go of that cookie a minute before: a request on its way counts", async () => {
    const challenge = await fresh(browser);
    now += 30 * SECOND;
    const proof = await browser.key.prove(challenge);
    const { cookies } = await askToRefresh(browser.identifier, proof);
    expect(cookies).toEqual([expect.objectContaining({ maxAge: (4 * MINUTE) / SECOND - 30 })]);
  });

  it.each(["optional", "required"])(
    "%s: counts without it for a minute after the registration, and never again",
    async (binding) => {
      const app = appOf(binding, one.table);
      now += MINUTE;
      expect(await statusFor(longCookie(browser), {}, app)).toBe(200);
      now += 1;
      expect(await statusFor(longCookie(browser), {}, app)).toBe(401);
      expect(await knownSession(app.app, request("/", { cookies: longCookie(browser) }))).toBe(
        undefined,
      );
    },
  );

  it("goes on by refreshes, each for one read, until it ends", async () => {
    for (let round = 0; round < 4; round++) {
      now += 5 * MINUTE;
      one.table.operations.length = 0;
      expect((await refresh(browser)).status).toBe(200);
      expect(one.operations()).toEqual(["get", "get"]);
      expect(await statusFor(browser.cookies)).toBe(200);
    }
    now += 13 * 60 * MINUTE;
    expect((await askToRefresh(browser.identifier)).body).toEqual(OVER);
  });

  it("is 503 where its browser could not refresh, and signed out for nobody", async () => {
    now += 6 * MINUTE;
    const skipped = { "secure-session-skipped": "server_error" };
    const answer = await askFunction(one, browser.cookies, skipped);
    expect(answer).toMatchObject({ status: 503, headers: { "Retry-After": "2" } });
    await refresh(browser);
    expect(await statusFor(browser.cookies, skipped)).toBe(200);
  });

  it("tells its browser to stop once it is signed out, which is never held back", async () => {
    now += 6 * MINUTE;
    const challenge = challengeIn(await askToRefresh(browser.identifier));
    const signOut = post({}, { cookies: longCookie(browser) });
    expect((await authSignOut(one.app).handler(signOut, {})).status).toBe(303);
    const inFlight = await askToRefresh(browser.identifier, await browser.key.prove(challenge));
    expect(inFlight).toMatchObject({ status: 200, body: OVER });
    expect(inFlight.cookies).toBeUndefined();
    expect(await statusFor(browser.cookies)).toBe(401);
  });

  it("stays bound to its first key, also when another tab of its browser has signed in", async () => {
    expect((await register(browser)).status).toBe(200);
    now += SECOND;
    const { keyring } = one.app;
    const { sessionId } = refOf(one, browser.cookies[SESSION_COOKIE] ?? "");
    const challenge = challengeFor(keyring, "register", sessionKey(sessionId), now);
    expect((await register(browser, { challenge, key: await newDeviceKey() })).status).toBe(400);
    now += 2 * MINUTE;
    expect((await refresh(browser)).status).toBe(200);
    expect(one.events()).not.toContain("binding.contested");
  });

  it("is 503 while the storage does not answer, which ends nothing", async () => {
    one.table.down = true;
    expect((await askToRefresh(browser.identifier)).status).toBe(503);
  });
});

describe("whoever has all that a sign-in was answered with", () => {
  let thief: Browser;
  beforeEach(async () => {
    thief = { ...browser, cookies: { ...browser.cookies }, key: await newDeviceKey() };
  });

  it.each<[string, () => [Browser, Browser]]>([
    ["before the browser", () => [thief, browser]],
    ["after it", () => [browser, thief]],
  ])("and registers a key %s ends that session, and gains nothing", async (_, order) => {
    const other = await signedInBrowser(one);
    await register(other);
    const [first, second] = order();
    expect((await register(first)).status).toBe(200);
    expect(await statusFor(first.cookies)).toBe(200);
    expect((await register(second)).status).toBe(400);
    for (const { cookies } of [browser, thief]) expect(await statusFor(cookies)).toBe(401);
    expect((await askToRefresh(first.identifier)).body).toEqual(OVER);
    expect(one.events()).toContain("binding.contested");
    expect(await statusFor(other.cookies)).toBe(200);
  });

  it("at once with the browser does neither", async () => {
    const answers = await Promise.all([register(browser), register(thief)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    for (const { cookies } of [browser, thief]) expect(await statusFor(cookies)).toBe(401);
  });

  it("loses the session to the next sign-in of a browser that binds none", async () => {
    const optional = appOf("optional", one.table);
    await register(thief, { app: optional });
    now += 2 * MINUTE;
    expect(await statusFor(browser.cookies, {}, optional)).toBe(401);
    expect(await statusFor(thief.cookies, {}, optional)).toBe(200);
    await signedInBrowser(optional, browser.cookies);
    expect(await statusFor(thief.cookies, {}, optional)).toBe(401);
  });
});

describe("a refresh proves nothing", () => {
  beforeEach(async () => void (await register(browser)));

  it.each<[string, () => Promise<string>]>([
    ["with another key", async () => (await newDeviceKey()).prove(await fresh(browser))],
    [
      "with a challenge older than a minute",
      async () => {
        const challenge = await fresh(browser);
        now += MINUTE + 1;
        return browser.key.prove(challenge);
      },
    ],
    ["with the challenge of the registration", () => browser.key.prove(browser.challenge)],
    [
      "with the challenge of another session",
      async () => {
        const other = await signedInBrowser(one);
        await register(other);
        return browser.key.prove(await fresh(other));
      },
    ],
    ["with a challenge of its own making", () => browser.key.prove(String(now))],
    ["with no challenge", () => browser.key.prove(undefined)],
    ["with what is no proof", async () => "e30.e30."],
  ])("%s", async (_, attack) => {
    const answer = await askToRefresh(browser.identifier, await attack());
    expect(answer.status).toBe(403);
    expect(answer.cookies).toBeUndefined();
    expect(challengeIn(answer)).not.toBe("");
    expect(one.events()).toContain("proof.refused");
  });

  it("twice: a proof that is sent again counts no longer than the first time", async () => {
    const proof = await browser.key.prove(await fresh(browser));
    now += 30 * SECOND;
    const again = await askToRefresh(browser.identifier, proof);
    now += 4.5 * MINUTE;
    const [cookie] = again.cookies ?? [];
    const copied = { ...longCookie(browser), [cookie?.name ?? ""]: cookie?.value ?? "" };
    expect(await statusFor(copied)).toBe(401);
    now -= SECOND;
    expect(await statusFor(copied)).toBe(200);
  });

  it.each(["", "x", "k1.AAAA"])("for a session that is none: %j", async (identifier) => {
    const { status, body } = await askToRefresh(identifier, await browser.key.prove("x"));
    expect([status, body]).toEqual(identifier ? [200, OVER] : [400, expect.anything()]);
  });
});

const fresh = async ({ identifier }: Browser) => challengeIn(await askToRefresh(identifier));

describe("a registration", () => {
  it("is taken with the cookie that the provider's post leaves, and for one conditional write", async () => {
    const { [SESSION_COOKIE]: _, ...cookies } = browser.cookies;
    one.table.operations.length = 0;
    expect((await register(browser, { cookies })).status).toBe(200);
    expect(one.table.operations).toHaveLength(2);
  });

  it("is not taken by whoever has only the challenge, or it too late, or another's", async () => {
    const other = await signedInBrowser(one);
    expect((await register(browser, { cookies: {} })).status).toBe(400);
    expect((await register(browser, { cookies: other.cookies })).status).toBe(400);
    expect((await register(browser, { challenge: other.challenge })).status).toBe(400);
    expect(one.events().filter((event) => event === "proof.refused")).toHaveLength(2);
    now += MINUTE + 1;
    expect((await register(browser)).status).toBe(400);
  });

  it("that comes after the sign-out brings nothing back", async () => {
    await one.app.signOuts.byUser(refOf(one, browser.cookies[SESSION_COOKIE] ?? ""));
    expect((await register(browser)).status).toBe(400);
    expect(await statusFor(browser.cookies)).toBe(401);
  });
});

describe("a session that no browser binds", () => {
  it("is served for a minute where that is required, and then told which browsers do", async () => {
    now += MINUTE;
    expect(await statusFor(browser.cookies)).toBe(200);
    now += 1;
    expect(await statusFor(browser.cookies)).toBe(403);
    expect(one.events()).toContain("session.unbound");
    const page = await askFunction(one, browser.cookies, OPENED);
    expect([page.status, page.body]).toEqual([403, expect.stringContaining("Chrome or Edge")]);
    for (const wayOn of ["/auth/signin?returnTo=", "/auth/signout"]) {
      expect(page.body).toContain(wayOn);
    }
    expect(await knownSession(one.app, request("/", { cookies: browser.cookies }))).toBeUndefined();
  });

  it("is served to its end where that is optional", async () => {
    now += 60 * MINUTE;
    expect(await statusFor(browser.cookies, {}, appOf("optional", one.table))).toBe(200);
  });

  it("is not asked to where it is off, and nothing is registered", async () => {
    const off = appOf("off");
    const plain = await signedInBrowser(off);
    expect(plain.challenge).toBe("");
    expect((await register(browser, { app: appOf("off", one.table) })).status).toBe(400);
  });

  it("is served where it is off, also if it was bound before", async () => {
    await register(browser);
    now += 60 * MINUTE;
    const off = appOf("off", one.table);
    expect(await statusFor(longCookie(browser), {}, off)).toBe(200);
    expect((await askToRefresh(browser.identifier, undefined, off)).body).toEqual(OVER);
  });
});
