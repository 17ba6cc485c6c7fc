import { createHash } from "node:crypto";
import type { Keyring } from "../crypto/keyring.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { confirmedAtOf, type Session } from "../store/account.ts";
import { GRACE_MS } from "./confirm.ts";
import { readCookies, readSealedCookie, sealCookie, unsealCookie } from "./cookies.ts";

/** What a browser keeps of a session, sealed. Milliseconds since 1970. */
interface LastUse {
  readonly usedAt: number;
  readonly signedInAt: number;
}

/** Of one session, and what it takes to read and write when it was used. */
export interface Use {
  readonly keyring: Keyring;
  readonly request: HttpRequest;
  readonly sessionId: string;
  readonly signedInAt: number;
}

/** How long sessions go on unused, and unconfirmed. Milliseconds; 0 for no limit, and for never. */
export interface Limits {
  readonly idleLimit: number;
  readonly revalidatePeriod: number;
}

/**
 * Each session has a cookie of its own name: whichever answer comes last, it says nothing of another session. So
 * nobody has to write down in storage when a session was used.
 */
const PREFIX = "__Host-lightsout-used-";
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Lax" } as const;
/** A cookie this much of the limit old is made anew. */
const RENEWED = 1 / 10;
/** How much longer a browser keeps it: what is too long ago is said here. Seconds. */
const KEPT_S = 60;

/** Whether the session was not used for too long. Where no cookie says when it was, the sign-in was its last use. */
export function isIdle(use: Use, { idleLimit }: Limits, now: number): boolean {
  return idleLimit > 0 && now - lastUseOf(use) > idleLimit;
}

/**
 * Whether an idle session is idle for everybody who has a copy of its cookies: nobody was answered later than an
 * hour after it should have been confirmed.
 */
export function isIdleForAll(
  session: Session,
  { idleLimit, revalidatePeriod }: Limits,
  now: number,
): boolean {
  const last = confirmedAtOf(session) + revalidatePeriod + GRACE_MS;
  return revalidatePeriod > 0 && now > last + idleLimit;
}

/** Says that the session was used now, where the browser's cookie is not new; and ends those of older sessions. */
export function useCookies(use: Use, { idleLimit }: Limits, now: number): Cookie[] {
  if (idleLimit === 0 || now - lastUseOf(use) < idleLimit * RENEWED) return [];
  const { keyring, request, sessionId, signedInAt } = use;
  const name = nameOf(sessionId);
  const value = sealCookie(keyring, name, { usedAt: now, signedInAt } satisfies LastUse);
  const older = [...readCookies(request)].flatMap(([other, value]) => {
    if (!other.startsWith(PREFIX) || other === name) return [];
    const known = unsealCookie<LastUse>(keyring, other, value);
    return known && known.signedInAt >= signedInAt ? [] : [other];
  });
  return [
    { name, value, maxAge: Math.ceil(idleLimit / 1_000) + KEPT_S, ...ATTRIBUTES },
    ...older.map((name) => ({ name, value: "", maxAge: 0, ...ATTRIBUTES })),
  ];
}

function lastUseOf({ keyring, request, sessionId, signedInAt }: Use): number {
  const last = readSealedCookie<LastUse>(keyring, request, nameOf(sessionId));
  return Math.max(signedInAt, last?.usedAt ?? 0);
}

/** 96 bits: enough for no two to meet. */
function nameOf(sessionId: string): string {
  return PREFIX + createHash("sha256").update(sessionId).digest("base64url").slice(0, 16);
}
