import type { Cookie, HttpRequest } from "../http/types.ts";
import type { Keyring } from "../store/sealing.ts";
import type { SessionRef } from "../store/signIn.ts";
import { openCookie, readCookies, sealCookie } from "./cookies.ts";

/** What the browser keeps, sealed: where its session is, and what sign-out needs when the tokens are gone already. */
export interface SessionTicket extends SessionRef {
  readonly logoutHint?: string | undefined;
}

/** The prefix makes browsers insist on Secure, on the exact host, and on the path `/` (RFC 6265bis §4.1.3.2). */
export const SESSION_COOKIE = "__Host-lightsout";

/** Lax: it comes along when a link leads here, and not with another site's posts, frames or images. */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;

/** @param lifetime Milliseconds. */
export function sessionCookie(keyring: Keyring, ticket: SessionTicket, lifetime: number): Cookie {
  return {
    name: SESSION_COOKIE,
    value: sealCookie(keyring, SESSION_COOKIE, ticket),
    maxAge: Math.floor(lifetime / 1_000),
    ...ATTRIBUTES,
  };
}

export function noSessionCookie(): Cookie {
  return { name: SESSION_COOKIE, value: "", maxAge: 0, ...ATTRIBUTES };
}

export function readSessionCookie(
  keyring: Keyring,
  request: HttpRequest,
): SessionTicket | undefined {
  const value = readCookies(request).get(SESSION_COOKIE);
  return value === undefined ? undefined : openCookie(keyring, SESSION_COOKIE, value);
}
