import {
  HttpRequest,
  HttpResponse,
  type HttpResponseInit,
  InvocationContext,
} from "@azure/functions";
import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Auth, Session } from "../src/auth.ts";
import type { Delivery } from "../src/shared/http/delivery.ts";
import { SESSION_COOKIE } from "../src/shared/session/sessionCookie.ts";
import { signOutByUser } from "../src/shared/store/signOut.ts";
import { ADELE, envOf, refOf, signIn, type TestApp, testApp } from "./support/app.ts";
import { authOf } from "./support/auth.ts";
import { sharedTenant } from "./support/sharedTenant.ts";

/** The way back to a caller who is always ready. */
const DELIVERY: Delivery = {
  begin: () => {},
  ready: async () => {},
  gone: new AbortController().signal,
  breakOff: () => {},
};

const tenant = sharedTenant();
let one: TestApp;
let cookie: string;
let auth: Auth;
let isStreamed = false;
let logged: unknown[];
beforeEach(async () => {
  isStreamed = false;
  logged = [];
  one = testApp(envOf(tenant));
  cookie = await signIn(one);
  auth = authOf(one, () => (isStreamed ? DELIVERY : undefined));
});

async function call(handler: ReturnType<Auth["signedIn"]>, { method = "GET", headers = {} } = {}) {
  const request = new HttpRequest({
    url: "https://app.example.com/report",
    method,
    headers: { cookie: `${SESSION_COOKIE}=${cookie}`, ...headers },
  });
  const logHandler = (_: unknown, ...args: unknown[]) => void logged.push(...args);
  const answer = await handler(request, new InvocationContext({ logHandler }));
  const { status, body, jsonBody, cookies } = answer as HttpResponseInit;
  return { status, body, jsonBody, cookies, headers: new Headers(answer.headers) };
}
const bodyOf = ({ body }: { body?: unknown }) => JSON.parse(String(body));
const signOut = () => signOutByUser(one.app.store, refOf(one, cookie));

describe("a handler for signed-in users", () => {
  it("is told who that is", async () => {
    let session: Session | undefined;
    const handler = auth.signedIn(async (request, context, given) => {
      session = given;
      return { jsonBody: [request instanceof HttpRequest, context instanceof InvocationContext] };
    });
    one.table.operations.length = 0;
    expect((await call(handler)).jsonBody).toEqual([true, true]);
    expect(one.operations()).toEqual(["get"]);
    expect(session?.account.username).toBe(ADELE);
    expect(session?.signedInAt).toBeInstanceOf(Date);
    const lifetime = Number(session?.expiresAt) - Number(session?.signedInAt);
    expect(lifetime).toBe(12 * 3_600_000);
    await expect(session?.getToken(["User.Read"])).resolves.toEqual(expect.any(String));
  });

  it("is for nobody else, and reads nothing for a cookie that is none", async () => {
    let runs = 0;
    const handler = auth.signedIn(async () => ({ jsonBody: ++runs }));
    const held = cookie;
    for (const none of ["", "x"]) {
      cookie = none;
      one.table.operations.length = 0;
      const answer = await call(handler);
      expect(answer.status).toBe(401);
      expect(answer.headers.get("content-type")).toBe("application/problem+json");
      expect(bodyOf(answer).signInUrl).toBe("https://app.example.com/auth/signin");
      expect(one.table.operations).toEqual([]);
    }
    cookie = held;
    one.table.down = true;
    expect((await call(handler)).status).toBe(503);
    one.table.down = false;
    await signOut();
    expect((await call(handler)).status).toBe(401);
    expect(runs).toBe(0);
  });

  it.each([
    ["GET", true],
    ["HEAD", true],
    ["OPTIONS", true],
    ["POST", false],
    ["PUT", false],
    ["PATCH", false],
    ["DELETE", false],
  ])("lets a %s of another site in: %p; if not, before anything else", async (method, isLetIn) => {
    const handler = auth.signedIn(async () => ({ status: 202 }));
    one.table.operations.length = 0;
    for (const headers of [{ "sec-fetch-site": "cross-site" }, {}]) {
      expect((await call(handler, { method, headers })).status).toBe(isLetIn ? 202 : 403);
    }
    expect(one.table.operations).toHaveLength(isLetIn ? 2 : 0);
    const own = { "sec-fetch-site": "same-origin" };
    expect((await call(handler, { method, headers: own })).status).toBe(202);
  });

  it("runs once there is a token for what it requires", async () => {
    let runs = 0;
    const handler = auth.signedIn({ scopes: ["Mail.Read"] }, async () => ({ jsonBody: ++runs }));
    expect((await call(handler)).jsonBody).toBe(1);
    const { apps } = tenant;
    for (const app of apps.values()) app.consentedScopes = ["openid", "profile", "offline_access"];
    const other = auth.signedIn({ scopes: ["Files.Read"] }, async () => ({ jsonBody: ++runs }));
    const answer = await call(other);
    expect(answer.status).toBe(401);
    expect(bodyOf(answer)).toMatchObject({ type: "urn:lightsout:problem:interaction-required" });
    expect(bodyOf(answer).signInUrl).toContain("scope=Files.Read");
    expect(runs).toBe(1);
    for (const app of apps.values()) delete app.consentedScopes;
  });
});

