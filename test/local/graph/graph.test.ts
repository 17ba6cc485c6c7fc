import { randomUUID } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import { startGraph } from "../../../local/graph/graph.ts";
import type { GraphUser } from "../../../local/graph/profile.ts";
import { shared } from "../../support/shared.ts";

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

const graph = shared(() =>
  startGraph({
    verify: async (token) => tokens.get(token),
    revokeSignInSessions: (oid) => revoked.push(oid),
  }),
);
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

it("GET /me is 400 for a property that no user has", async () => {
  const { status, json } = await call("/me?$select=shoeSize");
  expect(status).toBe(400);
  expect((await json()).error.message).toContain("property named 'shoeSize'");
});

it.each([
  "messages?$top=0",
  "messages?$top=1001",
  "messages?$top=x",
  "messages?$skip=-1",
  "calendarView",
  "calendarView?startDateTime=2026-01-05T00:00:00Z",
  "calendarView?startDateTime=soon&endDateTime=2026-01-06T00:00:00Z",
  "calendarView?startDateTime=2026-01-06T00:00:00Z&endDateTime=2026-01-05T00:00:00Z",
  "calendarView?startDateTime=2016-01-05T00:00:00Z&endDateTime=2026-01-05T00:00:00Z",
])("GET /me/%s is 400", async (path) => {
  expect((await call(`/me/${path}`)).status).toBe(400);
});

it.each(["", "{", "{}", '{"message":{}}', '{"message":{"toRecipients":[]}}'])(
  "POST /me/sendMail is 400 for the body '%s'",
  async (body) => {
    expect((await call("/me/sendMail", { method: "POST", body })).status).toBe(400);
  },
);

it.each([
  ["GET", "/me/shoes", 404],
  ["GET", "", 404],
  ["DELETE", "/me", 405],
])("%s %s is %i", async (method, path, status) => {
  const answer = await call(path, { method });
  expect(answer.status).toBe(status);
  expect(await answer.json()).toMatchObject({ error: { code: expect.any(String) } });
});

it("faults challenge the claims of the tokens there are, not of the next", async () => {
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
