import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import type { SessionRef } from "../store/signIn.ts";
import { readSealedCookie, sealCookie } from "./cookies.ts";
import { SIGN_IN_LIFETIME_MS } from "./signInCookie.ts";

const NAME = "__Host-lightsout-last";

/**
 * Names the session that this browser's last sign-in made, for sign-ins that were under way then: their answers are posted
 * from another site, which does not carry the session's own cookie. It serves only to find that session.
 */
export function lastSessionCookie(keyring: Keyring, ref: SessionRef): Cookie {
  const { partition, generation, sessionId } = ref;
  return {
    name: NAME,
    value: sealCookie(keyring, NAME, { partition, generation, sessionId }),
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "None",
    maxAge: SIGN_IN_LIFETIME_MS / 1_000,
  };
}

export function readLastSession(keyring: Keyring, request: HttpRequest): SessionRef | undefined {
  return readSealedCookie(keyring, request, NAME);
}
