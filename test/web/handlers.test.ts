import { beforeEach, describe, expect, it } from "@jest/globals";
import {
  ApiUnavailable,
  AppRefused,
  BadRequest,
  InteractionRequired,
  ProviderUnavailable,
  SignedOut,
  StoreUnavailable,
} from "../../src/shared/base/errors.ts";
import { logFault } from "../../src/shared/web/answers.ts";
import { api, type Handler, webPage } from "../../src/shared/web/handlers.ts";
import { json } from "../../src/shared/web/responses.ts";
import { type TestApp, testApp } from "../support/app.ts";
import { request } from "../support/request.ts";
import { BASE_URL } from "../support/settings.ts";

const SIGN_IN = `${BASE_URL}/auth/signin`;
const failing = (error: unknown) => async () => {
  throw error;
};
const foreign = () =>
  new TypeError("secret-1", {
    cause: Object.assign(new Error("secret-2"), {
      code: "ECONNRESET",
      cause: new BadRequest(() => "secret-3"),
    }),
  });

let one: TestApp;
beforeEach(() => {
  one = testApp();
});

const run = (handler: Handler, path = "/x", method = "GET") =>
  handler(request(path, { method }), {});
const problem = async (error: unknown) => {
  const { body, ...answer } = await run(api(one.app, failing(error)));
  return { ...answer, body: JSON.parse(String(body)) };
};

describe("api", () => {
  it("answers what the handler does, and gives it the request and the context", async () => {
    const given = request();
    const handler = api(one.app, async (...args: unknown[]) => json(args.length, 201));
    await expect(handler(given, "context")).resolves.toMatchObject({ status: 201, body: "2" });
  });

  it("answers problems in problem+json", async () => {
    await expect(problem(new BadRequest(() => "Do it so."))).resolves.toMatchObject({
      status: 400,
      headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store" },
      body: {
        type: "urn:lightsout:problem:bad-request",
        title: "Bad request",
        status: 400,
        detail: "Do it so.",
      },
    });
  });

  it("says where to sign in, and what to ask for", async () => {
    const { status, body } = await problem(new SignedOut());
    expect([status, body.signInUrl]).toEqual([401, SIGN_IN]);
    const more = await problem(new InteractionRequired(["Mail.Read"], '{"a":{}}'));
    expect(Object.fromEntries(new URL(more.body.signInUrl).searchParams)).toEqual({
      scope: "Mail.Read",
      claims: '{"a":{}}',
    });
    expect(more.body).not.toHaveProperty("signIn");
  });

  it("says when to try again", async () => {
    const { status, headers, body } = await problem(new StoreUnavailable());
    expect([status, headers?.["Retry-After"]]).toEqual([503, "2"]);
    expect(body).not.toHaveProperty("retryAfter");
  });

  it("says nothing of a foreign error", async () => {
    const answer = await problem(foreign());
    expect([answer.status, answer.body.type]).toEqual([500, "about:blank"]);
    expect(JSON.stringify([answer, one.logged])).not.toContain("secret");
  });
});

describe("what is logged", () => {
  it("of foreign errors is their kinds", () => {
    logFault(one.app, foreign());
    const error = "TypeError < Error/ECONNRESET < BadRequest/ERR_BAD_REQUEST";
    expect(one.logged).toEqual([["error", "request.failed", { error, message: "" }]]);
  });

  it("of our own is their message, and the kinds of what caused them", () => {
    logFault(one.app, new StoreUnavailable("Do this.", { cause: foreign() }));
    const error =
      "StoreUnavailable/ERR_STORE_UNAVAILABLE < TypeError < Error/ECONNRESET < BadRequest/ERR_BAD_REQUEST";
    expect(one.logged).toEqual([["error", "request.failed", { error, message: "Do this." }]]);
  });

  it("ends, also of an error that causes itself", () => {
    const endless = new Error("secret");
    endless.cause = endless;
    logFault(one.app, endless);
    expect(one.logged).toEqual([
      ["error", "request.failed", { error: "Error < Error < Error < Error", message: "" }],
    ]);
  });

  it.each<[unknown, number]>([
    [new BadRequest(() => "m"), 0],
    [new SignedOut(), 0],
    [new ApiUnavailable(true), 1],
    [new StoreUnavailable(), 1],
    [new Error("m"), 1],
  ])("%p: %d", async (error, count) => {
    await problem(error);
    await run(webPage(one.app, failing(error)));
    expect(one.logged).toHaveLength(2 * count);
  });
});

describe("webPage", () => {
  const page = (error: unknown, path = "/x", method = "GET") =>
    run(webPage(one.app, failing(error)), path, method);

  it("leads somebody who is signed out to sign-in and back", async () => {
    const { status, headers } = await page(new SignedOut(), "/a/b?c=d&e=%26");
    const url = new URL(headers?.Location ?? "");
    expect([status, url.origin + url.pathname]).toEqual([302, SIGN_IN]);
    expect([...url.searchParams]).toEqual([["returnTo", "/a/b?c=d&e=%26"]]);
  });

  it("never leads to where the Host header says", async () => {
    const { headers } = await page(new SignedOut(), "//evil.example/x");
    expect(headers?.Location).toMatch(new RegExp(`^${SIGN_IN}\\?`));
    expect(headers?.Location).not.toContain("host-header.example");
  });

  it("leads somebody who has to sign in again there, and asks for what is missing", async () => {
    const error = new InteractionRequired(["Mail.Read"], '{"a":{}}');
    const { status, headers } = await page(error, "/a?b=c");
    expect(status).toBe(302);
    expect([...new URL(headers?.Location ?? "").searchParams]).toEqual([
      ["returnTo", "/a?b=c"],
      ["scope", "Mail.Read"],
      ["claims", '{"a":{}}'],
    ]);
  });

  it("answers a post with a page, not with a redirect that loses it", async () => {
    const { status, headers, body } = await page(new SignedOut(), "/x", "POST");
    expect([status, headers?.Location]).toEqual([401, undefined]);
    expect(body).toContain("You are not signed in.");
  });

  it.each([
    [
      new StoreUnavailable("For <the log>."),
      "2",
      "Table Storage does not answer. Try again in a moment.",
    ],
    [new ProviderUnavailable(undefined, { retryAfter: 60 }), "60", "Try again in 60 seconds."],
  ])("answers %p with a page that says what to do, and when", async (error, pause, said) => {
    const { status, headers, body } = await page(error);
    expect([status, headers?.["Retry-After"]]).toEqual([503, pause]);
    expect(body).toContain(`${said}</p>`);
  });

  it("offers no way round what only the operator can solve", async () => {
    const { status, headers, body } = await page(
      new AppRefused((say) => say.requestRefused("X"), "Fix it."),
    );
    expect([status, headers?.["Retry-After"]]).toEqual([500, undefined]);
    expect(body).toContain("Trying again does not help");
    expect(body).not.toMatch(/\/auth\/signin|Fix it/);
  });

  it("says nothing of a foreign error", async () => {
    const { status, body } = await page(foreign());
    expect([status, String(body).includes("secret")]).toEqual([500, false]);
  });
});
