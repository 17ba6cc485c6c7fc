import { beforeEach, describe, expect, it } from "@jest/globals";
import { fetchAsUser } from "../../src/shared/apis/fetchAsUser.ts";
import { SignedOut } from "../../src/shared/base/errors.ts";
import { testApp } from "../support/app.ts";
import { claimsChallenge, type StubSession, stubSession } from "../support/graph.ts";
import { startLoopback } from "../support/loopback.ts";
import { shared } from "../support/shared.ts";
import { virtualTime } from "../support/virtualTime.ts";

/*
 * What `session.fetch` does.
 */

const CLAIMS = JSON.stringify({ access_token: { nbf: { value: "1" } } });
const SCOPES = ["api://orders/Read"];

const own = shared(startLoopback);
const other = shared(startLoopback);
let session: StubSession;
const time = virtualTime();
const { app } = testApp({}, { sleep: time.sleep, elapsed: time.now });
beforeEach(() => {
  session = stubSession();
  for (const server of [own, other]) {
    server.requests.length = 0;
    server.respond = () => ({ body: { fine: true } });
  }
});

const get = (url = own.url, init: RequestInit = {}, as: StubSession = session) =>
  fetchAsUser(app, as, url, { scopes: SCOPES, ...init });

describe("a call", () => {
  it("is fetch with the user's token", async () => {
    const answer = await get(`${own.url}/orders?a=b`, {
      method: "POST",
      body: "{}",
      headers: { "x-own": "1", authorization: "Bearer mine" },
    });
    expect([answer.status, answer.url, await answer.json()]).toEqual([
      200,
      `${own.url}/orders?a=b`,
      { fine: true },
    ]);
    const [sent] = own.requests;
    expect(sent).toMatchObject({ method: "POST", url: "/orders?a=b", body: Buffer.from("{}") });
    expect(sent?.headers).toMatchObject({ "x-own": "1", authorization: "Bearer token-1" });
    expect(session.asked).toEqual([[SCOPES, undefined]]);
  });

  it.each([200, 204, 304, 404, 429, 503])("is answered as the API does: %d", async (status) => {
    own.respond = () => ({ status, headers: { "retry-after": "7" } });
    const answer = await get();
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([status, "7"]);
  });

  it.each(["http://api.example/", "ftp://127.0.0.1/", "orders"])(
    "takes no token to %s",
    async (url) => {
      await expect(get(url)).rejects.toMatchObject({ name: "TypeError" });
      expect(session.asked).toEqual([]);
    },
  );
});

describe("a refused token", () => {
  it("is answered once with one that satisfies the challenge", async () => {
    own.respond = ({ headers }) =>
      headers.authorization === "Bearer token-2" ? {} : claimsChallenge(CLAIMS);
    expect((await get(own.url, { method: "POST", body: "x" })).status).toBe(200);
    expect(own.requests.map(({ body }) => body.toString())).toEqual(["x", "x"]);
    expect(session.asked.map(([, claims]) => claims)).toEqual([undefined, CLAIMS]);
  });

  it.each([claimsChallenge(CLAIMS), { status: 401 }])(
    "needs the user then: %#",
    async (refusal) => {
      own.respond = () => refusal;
      await expect(get()).rejects.toMatchObject({
        code: "ERR_INTERACTION_REQUIRED",
        scopes: SCOPES,
      });
      expect(own.requests.length).toBeLessThanOrEqual(2);
    },
  );
});

describe("a redirect", () => {
  it("to another origin goes there without the token, which has no say there", async () => {
    own.respond = () => ({ status: 307, headers: { location: `${other.url}/evil` } });
    other.respond = () => claimsChallenge(CLAIMS);
    const answer = await get(own.url, { headers: { cookie: "a=b" } });
    expect([answer.status, answer.redirected]).toEqual([401, true]);
    expect(other.requests[0]?.headers).not.toHaveProperty("authorization");
    expect(session.asked).toHaveLength(1);
  });

  it("to the same origin keeps it", async () => {
    own.respond = ({ url }) =>
      url === "/" ? { status: 302, headers: { location: "/there" } } : {};
    expect((await get()).status).toBe(200);
    expect(own.requests[1]?.headers.authorization).toBe("Bearer token-1");
  });
});

describe("an API that fails", () => {
  const unavailable = (timedOut: boolean) => ({ code: "ERR_API_UNAVAILABLE", timedOut });

  it("by hanging up is not available", async () => {
    own.respond = () => "drop";
    await expect(get()).rejects.toMatchObject(unavailable(false));
  });

  it("by not answering has timed out, as the caller says", async () => {
    own.respond = () => "hang";
    const signal = AbortSignal.timeout(20);
    await expect(get(own.url, { signal })).rejects.toMatchObject(unavailable(true));
  });

  it("is left alone where the caller gives up", async () => {
    own.respond = () => "hang";
    const signal = AbortSignal.abort(new Error("own reason"));
    await expect(get(own.url, { signal })).rejects.toThrow("own reason");
  });
});

describe("a user who signs out", () => {
  it("meanwhile gets no answer any more", async () => {
    own.respond = () => "hang";
    const call = get(own.url, {}, { ...session, isLive: async () => false });
    const refused = expect(call).rejects.toBeInstanceOf(SignedOut);
    await time.pass(30_000);
    await refused;
  });

  it("gets no more of a body that was going on, and one that nobody reads is not looked at", async () => {
    let isLive = true;
    let looks = 0;
    const body = Buffer.alloc(8 * 1024 * 1024);
    own.respond = () => ({ body });
    const as = { ...session, isLive: async () => ++looks > 0 && isLive };
    const unread = await get(own.url, {}, as);
    const reader = (await get(own.url, {}, as)).body?.getReader();
    await time.pass(3_600_000);
    expect(looks).toBe(0);
    expect((await reader?.read())?.done).toBe(false);
    expect(looks).toBe(1);
    isLive = false;
    await time.pass(20_000);
    await expect(reader?.read()).rejects.toBeInstanceOf(SignedOut);
    await unread.body?.cancel();
  });
});
