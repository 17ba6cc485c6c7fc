import { describe, expect, it } from "@jest/globals";
import { transactionOf } from "../../src/shared/identity/transaction.ts";
import type { Generation, PartitionKey } from "../../src/shared/rows/keys.ts";
import {
  type PendingSignIn,
  readSignIns,
  SIGN_IN_LIFETIME_MS,
  signInCookies,
} from "../../src/shared/session/signInCookie.ts";
import { keyring } from "../support/keyring.ts";
import { request } from "../support/request.ts";

const ring = keyring("k1");

const pending = (secret: string, startedAt = 0): PendingSignIn => ({
  secret,
  startedAt,
  seen: [],
  silent: false,
});

/** A browser: starts sign-ins and keeps the cookies. */
function browser() {
  const cookies = new Map<string, string>();
  const carried = () => request("/", { cookies: Object.fromEntries(cookies) });
  const keep = (answer: ReturnType<typeof signInCookies>) => {
    for (const { name, value, maxAge } of answer) {
      if (maxAge > 0) cookies.set(name, value);
      else cookies.delete(name);
    }
    return answer;
  };
  return {
    cookies,
    keep,
    /** What a start is answered with; nothing is kept of it yet. */
    ask: (secret: string, startedAt = 0) =>
      signInCookies(ring, carried(), pending(secret, startedAt)),
    start: (secret: string, startedAt = 0) =>
      keep(signInCookies(ring, carried(), pending(secret, startedAt))),
    secrets: (now = 0) => readSignIns(ring, carried(), now).map(({ pending }) => pending.secret),
    find: (secret: string, now = 0) =>
      readSignIns(ring, carried(), now).find(
        ({ transaction }) => transaction.id === transactionOf(secret).id,
      ),
  };
}

describe("sign-in cookie", () => {
  it("is one that comes along with the provider's cross-site post, for as long as a sign-in may take", () => {
    expect(browser().start("secret")).toEqual([
      {
        name: expect.stringMatching(/^__Host-lightsout-signin-[\w-]{16}$/),
        value: expect.stringMatching(/^k1\.[\w-]+$/),
        maxAge: 900,
        path: "/",
        secure: true,
        httpOnly: true,
        sameSite: "None",
      },
    ]);
  });

  it("gives the sign-in back, and how to delete it", () => {
    const { start, find } = browser();
    const [{ name, maxAge: _, value: __, ...attributes } = { name: "" }] = start("secret");
    expect(find("secret")).toEqual({
      pending: pending("secret"),
      transaction: transactionOf("secret"),
      noCookie: { name, value: "", maxAge: 0, ...attributes },
    });
  });

  it("is nobody else's, however many start at the same moment", () => {
    const { ask, keep, secrets } = browser();
    const all = Array.from({ length: 40 }, (_, i) => `secret-${i}`);
    for (const answer of all.map((secret) => ask(secret))) keep(answer);
    expect(secrets().sort()).toEqual(all.sort());
  });

  it("gives way to newer ones: sixteen are under way, and the last has started last", () => {
    const { start, secrets, cookies } = browser();
    for (let i = 0; i < 100; i++) {
      start(`secret-${i}`, i);
      expect(secrets()).toContain(`secret-${i}`);
    }
    expect(cookies.size).toBe(16);
    expect(secrets().sort()).toEqual(Array.from({ length: 16 }, (_, i) => `secret-${84 + i}`));
  });

  it("clears away what is not readable, and what other releases left", () => {
    const { start, cookies } = browser();
    for (let i = 0; i < 30; i++) cookies.set(`__Host-lightsout-signin-${i}`, "k1.garbage");
    cookies.set("__Host-lightsout", "k1.session");
    start("secret");
    expect([...cookies.keys()]).toEqual(["__Host-lightsout", expect.stringContaining("-signin-")]);
  });

  it("is small: all of them, as large as they get, take a quarter of a header of 32 KB", () => {
    const largest = {
      ...pending("s".repeat(43), Date.now()),
      replaces: {
        partition: "p".repeat(45) as PartitionKey,
        generation: "g".repeat(22) as Generation,
        sessionId: "s".repeat(22),
      },
    };
    const [{ name, value } = { name: "", value: "" }] = signInCookies(ring, request(), largest);
    expect(16 * `${name}=${value}; `.length).toBeLessThan(8 * 1_024);
  });

  it("is not found when it expired", () => {
    const { start, find } = browser();
    start("secret");
    expect(find("secret", SIGN_IN_LIFETIME_MS - 1)).toBeDefined();
    expect(find("secret", SIGN_IN_LIFETIME_MS)).toBeUndefined();
  });

  it("is not found under another name, and not hidden by garbage", () => {
    const { start, cookies, secrets } = browser();
    start("secret");
    const [[name, value] = ["", ""]] = [...cookies];
    cookies.set("__Host-lightsout-signin-0", "k1.garbage");
    expect(secrets()).toEqual(["secret"]);
    cookies.delete(name);
    for (const other of [`${name}x`, name.slice(0, -1), name.toUpperCase(), "__Host-lightsout"]) {
      cookies.set(other, value);
    }
    expect(secrets()).toEqual([]);
  });
});
