import { createHash } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import type { Session } from "../store/account.ts";
import { GRACE_MS } from "./confirm.ts";
import { readCookies, readSealedCookie, sealCookie, unsealCookie } from "./cookies.ts";

/** The sealed content of the cookie. Milliseconds since 1970. */
interface LastUse {
  readonly usedAt: number;
  readonly signedInAt: number;
}

/** A session, and what it takes to read and write the time of its last use. */
export interface Use {
  readonly keyring: Keyring;
  readonly request: HttpRequest;
  readonly sessionId: string;
  readonly signedInAt: number;
}

/** How long sessions go on unused, and unconfirmed. Milliseconds. 0: no such limit. */
export interface Limits {
  readonly idleLimit: number;
  readonly revalidatePeriod: number;
}

/**
 * Each session has a cookie of its own name, so that a late answer does not change that of another session. The time of
 * last use is only there, and not in storage.
 */
const PREFIX = "__Host-lightsout-used-";
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;
/** The cookie is renewed at this share of the limit. */
const RENEWED = 1 / 10;
/** The browser keeps the cookie for so much longer than the limit, because the server decides. Seconds. */
const KEPT_SECONDS = 60;

/** Whether the session was unused for too long. Without its cookie, the sign-in counts as the last use. */
export function isIdle(use: Use, { idleLimit }: Limits, now: number): boolean {
  return idleLimit > 0 && now - lastUseOf(use) > idleLimit;
}

/**
 * Whether an idle session is idle by every copy of its cookies. Nobody was answered later than an hour after its
 * confirmation was due. When it was confirmed last is not known of one that has to be confirmed again.
 */
export function isIdleForAll(
  session: Session,
  { idleLimit, revalidatePeriod }: Limits,
  now: number,
): boolean {
  const { confirmedAt } = session;
  const last = confirmedAt + revalidatePeriod + GRACE_MS;
  return revalidatePeriod > 0 && confirmedAt > 0 && now > last + idleLimit;
}

/** Where there is an idle limit: renews the session's cookie if it is due, and removes those of older sessions. */
export function useCookies(use: Use, { idleLimit }: Limits, now: number): Cookie[] {
  if (now - lastUseOf(use) < idleLimit * RENEWED) return [];
  const { keyring, request, sessionId, signedInAt } = use;
  const name = nameOf(sessionId);
  const value = sealCookie(keyring, name, { usedAt: now, signedInAt } satisfies LastUse);
  const older = [...readCookies(request)].flatMap(([other, value]) => {
    if (!other.startsWith(PREFIX) || other === name) return [];
    const known = unsealCookie<LastUse>(keyring, other, value);
    return known && known.signedInAt >= signedInAt ? [] : [other];
  });
  return [
    { name, value, maxAge: Math.ceil(idleLimit / 1_000) + KEPT_SECONDS, ...ATTRIBUTES },
    ...older.map((name) => ({ name, value: "", maxAge: 0, ...ATTRIBUTES })),
  ];
}

function lastUseOf({ keyring, request, sessionId, signedInAt }: Use): number {
  const last = readSealedCookie<LastUse>(keyring, request, nameOf(sessionId));
  return Math.max(signedInAt, last?.usedAt ?? 0);
}

/** 96 bits, so that no two are the same. */
function nameOf(sessionId: string): string {
  return PREFIX + createHash("sha256").update(sessionId).digest("base64url").slice(0, 16);
}
