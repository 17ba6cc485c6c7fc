import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import type { IndexKey } from "../rows/keys.ts";
import type { HeldSession } from "../store/segments.ts";
import type { Asked } from "./asked.ts";
import { readSealedCookie, sealCookie } from "./cookies.ts";

/** What the browser keeps, sealed: where its session is, and what sign-out needs when the tokens are gone already. */
export interface SessionTicket extends HeldSession {
  /** Where in the index the session is found, and where a sign-out leaves its tombstone. Absent in cookies of a release before. */
  readonly indexKeys?: readonly IndexKey[];
  readonly logoutHint?: string | undefined;
  /** What the sign-in asked for, and those shortly before it: asking again would lead round in circles. */
  readonly asked?: readonly Asked[] | undefined;
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

/**
 * Takes the session cookie away. What stays behind, for as long as it can matter, is where the session was
 * indexed: a sign-in that this browser starts next is told by it from one that the sign-out is to stop.
 */
export function noSessionCookie(
  keyring: Keyring,
  request: HttpRequest,
  ticket: SessionTicket | undefined,
): Cookie[] {
  const none = { name: SESSION_COOKIE, value: "", maxAge: 0, ...ATTRIBUTES };
  const { indexKeys } = ticket ?? {};
  return indexKeys ? [none, endedSessionCookie(keyring, request, indexKeys)] : [none];
}

/** Good for starting a sign-in that has seen the tombstones of sign-outs, and for nothing else. */
export const ENDED_SESSION_COOKIE = "__Host-lightsout-ended";
/** Milliseconds. */
const ENDED_LIFETIME_MS = 15 * 60_000;
/** Of the keys that it holds, the last ones: each costs a sign-in two reads. */
const MOST_KEYS = 4;

/** It goes along with the provider's post too, so that what ends there is added to what ended before. */
export function endedSessionCookie(
  keyring: Keyring,
  request: HttpRequest,
  indexKeys: readonly string[],
): Cookie {
  const keys = [...new Set([...indexKeys, ...readEndedKeys(keyring, request)])];
  return {
    name: ENDED_SESSION_COOKIE,
    value: sealCookie(keyring, ENDED_SESSION_COOKIE, keys.slice(0, MOST_KEYS)),
    maxAge: ENDED_LIFETIME_MS / 1_000,
    ...ATTRIBUTES,
    sameSite: "None",
  };
}

function readEndedKeys(keyring: Keyring, request: HttpRequest): readonly IndexKey[] {
  return readSealedCookie<IndexKey[]>(keyring, request, ENDED_SESSION_COOKIE) ?? [];
}

/** What this browser's session, and those that ended last, are indexed under. */
export function readIndexKeys(keyring: Keyring, request: HttpRequest): readonly IndexKey[] {
  const { indexKeys = [] } = readSessionCookie(keyring, request) ?? {};
  return [...indexKeys, ...readEndedKeys(keyring, request)];
}

export function readSessionCookie(
  keyring: Keyring,
  request: HttpRequest,
): SessionTicket | undefined {
  return readSealedCookie(keyring, request, SESSION_COOKIE);
}
