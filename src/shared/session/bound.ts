import type { SessionBinding } from "../config/sessionRules.ts";
import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { sessionKey } from "../rows/keys.ts";
import type { SessionEntry } from "../store/account.ts";
import { readSealedCookie, sealCookie } from "./cookies.ts";
import { hasSkipped } from "./deviceBinding.ts";

/** Each session has a cookie of its own name, so that a late refresh does not change that of another session. */
const PREFIX = "__Host-lightsout-bound-";
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "None" } as const;
/** How long a proof counts. Milliseconds. */
const BOUND_MS = 5 * 60_000;
/** How much earlier its browser lets go of the cookie: what was sent with it may be under way, and clocks differ. */
const LEEWAY_MS = 60_000;
/** How long a session goes on without the bound cookie: before its registration, and for requests in flight after it. */
const UNBOUND_MS = 60_000;

/** @param session By {@link sessionKey}: it is a hash already. */
export function boundCookieName(session: string): string {
  return PREFIX + session.slice(0, 16);
}

/**
 * Counts for five minutes from when its challenge was made. A proof that is sent again gains nothing.
 * @param now Milliseconds since 1970.
 */
export function boundCookie(
  keyring: Keyring,
  session: string,
  challengedAt: number,
  now: number,
): Cookie {
  const name = boundCookieName(session);
  const until = challengedAt + BOUND_MS;
  return {
    name,
    value: sealCookie(keyring, name, { session, until } satisfies BoundCookie),
    maxAge: Math.max(1, Math.floor((until - LEEWAY_MS - now) / 1_000)),
    ...ATTRIBUTES,
  };
}

/** The sealed content. */
interface BoundCookie {
  /** By {@link sessionKey}. */
  readonly session: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * What becomes of a request with the session's cookie:
 * - `served`;
 * - `copied`: the session is bound, and not to the sender: signed out;
 * - `unproven`: the browser says that it could not prove it now;
 * - `unbound`: it has registered no key, and has to.
 */
export type Standing = "served" | "copied" | "unproven" | "unbound";

/** No storage operation. @param now Milliseconds since 1970. */
export function standingOf(
  keyring: Keyring,
  request: HttpRequest,
  sessionId: string,
  { binding, signedInAt }: Pick<SessionEntry, "binding" | "signedInAt">,
  mode: SessionBinding,
  now: number,
): Standing {
  if (binding === undefined) {
    return mode === "required" && now - signedInAt > UNBOUND_MS ? "unbound" : "served";
  }
  if (mode === "off" || now - binding.boundAt <= UNBOUND_MS) return "served";
  const session = sessionKey(sessionId);
  const bound = readSealedCookie<BoundCookie>(keyring, request, boundCookieName(session));
  if (bound?.session === session && now < bound.until) return "served";
  return hasSkipped(request) ? "unproven" : "copied";
}
