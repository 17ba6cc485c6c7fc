import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { type GraphStandIn, startGraph } from "../../../local/graph/graph.ts";
import type { GraphUser } from "../../../local/graph/profile.ts";
import { eventually } from "../../support/eventually.ts";

const ADELE = {
  oid: "87d349ed-44d7-43e1-9a83-5f2406dee5bd",
  name: "Adele Vance",
  username: "adelev@contoso.com",
};
const ALL_SCOPES = [
  "User.Read",
  "Mail.Read",
  "Mail.Send",
  "Calendars.Read",
  "User.RevokeSessions.All",
];

interface Body {
  value: Record<string, unknown>[];
  error: { code: string; message: string };
  "@odata.nextLink"?: string;
}

let graph: GraphStandIn;
const tokens = new Map<string, GraphUser>();
const revoked: string[] = [];

async function issue(scopes = ALL_SCOPES, issuedAt = Date.now() / 1000): Promise<string> {
  const token = await new SignJWT({ jti: randomUUID() })
    .setProtectedHeader({ alg: "HS256" })
    .setIssuedAt(Math.floor(issuedAt))
    .sign(Buffer.alloc(32));
  tokens.set(token, { ...ADELE, scopes });
  return token;
}

async function call(path: string, init: { token?: string; method?: string; body?: string } = {}) {
  const { token = await issue(), method = "GET", body } = init;
  const url = path.startsWith("http") ? path : `${graph.url}${path}`;
  const response = await fetch(url, {
    method,
    headers: { ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body }),
  });
  return { response, status: response.status, json: () => response.json() as Promise<Body> };
}

beforeAll(async () => {
  graph = await startGraph({
    verify: async (token) => tokens.get(token),
    revokeSignInSessions: (oid) => revoked.push(oid),
  });
});
afterAll(() => graph.stop());
beforeEach(() => {
  graph.calls.length = 0;
});

describe("the token", () => {
  it.each([
    ["is missing", "", "Access token is empty."],
    ["is nobody's", "nonsense", "Lifetime validation failed, the token is expired."],
  ])("401 when it %s", async (_, token, message) => {
    const { response, json } = await call("/me", { token });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toMatch(/^Bearer realm=""/);
    expect(await json()).toEqual({
      error: {
        code: "InvalidAuthenticationToken",
        message,
        innerError: {
          date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
          "request-id": expect.any(String),
          "client-request-id": expect.any(String),
        },
      },
    });
  });

  it.each([
    ["GET", "/me", "User.Read", "Authorization_RequestDenied"],
    ["GET", "/me/photo/$value", "User.Read", "ErrorAccessDenied"],
    ["GET", "/me/messages", "Mail.Read", "ErrorAccessDenied"],
    ["GET", "/me/calendarView", "Calendars.Read", "ErrorAccessDenied"],
    ["POST", "/me/sendMail", "Mail.Send", "ErrorAccessDenied"],
    ["POST", "/me/revokeSignInSessions", "User.RevokeSessions.All", "Authorization_RequestDenied"],
  ])("403 for %s %s without %s", async (method, path, scope, code) => {
    const token = await issue(ALL_SCOPES.filter((other) => other !== scope));
    const { status, json } = await call(path, { token, method });
    expect(status).toBe(403);
    expect(await json()).toMatchObject({ error: { code } });
    expect(revoked).toEqual([]);
  });
});

describe("GET /me", () => {
  it("returns the profile", async () => {
    const { response, json } = await call("/me");
    expect(response.headers.get("content-type")).toMatch(
      /^application\/json;odata.metadata=minimal/,
    );
    expect(await json()).toMatchObject({
      "@odata.context": expect.stringMatching(/\/v1\.0\/\$metadata#users\/\$entity$/),
      id: ADELE.oid,
      displayName: "Adele Vance",
      givenName: "Adele",
      surname: "Vance",
      userPrincipalName: ADELE.username,
    });
  });

  it("returns what $select names, and nothing else", async () => {
    const { json } = await call("/me?$select=displayName,mail");
    expect(await json()).toEqual({
      "@odata.context": expect.any(String),
      displayName: "Adele Vance",
      mail: ADELE.username,
    });
  });

  it("400 for a property that no user has", async () => {
    const { status, json } = await call("/me?$select=shoeSize");
    expect(status).toBe(400);
    expect((await json()).error.message).toContain("property named 'shoeSize'");
  });
});

it("GET /me/photo/$value is a PNG image", async () => {
  const { response } = await call("/me/photo/$value");
  expect(response.headers.get("content-type")).toBe("image/png");
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.subarray(1, 4).toString()).toBe("PNG");
  expect(bytes.readUInt32BE(16)).toBe(240);
});

describe("GET /me/messages", () => {
  it("pages through all of them with @odata.nextLink", async () => {
    const ids: string[] = [];
    let link: string | undefined = "/me/messages?$top=7&$select=subject";
    let pages = 0;
    while (link !== undefined) {
      const page: Body = await (await call(link)).json();
      expect(Object.keys(page.value[0] ?? {}).sort()).toEqual(["id", "subject"]);
      ids.push(...page.value.map(({ id }) => String(id)));
      link = page["@odata.nextLink"];
      if (link !== undefined) expect(link).toContain(`${graph.url}/me/messages?$top=7`);
      pages += 1;
    }
    expect(pages).toBe(4);
    expect(new Set(ids).size).toBe(24);
  });

  it.each(["$top=0", "$top=1001", "$top=x", "$skip=-1"])("400 for %s", async (query) => {
    expect((await call(`/me/messages?${query}`)).status).toBe(400);
  });
});

