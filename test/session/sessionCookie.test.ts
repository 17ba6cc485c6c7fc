import { describe, expect, it } from "@jest/globals";
import type { Generation, IndexKey, PartitionKey } from "../../src/shared/rows/keys.ts";
import { sealCookie } from "../../src/shared/session/cookies.ts";
import {
  ENDED_SESSION_COOKIE,
  endedSessionCookie,
  noSessionCookie,
  readIndexKeys,
  readSessionCookie,
  SESSION_COOKIE,
  sessionCookie,
} from "../../src/shared/session/sessionCookie.ts";
import { keyring } from "../support/keyring.ts";
import { request } from "../support/request.ts";

const HOUR = 3_600_000;
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" };
const TICKET = {
  partition: "a.x" as PartitionKey,
  generation: "g" as Generation,
  sessionId: "s",
  share: "h",
  indexKeys: ["s.1", "u.1"] as IndexKey[],
  logoutHint: "hint",
};
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
    const none = { name: SESSION_COOKIE, value: "", maxAge: 0, ...ATTRIBUTES };
    expect(noSessionCookie(ring, request(), undefined)).toEqual([none]);
    const { indexKeys: _, ...ofAReleaseBefore } = TICKET;
    expect(noSessionCookie(ring, request(), ofAReleaseBefore)).toEqual([none]);
    const value = expect.any(String);
    const ended = {
      name: "__Host-lightsout-ended",
      value,
      maxAge: 900,
      ...ATTRIBUTES,
      sameSite: "None",
    };
    expect(noSessionCookie(ring, request(), TICKET)).toEqual([none, ended]);
  });

  it("leaves behind where the session was indexed, which is no session", () => {
    const [, ended] = noSessionCookie(ring, request(), TICKET);
    const cookies = { [ENDED_SESSION_COOKIE]: ended?.value ?? "" };
    expect(readIndexKeys(ring, request("/", { cookies }))).toEqual(["s.1", "u.1"]);
    expect(readSessionCookie(ring, request("/", { cookies }))).toBeUndefined();
    const moved = { [SESSION_COOKIE]: ended?.value ?? "" };
    expect(readSessionCookie(ring, request("/", { cookies: moved }))).toBeUndefined();
  });

  it("leaves the last four behind, the newest first", () => {
    let cookies: Record<string, string> = {};
    for (const key of ["s.1", "s.2", "s.3", "s.2", "s.4", "s.5"]) {
      const { name, value } = endedSessionCookie(ring, request("/", { cookies }), [key]);
      cookies = { [name]: value };
    }
    const kept = readIndexKeys(ring, request("/", { cookies }));
    expect(kept).toEqual(["s.5", "s.4", "s.2", "s.3"]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ["nothing", {}, []],
    [
      "a session cookie",
      { [SESSION_COOKIE]: sessionCookie(ring, TICKET, HOUR).value },
      ["s.1", "u.1"],
    ],
    ["something planted", { [ENDED_SESSION_COOKIE]: "k1.AAAA", [SESSION_COOKIE]: "k1.AAAA" }, []],
    [
      "a session cookie under the other name",
      { [ENDED_SESSION_COOKIE]: sessionCookie(ring, TICKET, HOUR).value },
      [],
    ],
  ])("of %s, the index keys are read", (_, cookies, keys) => {
    expect(readIndexKeys(ring, request("/", { cookies }))).toEqual(keys);
  });

  it.each<[string, Record<string, string>]>([
    ["none", {}],
    ["the name without its prefix", { lightsout: sessionCookie(ring, TICKET, HOUR).value }],
    ["the name in another case", { "__host-lightsout": sessionCookie(ring, TICKET, HOUR).value }],
    [
      "a sealed sign-in",
      { [SESSION_COOKIE]: sealCookie(ring, "__Host-lightsout-signin-0", TICKET) },
    ],
  ])("%s is no session", (_, cookies) => {
    expect(readSessionCookie(ring, request("/", { cookies }))).toBeUndefined();
  });

  it("counts once: the first of two", () => {
    const good = sessionCookie(ring, TICKET, HOUR).value;
    const cookie = `${SESSION_COOKIE}=planted; ${SESSION_COOKIE}=${good}`;
    expect(readSessionCookie(ring, request("/", { headers: { cookie } }))).toBeUndefined();
  });
});
