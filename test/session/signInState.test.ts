import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ENGLISH } from "../../src/shared/base/details.ts";
import { resumeSignIn } from "../../src/shared/flows/resumeSignIn.ts";
import { returnPath } from "../../src/shared/http/returnPath.ts";
import { isScope } from "../../src/shared/http/signInOptions.ts";
import { sealCookie } from "../../src/shared/session/cookies.ts";
import { STATE_LIFETIME_MS, sealState, unsealState } from "../../src/shared/session/signInState.ts";
import { testApp } from "../support/app.ts";
import { flipped } from "../support/flipped.ts";
import { keyring } from "../support/keyring.ts";
import { request } from "../support/request.ts";
import { BASE_URL } from "../support/settings.ts";

const ring = keyring("k1");
const NOW = Date.UTC(2027, 0, 15, 12);
const STATE = {
  id: "i".repeat(43),
  returnTo: "/a?b#c",
  scopes: ["api://x/Reports.Read"],
  expiresAt: NOW + STATE_LIFETIME_MS,
};

describe("state", () => {
  it("gives back where the sign-in was going, for a week", () => {
    const sealed = sealState(ring, STATE);
    expect(unsealState(ring, sealed, NOW)).toEqual(STATE);
    expect(unsealState(ring, sealed, NOW + 7 * 24 * 3_600_000 - 1)).toEqual(STATE);
    expect(unsealState(ring, sealed, NOW + 7 * 24 * 3_600_000)).toBeUndefined();
  });

  it("shows nothing of it", () => {
    const sealed = sealState(ring, STATE);
    const raw = Buffer.from(sealed.split(".")[1] ?? "", "base64url").toString("latin1");
    for (const part of ["Reports", "/a?b", "iiii"]) expect(sealed + raw).not.toContain(part);
  });

  it("fits an address and comes back whole, whatever a sign-in can be asked for", () => {
    const path = fc
      .string({
        unit: fc.constantFrom(..."az09-._~%&=?#/+'\"ü \\"),
        minLength: 1,
        maxLength: 2_500,
      })
      .map((text) => returnPath(`/${text}`, { origin: BASE_URL, home: "/" }));
    const scope = fc.string({ unit: fc.constantFrom(..."azAZ09:/.-_~!$&+=% "), maxLength: 2_000 });
    fc.assert(
      fc.property(path, scope.filter(isScope), (returnTo, scope) => {
        const state = { ...STATE, returnTo, scopes: scope.split(" ").filter(Boolean) };
        const sealed = sealState(ring, state);
        expect(sealed).toMatch(/^[\w.-]{1,6000}$/);
        expect(unsealState(ring, sealed, NOW)).toEqual(state);
      }),
    );
  });

  it.each<[string, (sealed: string) => string]>([
    ["nothing", () => ""],
    ["one that was changed", flipped],
    ["a cookie", () => sealCookie(ring, "__Host-lightsout-signin-x", STATE)],
    ["a cookie of its name", () => sealCookie(ring, "state", STATE)],
    ["one that is too long", (sealed) => sealed + "A".repeat(8_000)],
  ])("is not %s", (_, change) => {
    expect(unsealState(ring, change(sealState(ring, STATE)), NOW)).toBeUndefined();
  });
});

it.each([
  ["https://app.example.com", ENGLISH.expired],
  ["http://localhost:7071", ENGLISH.expiredOverHttp],
])("an answer that comes too late at %s is told what fits there", async (APP_BASE_URL, said) => {
  const { app } = testApp({ APP_BASE_URL });
  const state = sealState(app.keyring, { ...STATE, expiresAt: app.now() + STATE_LIFETIME_MS });
  const { refused } = await resumeSignIn(app, request("/auth/callback"), state);
  expect(refused?.message).toBe(said);
});
