import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { readSealedCookie, sealCookie } from "./cookies.ts";

/** What came of asking Microsoft to end a user's sessions. `unconfirmed`: it was asked, and did not say yes. */
export type Revocation = "accepted" | "notAsked" | "unconfirmed";

/** Takes the outcome past the provider's sign-out page, to the page that a sign-out ends on. */
export const REVOCATION_COOKIE = "__Host-lightsout-revocation";
/** Seconds. */
const LIFETIME_SECONDS = 15 * 60;

/** @param outcome Undefined takes the cookie away. */
export function revocationCookie(keyring: Keyring, outcome: Revocation | undefined): Cookie {
  return {
    name: REVOCATION_COOKIE,
    value: outcome ? sealCookie(keyring, REVOCATION_COOKIE, outcome) : "",
    maxAge: outcome ? LIFETIME_SECONDS : 0,
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
  };
}

export function readRevocation(keyring: Keyring, request: HttpRequest): Revocation | undefined {
  return readSealedCookie(keyring, request, REVOCATION_COOKIE);
}
