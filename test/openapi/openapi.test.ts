import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { permissions } from "../../src/permissions.ts";
import * as errors from "../../src/shared/base/errors.ts";
import { challengeOf, type DeviceKey, newDeviceKey } from "../support/deviceKey.ts";
import { leapingClock } from "../support/leap.ts";
import { signLogoutToken } from "../support/logoutToken.ts";
import { startLoopback } from "../support/loopback.ts";
import { shared } from "../support/shared.ts";
import { startTableProxy } from "../support/tableProxy.ts";
import {
  ADELE,
  ALEX,
  homeAccountIdOf,
  oidOf,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";
import {
  describedStatus,
  description,
  examples,
  faultsOf,
  faultsOfAnswer,
  operations,
} from "./description.ts";

/** Functions that people add under `my/` are theirs to describe. */
const isOwn = (route = "") => route.startsWith("my/") && route !== "my/next-meeting";

const rig = shared(() => startRig({ env: { SESSION_BINDING: "optional" } }));
const proxy = shared(() => startTableProxy(rig.azurite));
let browser: Browser;
/** An instance that does not reach the table while `proxy.down`. */
let cut: string;

beforeAll(async () => {
  rig.tenant.switches.backchannelLogout = true;
  const TOKEN_CACHE_STORAGE = proxy.connectionString;
  const NODE_OPTIONS = leapingClock("/auth/logout-callback", 100_000);
  const host = await rig.startHost({ env: { TOKEN_CACHE_STORAGE, NODE_OPTIONS } });
  cut = host.url;
  browser = await signedInBrowser(rig);
});

describe("the description", () => {
  it("has every function's route and methods, and no others", () => {
    const http = rig.host.functions.filter(({ kind, route }) => kind === "http" && !isOwn(route));
    const served = http.flatMap(({ route = "", methods = [], authLevel }) => {
      const path = `/${route.replace("{ignored:maxlength(0)?}", "").replace("{*", "{")}`;
      return methods.map((method) => `${method} ${path} ${authLevel}`);
    });
    const described = [...operations].map(([name, { security }]) => {
      const needsKey = security.some((one) => "functionKey" in one);
      return `${name} ${needsKey ? "function" : "anonymous"}`;
    });
    expect(described.sort()).toEqual(served.sort());
    expect(served.length).toBeGreaterThan(15);
  });

  it("names the problems, permissions and version that there are", () => {
    const codes = Object.values(errors).flatMap((type) =>
      // Thrown at start, where nobody has asked for anything yet.
      "code" in type && type !== errors.OptionInvalid ? [type.code] : [],
    );
    const { enum: types } = (description.components.schemas as Schemas).ProblemType;
    const known = codes.map(
      (code) => `urn:lightsout:problem:${code.slice(4).toLowerCase().replaceAll("_", "-")}`,
    );
    expect(types.sort()).toEqual(["about:blank", ...new Set(known)].sort());
    expect(description.paths["/graph/{path}"]?.["x-permissions"]).toEqual(permissions);
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    expect(description.info.version).toBe(version);
  });

  it("has ids that are each used once, and examples that fit", () => {
    const ids = [...operations.values()].map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(examples().length).toBeGreaterThan(0);
    for (const [name, schema, value] of examples()) {
      expect([name, ...faultsOf(schema, value)]).toEqual([name]);
    }
  });
});

interface Schemas {
  ProblemType: { enum: string[] };
}

/** What has been seen, such as `GET /health 200`, with the status as it is described. */
const seen = new Set<string>();

/** Compares a real answer with its description. */
async function check(name: string, status: number, url: string, init: RequestInit = {}) {
  const [method = ""] = name.split(" ");
  return compare(name, status, await fetch(url, { redirect: "manual", ...init, method }));
}

/** The same for a page that the browser opens, which `fetch` does not. */
async function open(name: string, status: number, url: string) {
  const { headers, ...page } = await browser.get(url, { follow: false });
  const known = new Headers(Object.entries(headers).map(([key, value]) => [key, String(value)]));
  const answer = new Response(page.body || null, { status: page.status, headers: known });
  return compare(name, status, answer);
}

async function compare(name: string, status: number, answer: Response) {
  const body = await answer.text();
  const operation = operations.get(name);
  if (operation === undefined) throw new Error(`${name} is not described.`);
  const faults = faultsOfAnswer(operation, answer, body);
  expect([name, answer.status, ...faults]).toEqual([name, status]);
  seen.add(`${name} ${describedStatus(operation, status)}`);
  return { answer, body };
}

/** A module in whose process time-outs come at once. */
const IMPATIENCE = `data:text/javascript,${encodeURIComponent(
  "const after = setTimeout; globalThis.setTimeout = (run, ms, ...more) => after(run, ms === 30000 ? 50 : ms, ...more); const { timeout } = AbortSignal; AbortSignal.timeout = (ms) => timeout(ms === 30000 ? 50 : ms);",
)}`;

const signedIn = () => ({ headers: { cookie: sessionCookieOf(rig, browser) } });
const asPage = () => ({ headers: { ...signedIn().headers, origin: rig.url } });
const withKey = () => ({ headers: { "x-functions-key": rig.host.keys.default } });
const form = (fields: Record<string, string>, headers = {}) => ({
  body: new URLSearchParams(fields),
  headers,
});
const A_SESSION = "a".repeat(43);
const account = () => `/accounts/${homeAccountIdOf(rig)}`;

/** What a browser that has just signed in sends to bind its session to its device. */
async function registration(signedIn: Response, key: DeviceKey) {
  const [cookie = ""] = signedIn.headers.getSetCookie();
  const challenge = challengeOf(signedIn.headers.get("secure-session-registration"));
  const proof = await key.register(challenge);
  return {
    method: "POST",
    headers: { cookie: cookie.replace(/;.*/, ""), "secure-session-response": proof },
  };
}

/** A sign-in up to the post that finishes it, with the cookie that belongs to it. */
async function startedSignIn() {
  const own = createBrowser();
  const { fields } = await own.signIn(`${rig.url}/auth/signin`, ADELE);
  const [name = ""] = own.cookies.names(rig.url);
  const cookie = `${name}=${own.cookies.get(rig.url, name)}`;
  return { own, post: form(fields, { cookie }) };
}

describe("real answers are as described", () => {
  it("to somebody who is signed out", async () => {
    const { url } = rig;
    await check("GET /", 200, `${url}/`);
    await check("GET /auth/session", 200, `${url}/auth/session`);
    await check("GET /auth/sessions", 302, `${url}/auth/sessions`);
    await check("GET /auth/signed-out", 200, `${url}/auth/signed-out`);
    const end = form({ session: A_SESSION });
    await check("POST /auth/sessions/end", 403, `${url}/auth/sessions/end`, end);
    await check("GET /auth/signin", 302, `${url}/auth/signin?returnTo=/a&scope=Mail.Read`);
    await check("GET /auth/signin", 400, `${url}/auth/signin?prompt=nonsense`);
    const initiated = { iss: rig.tenant.issuer, login_hint: ADELE, target_link_uri: "/a" };
    const prefetch = { headers: { "sec-purpose": "prefetch" } };
    await check("GET /auth/signin", 403, `${url}/auth/signin`, prefetch);
    await check("POST /auth/signin", 403, `${url}/auth/signin`, prefetch);
    await check("POST /auth/signin", 303, `${url}/auth/signin`, form(initiated));
    await check("POST /auth/signin", 400, `${url}/auth/signin`, form({ iss: "https://other" }));
    await check("POST /auth/callback", 400, `${url}/auth/callback`, form({ state: "unknown" }));
    await check("GET /auth/signout", 200, `${url}/auth/signout`);
    await check("POST /auth/signout", 403, `${url}/auth/signout`);
    await check("POST /auth/signout", 303, `${url}/auth/signout`, { headers: { origin: url } });
    await check("GET /auth/logout-callback", 200, `${url}/auth/logout-callback?sid=unknown`);
    await check("GET /my/next-meeting", 401, `${url}/my/next-meeting`);
    await check("GET /graph/{path}", 401, `${url}/graph/me`);
    for (const method of ["POST", "PATCH", "PUT", "DELETE"]) {
      await check(`${method} /graph/{path}`, 401, `${url}/graph/me`, { headers: { origin: url } });
    }
    await check("GET /health", 200, `${url}/health`);
    await check("HEAD /health", 200, `${url}/health`);
  });

  it("to somebody who signs in, and to somebody who is signed out meanwhile", async () => {
    const url = `${rig.url}/auth/callback`;
    const { post } = await startedSignIn();
    const { answer } = await check("POST /auth/callback", 303, url, post);
    expect(answer.headers.getSetCookie().join()).toContain("__Host-lightsout=");
    const { answer: again } = await check("POST /auth/callback", 303, url, post);
    await check("GET /auth/callback", 400, again.headers.get("location") ?? "");
    const [cookie = ""] = answer.headers.getSetCookie();
    const headers = { cookie: cookie.replace(/;.*/, "") };
    await check("GET /auth/callback", 303, again.headers.get("location") ?? "", { headers });
    await check("GET /auth/callback", 302, url);
    const late = await startedSignIn();
    const sid = sidOf(rig, late.own);
    await check("GET /auth/logout-callback", 200, `${rig.url}/auth/logout-callback?sid=${sid}`);
    await check("POST /auth/callback", 409, url, late.post);
    rig.tenant.switches.tokenFault = { number: 50076, times: 1 };
    await check("POST /auth/callback", 401, url, (await startedSignIn()).post);
  });

  it("to somebody who is signed in", async () => {
    const { url } = rig;
    await check("GET /", 200, `${url}/`, signedIn());
    await check("GET /auth/session", 200, `${url}/auth/session`, signedIn());
    await check("GET /auth/signin", 200, `${url}/auth/signin?loginHint=b@b.example`, signedIn());
    await check("GET /auth/sessions", 200, `${url}/auth/sessions`, signedIn());
    await check("GET /auth/signed-out", 302, `${url}/auth/signed-out`, signedIn());
    const end = (session: string) => form({ session }, asPage().headers);
    await check("POST /auth/sessions/end", 303, `${url}/auth/sessions/end`, end(A_SESSION));
    await check("POST /auth/sessions/end", 400, `${url}/auth/sessions/end`, end("a"));
    await check("GET /my/next-meeting", 200, `${url}/my/next-meeting`, signedIn());
    const graph = `${url}/graph/me`;
    await check("GET /graph/{path}", 200, `${graph}/messages`, signedIn());
    await check("GET /graph/{path}", 200, `${graph}/photo/$value`, signedIn());
    await check("GET /graph/{path}", 400, `${graph}/calendarView`, signedIn());
    await check("GET /graph/{path}", 403, `${url}/graph/users`, signedIn());
    for (const method of ["POST", "PATCH", "PUT", "DELETE"]) {
      await check(`${method} /graph/{path}`, 403, graph, asPage());
      await check(`${method} /graph/{path}`, 403, graph, signedIn());
    }
    const message = { subject: "Hi", toRecipients: [{ emailAddress: { address: ADELE } }] };
    const mail = { ...asPage(), body: JSON.stringify({ message }) };
    await check("POST /graph/{path}", 202, `${graph}/sendMail`, mail);
    await check("POST /graph/{path}", 400, `${graph}/sendMail`, { ...asPage(), body: "{}" });
    const cookie = sessionCookieOf(rig, await signedInBrowser(rig, ALEX));
    const { answer } = await check("POST /auth/signout", 303, `${url}/auth/signout`, {
      headers: { cookie, origin: url },
    });
    expect(answer.headers.getSetCookie()).toHaveLength(2);
  });

  it("to a browser that binds its session to its device", async () => {
    const { url } = rig;
    const { post } = await startedSignIn();
    const { answer } = await check("POST /auth/callback", 303, `${url}/auth/callback`, post);
    const key = await newDeviceKey();
    const device = `${url}/auth/device`;
    const bound = await check("POST /auth/device", 200, device, await registration(answer, key));
    await check("POST /auth/device", 400, device);
    const refresh = (proof?: string, identifier = JSON.parse(bound.body).session_identifier) => ({
      headers: {
        "sec-secure-session-id": identifier,
        ...(proof && { "secure-session-response": proof }),
      },
    });
    const name = "POST /auth/device/refresh";
    const asked = await check(name, 403, `${device}/refresh`, refresh());
    const challenge = challengeOf(asked.answer.headers.get("secure-session-challenge"));
    await check(name, 200, `${device}/refresh`, refresh(await key.prove(challenge)));
    await check(name, 200, `${device}/refresh`, refresh("", "unknown"));
    await check(name, 400, `${device}/refresh`);
  });

  it("to operators and to the back channel", async () => {
    const { url } = rig;
    for (const method of ["GET", "DELETE"]) {
      const name = `${method} /accounts/{homeAccountId}`;
      await check(name, 401, url + account());
      await check(name, 400, `${url}/accounts/nonsense`, withKey());
    }
    const nobody = homeAccountIdOf(rig).replaceAll(/\w/g, "0");
    const name = "GET /accounts/{homeAccountId}";
    const held = await check(name, 200, url + account(), withKey());
    expect(JSON.parse(held.body)).toMatchObject({ held: true });
    const none = await check(name, 200, `${url}/accounts/${nobody}`, withKey());
    expect(JSON.parse(none.body)).toMatchObject({ held: false });
    await check("DELETE /accounts/{homeAccountId}", 204, `${url}/accounts/${nobody}`, withKey());
    const backchannel = `${url}/auth/backchannel-logout`;
    const token = { logout_token: await signLogoutToken(rig, { sid: "unknown" }) };
    await check("POST /auth/backchannel-logout", 200, backchannel, form(token));
    await check("POST /auth/backchannel-logout", 400, backchannel, form(token));
    const large = form({ logout_token: "x".repeat(70_000) });
    await check("POST /auth/backchannel-logout", 413, backchannel, large);
  });

  it("while the provider is away, or Microsoft Graph takes longer than a request may", async () => {
    // The tokens are there already: nobody is asked for them.
    const silent = await startLoopback(() => "hang");
    const away = { ENTRA_METADATA_URL: "http://127.0.0.1:1/x", GRAPH_BASE_URL: silent.url };
    const env = { ...away, NODE_OPTIONS: `--import=${IMPATIENCE}` };
    const { url, stop } = await rig.startHost({ env });
    await check("GET /auth/signin", 503, `${url}/auth/signin`);
    await check("GET /graph/{path}", 504, `${url}/graph/me`, signedIn());
    const mail = { ...asPage(), body: "{}" };
    await check("POST /graph/{path}", 504, `${url}/graph/me/sendMail`, mail);
    await check("GET /my/next-meeting", 504, `${url}/my/next-meeting`, signedIn());
    await stop();
    await silent.stop();
  });

  it("while Microsoft Graph fails, or asks for more", async () => {
    const { next, claimsChallenge } = rig.graph.faults;
    const { url } = rig;
    next.push({ status: 503 }, { status: 302 }, { status: 503 });
    await check("GET /graph/{path}", 503, `${url}/graph/me`, signedIn());
    await check("GET /graph/{path}", 502, `${url}/graph/me`, signedIn());
    await check("GET /my/next-meeting", 502, `${url}/my/next-meeting`, signedIn());
    next.push({ status: 302 });
    const mail = { ...asPage(), body: "{}" };
    await check("POST /graph/{path}", 502, `${url}/graph/me/sendMail`, mail);
    next.push({ status: 304 });
    await check("GET /graph/{path}", 304, `${url}/graph/me`, signedIn());

    const oid = oidOf(rig);
    claimsChallenge(oid);
    rig.tenant.forceClaimsChallenge(oid);
    await check("GET /", 302, `${url}/`, signedIn());
    const { body } = await check("GET /graph/{path}", 401, `${url}/graph/me`, signedIn());
    expect(JSON.parse(body).signInUrl).toContain("claims=");
    await open("GET /graph/{path}", 302, `${url}/graph/me`);
    rig.tenant.revoke(oid);
    await check("GET /", 302, `${url}/`, signedIn());
  });

  it("while the table does not answer", async () => {
    browser = await signedInBrowser(rig);
    const { post } = await startedSignIn();
    const finish = (init: RequestInit) =>
      fetch(`${rig.url}/auth/callback`, { method: "POST", redirect: "manual", ...init });
    const used = await finish({ body: (await startedSignIn()).post.body });
    const binding = await registration(
      await finish((await startedSignIn()).post),
      await newDeviceKey(),
    );
    const bound = await fetch(`${rig.url}/auth/device`, binding);
    const { session_identifier } = (await bound.json()) as { session_identifier: string };
    const late = (used.headers.get("location") ?? "").replace(rig.url, cut);
    const token = form({ logout_token: await signLogoutToken(rig, { sid: "unknown" }) });
    const end = form({ session: A_SESSION }, asPage().headers);
    proxy.down = true;
    // Before the clock of that instance leaps.
    await check("POST /auth/device", 503, `${cut}/auth/device`, binding);
    await check("POST /auth/device/refresh", 503, `${cut}/auth/device/refresh`, {
      headers: { "sec-secure-session-id": session_identifier },
    });
    await Promise.all([
      check("GET /", 503, `${cut}/`, signedIn()),
      check("POST /auth/callback", 503, `${cut}/auth/callback`, post),
      check("GET /auth/callback", 503, late, signedIn()),
      check("GET /auth/session", 503, `${cut}/auth/session`, signedIn()),
      check("GET /auth/sessions", 503, `${cut}/auth/sessions`, signedIn()),
      check("GET /auth/signed-out", 503, `${cut}/auth/signed-out`, signedIn()),
      check("POST /auth/sessions/end", 503, `${cut}/auth/sessions/end`, end),
      check("POST /auth/signout", 503, `${cut}/auth/signout`, asPage()),
      check("GET /auth/logout-callback", 503, `${cut}/auth/logout-callback?sid=a`),
      check("POST /auth/backchannel-logout", 503, `${cut}/auth/backchannel-logout`, token),
      check("GET /graph/{path}", 503, `${cut}/graph/me`, signedIn()),
      check("POST /graph/{path}", 503, `${cut}/graph/me/sendMail`, asPage()),
      check("GET /my/next-meeting", 503, `${cut}/my/next-meeting`, signedIn()),
      check("GET /accounts/{homeAccountId}", 503, cut + account(), withKey()),
      check("DELETE /accounts/{homeAccountId}", 503, cut + account(), withKey()),
      check("GET /health", 503, `${cut}/health`),
      check("HEAD /health", 503, `${cut}/health`),
    ]);
  });

  it("and nothing is described that was not seen, but for what only a GET is answered", () => {
    const described = [...operations].flatMap(([name, { responses }]) =>
      Object.keys(responses).map((status) => `${name} ${status}`),
    );
    const unseen = described.filter((one) => !seen.has(one) && !one.endsWith(" default"));
    expect(unseen.filter((one) => !/^(PATCH|PUT|DELETE) \/graph/.test(one))).toEqual([
      "POST /graph/{path} 302",
      "POST /graph/{path} 304",
    ]);
  });
});
