import { describe, expect, it } from "@jest/globals";
import type { Open } from "../../src/shared/net/open.ts";
import { claimsChallenge } from "../support/graph.ts";
import { graphCalls } from "../support/graphCalls.ts";
import { impatientSender } from "../support/timeouts.ts";

const CLAIMS = JSON.stringify({ access_token: { nbf: { value: "1" } } });
const MAIL = "/graph/me/sendMail";

const calls = graphCalls();
const { forward, sent } = calls;

describe("Graph that fails", () => {
  const unavailable = (timedOut: boolean) => ({ code: "ERR_API_UNAVAILABLE", timedOut });

  it.each([429, 500, 502, 503, 504, 509])("with %d says so itself", async (status) => {
    const headers = { "content-type": "application/json", "retry-after": "7", "request-id": "r" };
    const body = JSON.stringify({ error: { code: "x", message: "y" } });
    calls.graph.respond = () => ({ status, headers, body });
    expect(await forward("/graph/me")).toEqual({ status, headers, body: Buffer.from(body) });
  });

  it.each([301, 302, 303, 307, 308])("with a %d: the token goes nowhere else", async (status) => {
    calls.graph.respond = ({ url }) =>
      url.endsWith("/me") ? { status, headers: { location: `${calls.graph.url}/elsewhere` } } : {};
    await expect(forward("/graph/me")).rejects.toMatchObject(unavailable(false));
    expect(sent()).toEqual(["GET /v1.0/me"]);
  });

  it("with somebody else's page keeps what says when to come again", async () => {
    const headers = { "content-type": "text/html", "retry-after": "7", "request-id": "r" };
    calls.graph.respond = () => ({ status: 503, headers, body: "<html>" });
    const told = { "retry-after": "7", "request-id": "r" };
    expect(await forward("/graph/me")).toEqual({ status: 503, headers: told });
  });

  it("by answering more than 16 MB is not available", async () => {
    calls.graph.respond = () => ({ body: Buffer.alloc(16 * 1024 * 1024 + 1) });
    await expect(forward("/graph/me")).rejects.toMatchObject(unavailable(false));
  });

  it("by closing the connection is not available", async () => {
    calls.graph.respond = () => "drop";
    await expect(forward("/graph/me")).rejects.toMatchObject(unavailable(false));
  });

  it("by not answering has timed out", async () => {
    const { asked, open } = impatientSender();
    calls.graph.respond = () => "hang";
    const slow = forward("/graph/me", {}, { own: { open } });
    await expect(slow).rejects.toMatchObject(unavailable(true));
    expect(asked).toEqual([30_000]);
  });

  it("by not going on, before anybody has read what came, has timed out", async () => {
    const impatient = impatientSender();
    const open: Open = async (...request) => {
      const opened = await impatient.open(...request);
      await new Promise((over) => opened.body.once("close", over));
      return opened;
    };
    calls.graph.respond = () => ({ headers: { "content-length": "9" }, body: "half" });
    const broken = forward("/graph/me", {}, { own: { open } });
    await expect(broken).rejects.toMatchObject(unavailable(true));
  });
});

describe("a refused token", () => {
  it("is answered once with one that satisfies the challenge, and the same request", async () => {
    calls.graph.respond = ({ headers }) =>
      headers.authorization === "Bearer token-2" ? { status: 202 } : claimsChallenge(CLAIMS);
    const { status } = await forward(MAIL, { method: "POST", body: "{}" });
    expect(status).toBe(202);
    expect(calls.session.asked.map(([, claims]) => claims)).toEqual([undefined, CLAIMS]);
    expect(calls.graph.requests.map(({ body }) => body.toString())).toEqual(["{}", "{}"]);
  });

  it("is not tried a third time: then the user has to be asked", async () => {
    calls.graph.respond = () => claimsChallenge(CLAIMS);
    const required = { code: "ERR_INTERACTION_REQUIRED", scopes: ["User.Read"], claims: CLAIMS };
    await expect(forward("/graph/me")).rejects.toMatchObject(required);
    expect(calls.graph.requests).toHaveLength(2);
  });

  it("without a challenge needs the user", async () => {
    calls.graph.respond = () => ({ status: 401, headers: { "www-authenticate": "Bearer" } });
    const required = { code: "ERR_INTERACTION_REQUIRED", scopes: ["User.Read"], claims: undefined };
    await expect(forward("/graph/me")).rejects.toMatchObject(required);
    expect(calls.graph.requests).toHaveLength(1);
  });
});
