import { describe, expect, it } from "@jest/globals";
import {
  ApiUnavailable,
  AppRefused,
  BadRequest,
  CrossSiteRequest,
  Forbidden,
  IndexForged,
  InteractionRequired,
  LightsoutError,
  ManagedIdentityUnavailable,
  NotPermitted,
  ProviderUnavailable,
  RequestTooLarge,
  SettingInvalid,
  SignedOut,
  SignInOvertaken,
  SignInRejected,
  StoreUnavailable,
  TooManyCalls,
} from "../../src/shared/base/errors.ts";
import { TableFault } from "../../src/shared/table/tableFault.ts";
import { en } from "../../src/shared/web/languages/en.ts";
import { problemOf } from "../../src/shared/web/problem.ts";
import { signInUrl } from "../../src/shared/web/signInUrl.ts";

class Unlisted extends LightsoutError {
  readonly code = "ERR_UNLISTED";
}

describe("problemOf", () => {
  it.each<[LightsoutError, number, string, string]>([
    [new BadRequest(() => "m"), 400, "bad-request", "Bad request"],
    [new SignInRejected("x", () => "m"), 400, "sign-in-rejected", "Sign-in not completed"],
    [new SignedOut(() => "m"), 401, "signed-out", "Signed out"],
    [new InteractionRequired([]), 401, "interaction-required", "Sign-in needed"],
    [new CrossSiteRequest(), 403, "cross-site-request", "Cross-site request"],
    [new Forbidden(), 403, "forbidden", "Not allowed"],
    [new NotPermitted(), 403, "not-permitted", "Not offered"],
    [new SignInOvertaken(), 409, "sign-in-overtaken", "Signed out meanwhile"],
    [new RequestTooLarge(1), 413, "request-too-large", "Request too large"],
    [new TooManyCalls(), 429, "too-many-calls", "Too many calls at once"],
    [new ApiUnavailable(false), 502, "api-unavailable", "Service not available"],
    [new ApiUnavailable(true), 504, "api-unavailable", "Service not available"],
    [new AppRefused(() => "w", "f"), 500, "app-refused", "App refused by the sign-in service"],
    [new ProviderUnavailable(), 503, "provider-unavailable", "Sign-in service not available"],
    [new StoreUnavailable(), 503, "store-unavailable", "Storage not available"],
    [new IndexForged(), 503, "index-forged", "Sign-out not certain"],
  ])("%p is a %d", (error, status, name, title) => {
    const type = `urn:lightsout:problem:${name}`;
    const { signIn, ...problem } = problemOf(error, en);
    const pause = status === 429 || status === 503 ? { retryAfter: 2 } : {};
    expect(problem).toEqual({ type, status, title, detail: error.message, ...pause });
    expect(signIn !== undefined).toBe(status === 401);
  });

  it("does not say where the managed identity's endpoint is, whatever failed for it", () => {
    const cause = new ManagedIdentityUnavailable("The identity at 127.0.0.1:41000 answers 400.");
    const fault = new TableFault({ code: cause.code } as never, { cause });
    const title = "Managed identity not available";
    expect(problemOf(cause, en)).toMatchObject({ status: 503, title, retryAfter: 2 });
    for (const error of [cause, new StoreUnavailable(cause.message, { cause: fault })]) {
      expect(problemOf(error, en).detail).toMatch(/^The app cannot prove who it is /);
    }
  });

  it("says what signing in has to ask for", () => {
    expect(problemOf(new InteractionRequired(["a", "b"], "c"), en).signIn).toMatchObject({
      scopes: ["a", "b"],
      claims: "c",
    });
    expect(problemOf(new SignedOut(), en).signIn).toEqual({ scopes: [], claims: undefined });
  });

  it("says how long to wait where the provider says so", () => {
    const asked = new ProviderUnavailable(undefined, { retryAfter: 60 });
    expect(problemOf(asked, en)).toMatchObject({ retryAfter: 60 });
  });

  it("tells nobody outside which setting is wrong", () => {
    const problem = problemOf(new SettingInvalid("ENTRA_CLIENT_ID is not set. Set it."), en);
    expect(problem).toMatchObject({
      type: "urn:lightsout:problem:setting-invalid",
      status: 503,
      retryAfter: 2,
    });
    expect(JSON.stringify(problem)).not.toMatch(/ENTRA|Set it/);
  });

  it.each([
    new Error("secret"),
    new TypeError("secret", { cause: new SignedOut(() => "secret") }),
    new Unlisted(() => "secret"),
    Object.assign(new Error("secret"), { code: "ERR_SIGNED_OUT", status: 401 }),
    { code: "ERR_BAD_REQUEST", message: "secret" },
    "secret",
    undefined,
    null,
  ])("anything else is a 500 that says nothing: %p", (error) => {
    expect(problemOf(error, en)).toEqual({
      type: "about:blank",
      title: "Internal error",
      status: 500,
      detail: "Something went wrong here. The log says what.",
    });
  });
});

describe("signInUrl", () => {
  const BASE = "https://app.example.com";

  it("carries scopes, claims and the way back, and nothing can break out of them", () => {
    const claims = '{"access_token":{"a":{"value":"&scope=x#"}}}';
    const returnTo = "/a?b=c&scope=d#e";
    const url = new URL(signInUrl(BASE, { scopes: ["Mail.Read", "x&y=z"], claims }, returnTo));
    expect(url.origin + url.pathname).toBe(`${BASE}/auth/signin`);
    expect([...url.searchParams]).toEqual([
      ["returnTo", returnTo],
      ["scope", "Mail.Read x&y=z"],
      ["claims", claims],
    ]);
    expect(url.hash).toBe("");
    expect(signInUrl(BASE, { scopes: [], claims: undefined })).toBe(`${BASE}/auth/signin`);
  });
});
