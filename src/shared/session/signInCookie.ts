import type { Cookie, HttpRequest } from "../http/types.ts";
import { attemptOf } from "../identity/attempt.ts";
import type { Keyring } from "../store/sealing.ts";
import type { SessionRef } from "../store/signIn.ts";
import { openCookie, readCookies, sealCookie } from "./cookies.ts";

/** One sign-in under way, kept by the browser that started it. */
export interface PendingSignIn {
  /** 256 random bits: {@link attemptOf} makes state, nonce and PKCE verifier from it. */
  readonly secret: string;
  readonly scopes: readonly string[];
  /** A path of this app. */
  readonly returnTo: string;
  /** The session this browser had when it started; the callback's cross-site post does not carry it. */
  readonly replaces?: SessionRef | undefined;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How long somebody may take on the sign-in page. Milliseconds. */
export const SIGN_IN_LIFETIME = 15 * 60_000;

/**
 * Every tab's sign-in has a cookie of its own, so that several can be under way. There are this many names
 * and no more: a page that starts sign-ins without end cannot make the browser's header too large.
 */
const SLOTS = 16;
/** Past this length of all of them together, a new one takes the place of an old one. Characters. */
const ENOUGH = 8_192;

/** None: the provider answers by a post from its own site. */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "None" } as const;

const nameOf = (slot: number) => `__Host-lightsout-signin-${slot}`;

/** @param randomByte Picks among the free names, or among the taken ones when there are enough. */
export function signInCookie(
  keyring: Keyring,
  request: HttpRequest,
  pending: PendingSignIn,
  randomByte: number,
): Cookie {
  const cookies = readCookies(request);
  const slots = Array.from({ length: SLOTS }, (_, slot) => nameOf(slot));
  const free = slots.filter((name) => !cookies.has(name));
  const taken = slots.filter((name) => cookies.has(name));
  const length = taken.reduce((sum, name) => sum + (cookies.get(name)?.length ?? 0), 0);
  const names = free.length > 0 && length < ENOUGH ? free : taken;
  const name = names[randomByte % names.length] as string;
  return {
    name,
    value: sealCookie(keyring, name, pending),
    maxAge: SIGN_IN_LIFETIME / 1_000,
    ...ATTRIBUTES,
  };
}

/** Finds the sign-in that a `state` belongs to, among those that this browser started. */
export function readSignInCookie(
  keyring: Keyring,
  request: HttpRequest,
  state: string,
  now: number,
) {
  const cookies = readCookies(request);
  for (let slot = 0; slot < SLOTS; slot++) {
    const name = nameOf(slot);
    const value = cookies.get(name);
    const pending = value && openCookie<PendingSignIn>(keyring, name, value);
    if (!pending || pending.expiresAt <= now) continue;
    const attempt = attemptOf(pending.secret);
    if (attempt.state === state) return { pending, attempt, cookie: noCookie(name) };
  }
  return undefined;
}

function noCookie(name: string): Cookie {
  return { name, value: "", maxAge: 0, ...ATTRIBUTES };
}
