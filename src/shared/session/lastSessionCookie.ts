import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import type { HeldSession } from "../store/segments.ts";
import { readSealedCookie, sealCookie } from "./cookies.ts";
import { SIGN_IN_LIFETIME_MS } from "./signInCookie.ts";

const NAME = "__Host-lightsout-last";

/**
 * Names the session that this browser's last sign-in made, for sign-ins that were under way then: their answers are posted
 * from another site, which does not carry the session's own cookie. It serves only to find that session.
 */
export function lastSessionCookie(keyring: Keyring, held: HeldSession): Cookie {
  const { partition, generation, sessionId, share } = held;
  return {
    name: NAME,
    value: sealCookie(keyring, NAME, { partition, generation, sessionId, share }),
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "None",
    maxAge: SIGN_IN_LIFETIME_MS / 1_000,
  };
}

export function readLastSession(keyring: Keyring, request: HttpRequest): HeldSession | undefined {
  return readSealedCookie(keyring, request, NAME);
}