describe("GET /me/calendarView", () => {
  it("returns the events within the window, in order", async () => {
    const window = "startDateTime=2026-01-05T00:00:00Z&endDateTime=2026-01-06T00:00:00Z";
    const { value } = await (await call(`/me/calendarView?${window}`)).json();
    expect(value).toMatchObject([
      { subject: "Stand-up", start: { dateTime: "2026-01-05T09:15:00.0000000" } },
      { subject: "Planning", start: { dateTime: "2026-01-05T10:00:00.0000000" } },
    ]);
  });

  it("is empty at the weekend", async () => {
    const window = "startDateTime=2026-01-03T00:00:00Z&endDateTime=2026-01-05T00:00:00Z";
    expect((await (await call(`/me/calendarView?${window}`)).json()).value).toEqual([]);
  });

  it.each([
    "",
    "startDateTime=2026-01-05T00:00:00Z",
    "startDateTime=soon&endDateTime=2026-01-06T00:00:00Z",
    "startDateTime=2026-01-06T00:00:00Z&endDateTime=2026-01-05T00:00:00Z",
    "startDateTime=2016-01-05T00:00:00Z&endDateTime=2026-01-05T00:00:00Z",
  ])("400 for '%s'", async (query) => {
    expect((await call(`/me/calendarView?${query}`)).status).toBe(400);
  });
});

describe("POST /me/sendMail", () => {
  const message = {
    subject: "Hello",
    body: { contentType: "text", content: "How are you?" },
    toRecipients: [{ emailAddress: { address: "alexw@contoso.com" } }],
  };

  it("202, and the message is in the mailbox", async () => {
    const { status, response } = await call("/me/sendMail", {
      method: "POST",
      body: JSON.stringify({ message }),
    });
    expect(status).toBe(202);
    expect(await response.text()).toBe("");
    const { value } = await (await call("/me/messages?$top=1")).json();
    expect(value[0]).toMatchObject({ subject: "Hello", bodyPreview: "How are you?" });
  });

  it.each(["", "{", "{}", '{"message":{}}', '{"message":{"toRecipients":[]}}'])(
    "400 for the body '%s'",
    async (body) => {
      expect((await call("/me/sendMail", { method: "POST", body })).status).toBe(400);
    },
  );
});

it("POST /me/revokeSignInSessions hands over whose", async () => {
  const { json } = await call("/me/revokeSignInSessions", { method: "POST" });
  expect(await json()).toMatchObject({ value: true });
  expect(revoked.splice(0)).toEqual([ADELE.oid]);
});

it.each([
  ["GET", "/me/shoes", 404],
  ["GET", "", 404],
  ["DELETE", "/me", 405],
])("%s %s is %i", async (method, path, status) => {
  const answer = await call(path, { method });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) } });
});

describe("faults", () => {
  it("answer the next calls, in order, then it is over", async () => {
    graph.faults.next.push(
      { status: 429, headers: { "retry-after": "1" } },
      { status: 503, body: { error: { code: "serviceNotAvailable", message: "Try later." } } },
    );
    const throttled = await call("/me");
    expect(throttled.status).toBe(429);
    expect(throttled.response.headers.get("retry-after")).toBe("1");
    expect(await throttled.json()).toMatchObject({ error: { code: "TooManyRequests" } });
    const unavailable = await call("/me");
    expect(unavailable.status).toBe(503);
    expect((await unavailable.json()).error.message).toBe("Try later.");
    expect((await call("/me")).status).toBe(200);
  });

  it("hold a call until they are told to let go", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    graph.faults.next.push({ until: promise });
    const answers: string[] = [];
    const held = call("/me").then(() => answers.push("held"));
    // On two connections, the second call could be the first to arrive.
    await eventually(() => graph.faults.next.length === 0);
    await call("/me").then(() => answers.push("free"));
    resolve();
    await held;
    expect(answers).toEqual(["free", "held"]);
  });

  it("challenge the claims of the tokens there are, not of the next", async () => {
    const old = await issue();
    const older = await issue(ALL_SCOPES, Date.now() / 1000 - 3600);
    graph.faults.claimsChallenge(ADELE.oid);
    for (const token of [old, old, older]) {
      const { response, json } = await call("/me", { token });
      expect(response.status).toBe(401);
      expect((await json()).error.code).toBe("InvalidAuthenticationToken");
      const header = response.headers.get("www-authenticate") ?? "";
      expect(header).toContain('error="insufficient_claims"');
      const [, claims = ""] = /claims="([^"]+)"/.exec(header) ?? [];
      expect(JSON.parse(Buffer.from(claims, "base64").toString())).toEqual({
        access_token: { nbf: { essential: true, value: expect.stringMatching(/^\d+$/) } },
      });
    }
    expect((await call("/me", { token: await issue() })).status).toBe(200);
  });
});

it("remembers its calls", async () => {
  await call("/me?$select=mail");
  await call("/me/messages", { token: "nonsense" });
  expect(graph.calls).toMatchObject([
    { method: "GET", path: "/me", query: { $select: "mail" }, oid: ADELE.oid },
    { method: "GET", path: "/me/messages", oid: undefined },
  ]);
});
