import { HttpRequest, InvocationContext } from "@azure/functions";
import { describe, expect, it } from "@jest/globals";
import type { Session } from "../src/lightsout.ts";
import { nextMeeting } from "../src/nextMeeting.ts";
import { fetchAsUser } from "../src/shared/apis/fetchAsUser.ts";
import { SignedOut } from "../src/shared/base/errors.ts";
import type { Env } from "../src/shared/config/env.ts";
import { testApp } from "./support/app.ts";
import { claimsChallenge, stubSession } from "./support/graph.ts";
import { startLoopback } from "./support/loopback.ts";
import { env } from "./support/settings.ts";
import { shared } from "./support/shared.ts";

const { app } = testApp();
const graph = shared(startLoopback);

const session = (getToken: Session["getToken"] = async () => "token"): Session => ({
  account: stubSession().account,
  signedInAt: new Date(0),
  expiresAt: new Date(0),
  getToken,
  fetch: (url, init) =>
    fetchAsUser(
      app,
      { ...stubSession(), getToken: (scopes, claims) => getToken(scopes, { claims }) },
      url,
      init,
    ),
});

const ask = (who = session(), changes: Env = { GRAPH_BASE_URL: `${graph.url}/v1.0` }) =>
  nextMeeting(env(changes))(
    new HttpRequest({ url: "https://app.example.com/my/next-meeting", method: "GET" }),
    new InvocationContext(),
    who,
  );

const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 19);
const time = { dateTime: `${tomorrow}.0000000`, timeZone: "UTC" };
const event = { subject: "Lunch", start: time, end: time };
const meeting = { subject: "Lunch", start: `${tomorrow}Z`, end: `${tomorrow}Z` };

describe("the next meeting", () => {
  it.each(["", "<html>", "null", "[]", "{}", '{"value":{}}', '"value"'])(
    "cannot be told from %s",
    async (body) => {
      graph.respond = () => ({ body });
      await expect(ask()).resolves.toMatchObject({ status: 502 });
    },
  );

  it("is found among events that are none", async () => {
    const deep = "[".repeat(50_000) + "]".repeat(50_000);
    const strange = [
      null,
      5,
      [],
      {},
      { ...event, start: null },
      { ...event, end: { dateTime: "x" } },
    ];
    const value = [...strange.map((one) => JSON.stringify(one)), deep, JSON.stringify(event)];
    graph.respond = () => ({ body: `{"value":[${value}]}` });
    await expect(ask()).resolves.toEqual({ jsonBody: { meeting } });
    graph.respond = () => ({ body: `{"value":[${value.slice(0, -1)}]}` });
    await expect(ask()).resolves.toEqual({ jsonBody: { meeting: null } });
  });

  it("is asked for once more where Graph wants a new token", async () => {
    const answers = [claimsChallenge('{"access_token":{}}'), { body: '{"value":[]}' }];
    graph.respond = () => answers.shift() ?? "hang";
    const claims: unknown[] = [];
    const who = session(async (_, asked) => `token-${claims.push(asked?.claims)}`);
    await expect(ask(who)).resolves.toMatchObject({ jsonBody: { meeting: null } });
    expect(claims).toEqual([undefined, '{"access_token":{}}']);
    expect(graph.requests.at(-1)?.headers.authorization).toBe("Bearer token-2");
  });

  it("is asked of the Microsoft Graph of a national cloud", async () => {
    const urls: unknown[] = [];
    const who: Session = {
      ...session(),
      fetch: async (url) => {
        urls.push(new URL(url).origin);
        return Response.json({ value: [] });
      },
    };
    await ask(who, { ENTRA_AUTHORITY: "https://login.microsoftonline.us/contoso.com" });
    expect(urls).toEqual(["https://graph.microsoft.us"]);
  });

  it("leaves to Lightsout what the session throws", async () => {
    const signedOut = session(() => Promise.reject(new SignedOut()));
    await expect(ask(signedOut)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
  });
});
