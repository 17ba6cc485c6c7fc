import { SignInOvertaken, SignInRejected } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { deviceOf } from "../http/device.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import type { IdTokenClaims } from "../identity/claims.ts";
import { isUsableSid } from "../identity/sid.ts";
import { accountPartition, type Sid, sessionKey } from "../rows/keys.ts";
import { registrationHeader } from "../session/deviceBinding.ts";
import { challengeFor } from "../session/deviceProof.ts";
import { lastSessionCookie, readLastSession } from "../session/lastSessionCookie.ts";
import { sessionCookie } from "../session/sessionCookie.ts";
import type { KnownSignIn } from "../session/signInCookie.ts";
import { userOf } from "../store/account.ts";
import { endSession } from "../store/endSession.ts";
import { indexKeysOf, type SessionId, type SignIn, storeSignIn } from "../store/signIn.ts";
import { warnOfMissingClaims } from "./missingClaims.ts";
import type { RedeemedCode } from "./redeemCode.ts";

interface AnsweredCode extends RedeemedCode {
  /** `session_state` of the provider's answer (OpenID Connect Session Management 1.0 §2). */
  readonly sessionState: string | null;
}

/**
 * Makes the session after the code has been redeemed: ends the sessions that it replaces, and stores the tokens.
 *
 * @param signIns All sign-ins of this browser that are under way.
 * @returns the session's cookies, and what asks the browser to bind it to its device.
 * @throws {SignInRejected} The session at the provider is over.
 * @throws {SignInOvertaken} A sign-out was faster. Nothing is stored.
 * @throws {ProviderUnavailable} @throws {StoreUnavailable}
 */
export async function newSession(
  context: Context,
  request: HttpRequest,
  { homeAccountId, cache, claims, sessionState, confirmedAt }: AnsweredCode,
  current: KnownSignIn,
  signIns: readonly KnownSignIn[],
): Promise<{ readonly cookies: Cookie[]; readonly headers: Record<string, string> }> {
  const { settings, store, keyring, log } = context;
  const { pending } = current;
  const { replaced, ids } = browserOf(context, request, current, signIns);
  const { backchannel_logout_supported } = await context.metadata.get();

  const partition = accountPartition(homeAccountId);
  const now = context.now();
  const lifetime = lifetimeOf(claims, settings.sessionLifetime, now);
  for (const other of replaced) {
    if (other.partition === partition) continue;
    // Somebody else was signed in with this browser.
    if (!(await endSession(store, other))) continue;
    log("info", "session.replaced", { account: other.partition });
  }
  const signIn: SignIn = {
    session: {
      homeAccountId,
      tenantId: claims.tid,
      identity: { iss: claims.iss, sub: claims.sub, oid: claims.oid },
      ...userOf(claims),
      confirmedAt,
      device: deviceOf(request.headers.get("user-agent")),
      issuedAt: claims.iat * 1_000,
      authenticatedAt: claims.auth_time && claims.auth_time * 1_000,
      acrs: claims.acrs,
      signedInAt: now,
      expiresAt: now + lifetime,
    },
    cache,
    sids: sidsOf(claims, sessionState),
    subject: backchannel_logout_supported ? claims.sub : undefined,
    start: { at: pending.startedAt, seen: pending.seen },
    replaces: pending.replaces,
    ids,
  };
  const indexKeys = indexKeysOf(signIn);
  const ref = await storeSignIn(store, signIn).catch((error) => {
    throw error instanceof SignInOvertaken ? new SignInOvertaken(indexKeys) : error;
  });
  log("info", "signin.done", { account: ref.partition, sidClaim: claims.sid !== undefined });
  warnOfMissingClaims(context, claims);

  const logoutHint = hintForCookie(claims.login_hint);
  const ticket = { ...ref, indexKeys, logoutHint, asked: pending.asked };
  return {
    cookies: [sessionCookie(keyring, ticket, lifetime), lastSessionCookie(keyring, ref)],
    headers: registrationOf(context, ref.sessionId),
  };
}

function registrationOf({ settings, keyring, now }: Context, sessionId: string) {
  if (settings.sessionBinding === "off") return {};
  const challenge = challengeFor(keyring, "register", sessionKey(sessionId), now());
  return registrationHeader(`${settings.prefix}/auth/device`, challenge);
}

/** `session_expiry` (IPSIE) may shorten a session. Milliseconds. @throws {SignInRejected} It is over already. */
function lifetimeOf({ session_expiry }: IdTokenClaims, most: number, now: number): number {
  const lifetime =
    session_expiry === undefined ? most : Math.min(most, session_expiry * 1_000 - now);
  if (lifetime > 0) return lifetime;
  throw new SignInRejected("session_expiry");
}

/** The browser's other sessions: those to replace, and those of sign-ins under way, to take over. */
function browserOf(
  { keyring }: Context,
  request: HttpRequest,
  { pending, transaction }: KnownSignIn,
  signIns: readonly KnownSignIn[],
) {
  const last = readLastSession(keyring, request);
  const before = pending.replaces;
  const others = [
    ...signIns.map(({ transaction }) => idOf(transaction)),
    ...(last?.share ? [idOf(last)] : []),
  ];
  return {
    replaced: [
      ...(before ? [before] : []),
      ...(last && last.sessionId !== before?.sessionId ? [last] : []),
    ],
    ids: [
      idOf(transaction),
      // A session that was there when the sign-in started is replaced, never taken over.
      ...others.filter(({ sessionId }) => sessionId !== before?.sessionId),
    ],
  };
}

function idOf({ sessionId, share }: SessionId): SessionId {
  return { sessionId, share };
}

/**
 * The `sid` claim, or else `session_state`, to which Entra gives the same value. A `session_state` that no sign-out could
 * name is ignored: it is unsigned, and need not be a `sid`.
 */
function sidsOf({ sid }: IdTokenClaims, sessionState: string | null): Sid[] {
  const known = sid ?? sessionState;
  return isUsableSid(known) ? [known] : [];
}

/** Bytes that a hint may take in the cookie. */
const MAX_HINT_BYTES = 2_048;

/** Browsers drop a cookie of more than 4096 characters. Without the hint, the provider only asks which account. */
function hintForCookie(hint: string | undefined): string | undefined {
  return hint && Buffer.byteLength(JSON.stringify(hint)) <= MAX_HINT_BYTES ? hint : undefined;
}