describe("the answer of a handler", () => {
  it.each<[string, () => HttpResponseInit | HttpResponse, string]>([
    ["an object", () => ({ body: "a" }), "no-store"],
    ["one with headers", () => ({ headers: [["x-own", "1"]] }), "no-store"],
    ["a response", () => new HttpResponse({ body: "a" }), "no-store"],
    ["one to keep", () => ({ headers: { "Cache-Control": "private" } }), "private"],
    [
      "a response to keep",
      () => new HttpResponse({ headers: { "cache-control": "private" } }),
      "private",
    ],
    ["nothing", () => undefined as never, "no-store"],
  ])("is not to be cached unless it says so: %s", async (_, answer, expected) => {
    const { headers } = await call(auth.signedIn(async () => answer()));
    expect(headers.get("cache-control")).toBe(expected);
    // No other header of ours.
    expect(
      [...headers.keys()].filter((name) => !/^(cache-control|x-own|content-type)$/.test(name)),
    ).toEqual([]);
  });

  it.each([
    ["a page", () => new Response("a", { status: 201 }), 201],
    ["a redirect", () => Response.redirect("https://a.example/", 303), 303],
  ])("may be the platform's own, with a cookie of ours: %s", async (_, answer, status) => {
    one = testApp({ ...envOf(tenant), SESSION_IDLE_MINUTES: "60" });
    cookie = await signIn(one);
    auth = authOf(one);
    one.advance(10 * 60_000);
    const sent = await call(auth.signedIn(async () => answer() as never));
    expect(sent.status).toBe(status);
    expect(sent.headers.get("cache-control")).toBe("no-store");
    expect(sent.cookies).toHaveLength(1);
  });

  it("that is none is 204, as it is without us", async () => {
    expect((await call(auth.signedIn(async () => undefined as never))).status).toBe(204);
  });
});

it("ends the stream of a handler whose caller left before there was one", async () => {
  const gone = new AbortController();
  const known = () => (gone.signal.aborted ? undefined : { ...DELIVERY, gone: gone.signal });
  const { promise: ended, resolve } = Promise.withResolvers<unknown>();
  const endless = new ReadableStream({ pull: (to) => to.enqueue("more"), cancel: resolve });
  const handler = authOf(one, known).signedIn(async () => {
    gone.abort();
    return { body: endless };
  });
  const { body } = await call(handler);
  let taken = 0;
  for await (const _ of body as AsyncIterable<unknown>) if (++taken === 3) break;
  await ended;
  expect(taken).toBe(0);
});

describe("what a handler throws", () => {
  const fault = new TypeError("theirs");
  const failing = () =>
    auth.signedIn(async () => {
      throw fault;
    });

  it("goes on to the host as it is", async () => {
    await expect(call(failing())).rejects.toBe(fault);
    expect(one.logged).toEqual(one.logged.filter(([, event]) => event !== "request.failed"));
  });

  it("is logged and answered where the host would not", async () => {
    isStreamed = true;
    const { status, body, headers } = await call(failing());
    expect([status, body, [...headers]]).toEqual([500, undefined, []]);
    expect(logged).toEqual([fault]);
  });

  it.each([
    ["no scopes", undefined],
    ["an empty list", []],
    ["an empty scope", [""]],
    ["one text", "User.Read Mail.Read"],
    ["several scopes in one", ["User.Read Mail.Read"]],
    ["a scope that is no text", [1]],
    ["claims that are not JSON", ["User.Read"], "{"],
    ["claims in the base64 of the header", ["User.Read"], btoa('{"access_token":{}}')],
    ["claims that are no object of objects", ["User.Read"], '{"access_token":1}'],
    ["claims that are an object", ["User.Read"], { access_token: {} }],
  ])("names its fault where it asks for %s", async (...[, scopes, claims]: unknown[]) => {
    const asks = [
      (session: Session) => session.getToken(scopes as never, { claims: claims as string }),
      (session: Session) => session.fetch("https://api.example.com/", { scopes: scopes as never }),
      (session: Session) => session.fetch("https://api.example.com/", scopes as never),
    ];
    for (const ask of claims === undefined ? asks : asks.slice(0, 1)) {
      const handler = auth.signedIn(async (_request, _context, session) => {
        await ask(session);
        return {};
      });
      const error = {
        name: "TypeError",
        message: expect.stringMatching(claims ? /^claims/ : /scopes:/),
      };
      await expect(call(handler)).rejects.toMatchObject(error);
    }
  });

  it.each([null, ""])("does not count claims that are %j", async (claims) => {
    const handler = auth.signedIn(async (_request, _context, session) => ({
      body: await session.getToken(["User.Read"], { claims: claims as string }),
    }));
    await expect(call(handler)).resolves.toMatchObject({ body: expect.stringMatching(/./) });
  });

  it("becomes the right answer where it comes from the session", async () => {
    const handler = auth.signedIn(async (_request, _context, session) => {
      await signOut();
      return { body: await session.getToken(["Mail.Read"]) };
    });
    for (isStreamed of [false, true]) {
      const answer = await call(handler);
      expect(answer.status).toBe(401);
      expect(bodyOf(answer).type).toBe("urn:lightsout:problem:signed-out");
    }
  });
});
