import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  jest,
} from "@jest/globals";
import { permissions } from "../../src/permissions.ts";
import { graphApi } from "../../src/shared/apis/api.ts";
import { forward as forwardTo } from "../../src/shared/apis/forward.ts";
import type { Context } from "../../src/shared/context.ts";
import { testApp } from "../support/app.ts";
import { claimsChallenge, type StubSession, stubSession } from "../support/graph.ts";
import { type Loopback, startLoopback } from "../support/loopback.ts";
import { type RequestInit, request } from "../support/request.ts";
import { impatientSender } from "../support/timeouts.ts";

const CLAIMS = JSON.stringify({ access_token: { nbf: { value: "1" } } });
const MAIL = "/graph/me/sendMail";

let graph: Loopback;
let app: Context;
let session: StubSession;
beforeAll(async () => {
  graph = await startLoopback();
  ({ app } = testApp({ GRAPH_BASE_URL: `${graph.url}/v1.0` }));
});
beforeEach(() => {
  session = stubSession();
  graph.requests.length = 0;
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => graph.stop());

const forward = (path: string, init?: RequestInit) =>
  forwardTo(app, request(path, init), session, graphApi(app.settings.graphBaseUrl, permissions));
const sent = () => graph.requests.map(({ method, url }) => `${method} ${url}`);

describe("Graph that fails", () => {
  const unavailable = (timedOut: boolean) => ({ code: "ERR_API_UNAVAILABLE", timedOut });

  it.each([429, 500, 502, 503, 504, 509])("with %d says so itself", async (status) => {
    const headers = { "content-type": "application/json", "retry-after": "7", "request-id": "r" };
    const body = JSON.stringify({ error: { code: "x", message: "y" } });
    graph.respond = () => ({ status, headers, body });
    expect(await forward("/graph/me")).toEqual({ status, headers, body: Buffer.from(body) });
  });

  it.each([301, 302, 303, 307, 308])("with a %d: the token goes nowhere else", async (status) => {
    graph.respond = ({ url }) =>
      url.endsWith("/me") ? { status, headers: { location: `${graph.url}/elsewhere` } } : {};
    await expect(forward("/graph/me")).rejects.toMatchObject(unavailable(false));
    expect(sent()).toEqual(["GET /v1.0/me"]);
  });

  it("with somebody else's page keeps what says when to come again", async () => {
    const headers = { "content-type": "text/html", "retry-after": "7", "request-id": "r" };
    graph.respond = () => ({ status: 503, headers, body: "<html>" });
    const told = { "retry-after": "7", "request-id": "r" };
    expect(await forward("/graph/me")).toEqual({ status: 503, headers: told });
  });

  it("by answering more than 16 MB is not available", async () => {
    graph.respond = () => ({ body: Buffer.alloc(16 * 1024 * 1024 + 1) });
    await expect(forward("/graph/me")).rejects.toMatchObject(unavailable(false));
  });

  it("by closing the connection is not available", async () => {
    graph.respond = () => "drop";
    await expect(forward("/graph/me")).rejects.toMatchObject(unavailable(false));
  });

  it("by not answering has timed out", async () => {
    const { asked, open } = impatientSender();
    graph.respond = () => "hang";
    const slow = forwardTo(
      { ...app, open },
      request("/graph/me"),
      session,
      graphApi(app.settings.graphBaseUrl, permissions),
    );
    await expect(slow).rejects.toMatchObject(unavailable(true));
    expect(asked).toEqual([30_000]);
  });
});

describe("a refused token", () => {
  it("is answered once with one that satisfies the challenge, and the same request", async () => {
    graph.respond = ({ headers }) =>
      headers.authorization === "Bearer token-2" ? { status: 202 } : claimsChallenge(CLAIMS);
    const { status } = await forward(MAIL, { method: "POST", body: "{}" });
    expect(status).toBe(202);
    expect(session.asked.map(([, claims]) => claims)).toEqual([undefined, CLAIMS]);
    expect(graph.requests.map(({ body }) => body.toString())).toEqual(["{}", "{}"]);
  });

  it("is not tried a third time: then the user has to be asked", async () => {
    graph.respond = () => claimsChallenge(CLAIMS);
    const required = { code: "ERR_INTERACTION_REQUIRED", scopes: ["User.Read"], claims: CLAIMS };
    await expect(forward("/graph/me")).rejects.toMatchObject(required);
    expect(graph.requests).toHaveLength(2);
  });

  it("without a challenge needs the user", async () => {
    graph.respond = () => ({ status: 401, headers: { "www-authenticate": "Bearer" } });
    const required = { code: "ERR_INTERACTION_REQUIRED", scopes: ["User.Read"], claims: undefined };
    await expect(forward("/graph/me")).rejects.toMatchObject(required);
    expect(graph.requests).toHaveLength(1);
  });
});
