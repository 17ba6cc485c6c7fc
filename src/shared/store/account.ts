import type { Identity, IdTokenClaims } from "../identity/idToken.ts";
import type { HomeAccountId } from "../rows/keys.ts";
import type { TokenCache, Wanted } from "../tokens/tokenCache.ts";

/** One browser's sign-in. */
export interface Session {
  /** The tenant that issued the tokens. For a guest, not the home tenant. */
  readonly tenantId: string;
  readonly homeAccountId: HomeAccountId;
  /** Whom an ID token of a refresh has to name. */
  readonly identity: Identity;
  readonly name: string;
  readonly username: string;
  /** App roles. Absent in rows of a release before, as are the next two. */
  readonly roles?: readonly string[];
  /** Those claims of the ID token that the app asks for. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** When the request was sent by which the provider last confirmed the grant. Milliseconds since 1970. */
  readonly confirmedAt?: number;
  /** A few words by which the user recognizes the browser. */
  readonly device: string;
  /** `iat` of the ID token: the time by the provider's clock. Milliseconds since 1970. Absent in rows of a release before. */
  readonly issuedAt?: number;
  /** `auth_time` of the ID token. Milliseconds since 1970. */
  readonly authenticatedAt?: number | undefined;
  /** The authentication contexts of Conditional Access that the sign-in satisfies. */
  readonly acrs?: readonly string[];
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
  /** Milliseconds since 1970. Nothing extends it. */
  readonly expiresAt: number;
}

/** What one account entity holds, all of it sealed. */
export interface Account {
  /** By {@link sessionKey}. */
  readonly sessions: Readonly<Record<string, Session>>;
  readonly cache: TokenCache;
}

/** An account as it was read. The rest of it is unpacked only when it is asked for. */
export interface UnsealedAccount extends Account {
  /** The secret of an access token that suits, if there is one. */
  findAccessToken(wanted: Wanted, now: number): string | undefined;
}

/** When the provider issued the sign-in. Milliseconds since 1970. */
export function issuedAtOf({ issuedAt, signedInAt }: Session): number {
  return issuedAt ?? signedInAt;
}

/** When the provider last confirmed that the grant is good. Milliseconds since 1970. */
export function confirmedAtOf(session: Session): number {
  return session.confirmedAt ?? Math.min(issuedAtOf(session), session.signedInAt);
}

/** For one session, so that an account with many fits into its row. Characters, as JSON. */
const MAX_CLAIMS = 8_192;

/** What the app may know of the user, from an ID token. */
export function userOf({ name, preferred_username: username, roles, handedOn }: IdTokenClaims) {
  return { name, username, roles, claims: areTooLarge(handedOn) ? {} : handedOn };
}

/** Whether the claims that the app asks for are too large to be kept. */
export function areTooLarge(claims: IdTokenClaims["handedOn"]): boolean {
  return JSON.stringify(claims).length > MAX_CLAIMS;
}

/**
 * The sessions of an account after a refresh. It confirms all sessions of the user in that tenant, because they share the
 * grant. What a later answer said stays.
 *
 * @param sentAt When the request was sent. Milliseconds since 1970.
 */
export function withConfirmation(
  sessions: Account["sessions"],
  { tenantId, identity }: Pick<Session, "tenantId" | "identity">,
  sentAt: number,
  claims: IdTokenClaims | undefined,
): Account["sessions"] {
  const isMeant = (other: Session) =>
    other.tenantId === tenantId &&
    other.identity.oid === identity.oid &&
    confirmedAtOf(other) < sentAt;
  const confirmation = { ...(claims && userOf(claims)), confirmedAt: sentAt };
  return Object.fromEntries(
    Object.entries(sessions).map(([key, session]) => [
      key,
      isMeant(session) ? { ...session, ...confirmation } : session,
    ]),
  );
}

/** When the last session ends, and with it the entity. Milliseconds since 1970. */
export function expiryOf(account: Account): number {
  return Math.max(0, ...Object.values(account.sessions).map((session) => session.expiresAt));
}

/** The sessions that have not expired. */
export function liveSessions({ sessions }: Account, now: number): Record<string, Session> {
  return Object.fromEntries(
    Object.entries(sessions).filter(([, session]) => session.expiresAt > now),
  );
}
