import { describe, expect, it } from "@jest/globals";
import { sealCookie } from "../../src/shared/session/cookies.ts";
import {
  noSessionCookie,
  readSessionCookie,
  SESSION_COOKIE,
  sessionCookie,
} from "../../src/shared/session/sessionCookie.ts";
import { keyring } from "../support/keyring.ts";
import { request } from "../support/request.ts";

const HOUR = 3_600_000;
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" };
const TICKET = { partition: "a.x", generation: "g", sessionId: "s", logoutHint: "hint" };
const ring = keyring("k1");

describe("session cookie", () => {
  it("is one that no script, no other host and no other site's request gets", () => {
    const cookie = sessionCookie(ring, TICKET, 12 * HOUR + 999);
    expect(cookie).toEqual({
      name: "__Host-lightsout",
      value: expect.any(String),
      maxAge: 43_200,
      ...ATTRIBUTES,
    });
  });

  it("comes back as it was given", () => {
    const { value } = sessionCookie(ring, TICKET, HOUR);
    const cookies = { other: "1", [SESSION_COOKIE]: value };
    expect(readSessionCookie(ring, request("/", { cookies }))).toEqual(TICKET);
  });

  it("is deleted by age, with the attributes it was set with", () => {
    expect(noSessionCookie()).toEqual({
      name: SESSION_COOKIE,
      value: "",
      maxAge: 0,
      ...ATTRIBUTES,
    });
  });

  it.each<[string, Record<string, string>]>([
    ["none", {}],
    ["an empty one", { [SESSION_COOKIE]: "" }],
    ["text", { [SESSION_COOKIE]: "signed-in" }],
    [
      "the ticket in plain",
      { [SESSION_COOKIE]: Buffer.from(JSON.stringify(TICKET)).toString("base64url") },
    ],
    ["the name without its prefix", { lightsout: sessionCookie(ring, TICKET, HOUR).value }],
    ["the name in another case", { "__host-lightsout": sessionCookie(ring, TICKET, HOUR).value }],
    [
      "a sealed sign-in",
      { [SESSION_COOKIE]: sealCookie(ring, "__Host-lightsout-signin-0", TICKET) },
    ],
    ["another app's", { [SESSION_COOKIE]: sessionCookie(keyring("k2"), TICKET, HOUR).value }],
  ])("%s is no session", (_, cookies) => {
    expect(readSessionCookie(ring, request("/", { cookies }))).toBeUndefined();
  });

  it("counts once: the first of two", () => {
    const good = sessionCookie(ring, TICKET, HOUR).value;
    const cookie = `${SESSION_COOKIE}=planted; ${SESSION_COOKIE}=${good}`;
    expect(readSessionCookie(ring, request("/", { headers: { cookie } }))).toBeUndefined();
  });
});
