import { describe, expect, it } from "@jest/globals";
import { returnPath } from "../../src/shared/http/returnPath.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import { attemptOf } from "../../src/shared/identity/attempt.ts";
import { SIGN_IN_SCOPES } from "../../src/shared/identity/authorize.ts";
import {
  type PendingSignIn,
  readSignInCookie,
  SIGN_IN_LIFETIME,
  signInCookie,
} from "../../src/shared/session/signInCookie.ts";
import { keyring } from "../support/keyring.ts";
import { request } from "../support/request.ts";
import { BASE_URL } from "../support/settings.ts";

const ring = keyring("k1");

const pending = (secret: string, expiresAt = SIGN_IN_LIFETIME): PendingSignIn => ({
  secret,
  scopes: ["openid"],
  returnTo: "/",
  expiresAt,
});

/** A browser: starts sign-ins and keeps the cookies. */
function browser() {
  const cookies: Record<string, string> = {};
  return {
    cookies,
    start(secret: string, randomByte = 0) {
      const cookie = signInCookie(ring, request("/", { cookies }), pending(secret), randomByte);
      cookies[cookie.name] = cookie.value;
      return cookie;
    },
    find: (secret: string, now = 0) =>
      readSignInCookie(ring, request("/", { cookies }), attemptOf(secret).state, now),
  };
}

describe("sign-in cookie", () => {
  it("is one that comes along with the provider's cross-site post, for as long as a sign-in may take", () => {
    expect(browser().start("secret")).toEqual({
      name: expect.stringMatching(/^__Host-lightsout-signin-\d+$/),
      value: expect.stringMatching(/^k1\.[\w-]+$/),
      maxAge: 900,
      path: "/",
      secure: true,
      httpOnly: true,
      sameSite: "None",
    });
  });

  it("gives the sign-in back to its state, and how to delete it", () => {
    const { start, find } = browser();
    const { name, maxAge: _, value: __, ...attributes } = start("secret");
    expect(find("secret")).toEqual({
      pending: pending("secret"),
      attempt: attemptOf("secret"),
      cookie: { name, value: "", maxAge: 0, ...attributes },
    });
  });

  it("lets several tabs sign in, in any order", () => {
    const { start, find } = browser();
    const secrets = Array.from({ length: 16 }, (_, i) => `secret-${i}`);
    const names = secrets.map((secret) => start(secret).name);
    expect(new Set(names).size).toBe(16);
    for (const secret of secrets.reverse()) expect(find(secret)?.pending.secret).toBe(secret);
  });

  it("never has more than 16 names, however many sign-ins start; the last one counts", () => {
    const { start, find, cookies } = browser();
    for (let i = 0; i < 300; i++) {
      start(`secret-${i}`, i & 255);
      expect(find(`secret-${i}`)).toBeDefined();
    }
    expect(Object.keys(cookies)).toHaveLength(16);
  });

  it("picks among the free names by chance, so that parallel starts seldom meet", () => {
    const names = Array.from({ length: 256 }, (_, byte) => browser().start("s", byte).name);
    expect(new Set(names).size).toBe(16);
  });

  it("is small: all of them, as large as they get, leave room in a header of 32 KB", () => {
    const scopes = Array.from({ length: 90 }, (_, i) => String.fromCharCode(0x23 + i)).filter(
      (scope) => scope !== "\\",
    );
    const options = signInOptions(new URLSearchParams({ scope: scopes.join(" ") }));
    const largest = {
      ...pending("s".repeat(43)),
      scopes: [...SIGN_IN_SCOPES, ...options.scopes],
      returnTo: returnPath(`/?${"\\".repeat(170)}`, BASE_URL),
      replaces: {
        partition: "p".repeat(45),
        generation: "g".repeat(22),
        sessionId: "s".repeat(22),
      },
    };
    expect(largest.returnTo.length).toBeGreaterThan(500);
    const { name, value } = signInCookie(ring, request(), largest, 15);
    expect(16 * `${name}=${value}; `.length).toBeLessThan(28 * 1_024);
  });

  it("is not found when it expired", () => {
    const { start, find } = browser();
    start("secret");
    expect(find("secret", SIGN_IN_LIFETIME - 1)).toBeDefined();
    expect(find("secret", SIGN_IN_LIFETIME)).toBeUndefined();
  });
});

describe("a state that this browser did not start", () => {
  const { start, cookies } = browser();
  start("secret");
  const { state, nonce, codeVerifier } = attemptOf("secret");
  const foreign = attemptOf("another").state;

  it.each([
    "",
    foreign,
    state.toUpperCase(),
    state.slice(0, -1),
    `${state} `,
    nonce,
    codeVerifier,
    "secret",
  ])("finds nothing: %j", (given) => {
    expect(readSignInCookie(ring, request("/", { cookies }), given, 0)).toBeUndefined();
  });

  it("finds nothing without the cookie, or with it under another slot's name", () => {
    const [value = ""] = Object.values(cookies);
    const [name = ""] = Object.keys(cookies);
    const slots = Array.from({ length: 20 }, (_, slot) => `__Host-lightsout-signin-${slot}`);
    const moved = Object.fromEntries(
      slots.filter((slot) => slot !== name).map((slot) => [slot, value]),
    );
    for (const carried of [{}, moved, { [`${name}x`]: value }]) {
      expect(readSignInCookie(ring, request("/", { cookies: carried }), state, 0)).toBeUndefined();
    }
  });

  it("is not hidden by garbage in the other slots", () => {
    const garbage = Object.fromEntries(
      Array.from({ length: 16 }, (_, slot) => [`__Host-lightsout-signin-${slot}`, "k1.garbage"]),
    );
    const carried = { ...garbage, ...cookies };
    expect(readSignInCookie(ring, request("/", { cookies: carried }), state, 0)).toBeDefined();
  });
});
