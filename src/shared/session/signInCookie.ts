import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { type Transaction, transactionOf } from "../identity/transaction.ts";
import type { SessionRef } from "../store/segments.ts";
import type { Asked } from "./asked.ts";
import { readCookies, sealCookie, unsealCookie } from "./cookies.ts";

/** One sign-in under way, kept by the browser that started it. */
export interface PendingSignIn {
  /** 256 random bits: {@link transactionOf} makes its id, nonce and PKCE verifier from it. */
  readonly secret: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** The tombstones of sign-outs that this browser had seen when it started. */
  readonly seen: readonly string[];
  /** Whether the provider was asked to show nothing (`prompt=none`). */
  readonly silent: boolean;
  /** How many seconds before it started the user may have authenticated. */
  readonly maxAge?: number | undefined;
  /** What this and the sign-ins shortly before it ask for. Absent in cookies of a release before. */
  readonly asked?: readonly Asked[] | undefined;
  /** The session this browser had when it started; the callback's cross-site post does not carry it. */
  readonly replaces?: SessionRef | undefined;
}

/** How long somebody may take on the sign-in page. Milliseconds. */
export const SIGN_IN_LIFETIME_MS = 15 * 60_000;

/**
 * Every sign-in has a cookie of its own name, so that tabs which start at the same moment do not take each
 * other's. Whoever starts one more gives up the oldest beyond this many: a page that starts sign-ins without
 * end cannot make the browser's header too large.
 */
const MOST = 16;
const PREFIX = "__Host-lightsout-signin-";

/** None: the provider answers by a post from its own site. */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "None" } as const;

/** The cookie of a sign-in, and the ends of those that are too many, too old, or not ours. */
export function signInCookies(
  keyring: Keyring,
  request: HttpRequest,
  pending: PendingSignIn,
): Cookie[] {
  const name = nameOf(transactionOf(pending.secret).id);
  const value = sealCookie(keyring, name, pending);
  const kept = readSignIns(keyring, request, pending.startedAt)
    .sort((a, b) => b.pending.startedAt - a.pending.startedAt)
    .slice(0, MOST - 1);
  const names = new Set(kept.map(({ transaction }) => nameOf(transaction.id)));
  const over = [...readCookies(request).keys()].filter(
    (known) => known.startsWith(PREFIX) && !names.has(known),
  );
  return [
    { name, value, maxAge: SIGN_IN_LIFETIME_MS / 1_000, ...ATTRIBUTES },
    ...over.map(noCookie),
  ];
}

export interface KnownSignIn {
  readonly pending: PendingSignIn;
  readonly transaction: Transaction;
  /** Takes it from the browser. */
  readonly noCookie: Cookie;
}

/** The sign-ins of the browser that sent the request, as far as they are not too old. */
export function readSignIns(keyring: Keyring, request: HttpRequest, now: number): KnownSignIn[] {
  return [...readCookies(request)].flatMap(([name, value]) => {
    if (!name.startsWith(PREFIX)) return [];
    const pending = unsealCookie<PendingSignIn>(keyring, name, value);
    if (pending === undefined || !(endOf(pending) > now)) return [];
    return [{ pending, transaction: transactionOf(pending.secret), noCookie: noCookie(name) }];
  });
}

/** When its answer is of no use any more. Milliseconds since 1970. */
export function endOf({ startedAt }: PendingSignIn): number {
  return startedAt + SIGN_IN_LIFETIME_MS;
}

/** 96 bits of the id: enough for no two to meet, and short. */
function nameOf(id: string): string {
  return PREFIX + id.slice(0, 16);
}

function noCookie(name: string): Cookie {
  return { name, value: "", maxAge: 0, ...ATTRIBUTES };
}
