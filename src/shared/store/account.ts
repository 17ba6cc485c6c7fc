import type { Sealed } from "../crypto/keyring.ts";
import type { Identity, IdTokenClaims } from "../identity/claims.ts";
import type { HomeAccountId } from "../rows/keys.ts";
import type { TokenCache, Wanted } from "../tokens/tokenCache.ts";

/** The part of a session that the app's keys alone unseal: enough to list it, to end it, and to purge it. */
export interface SessionEntry {
  /** A few words by which the user recognizes the browser. */
  readonly device: string;
  /** `iat` of the ID token: the time by the provider's clock. Milliseconds since 1970. */
  readonly issuedAt: number;
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
  /**
   * When the request was sent by which the provider last confirmed the grant. Milliseconds since 1970. 0: it has to
   * confirm it again.
   */
  readonly confirmedAt: number;
  /** Milliseconds since 1970. Nothing extends it. */
  readonly expiresAt: number;
  /** Once the browser has registered a key of its device. */
  readonly binding?: Binding | undefined;
}

/** What a session is bound to. It never changes. */
export interface Binding {
  readonly key: DeviceKey;
  /** When the challenge was made that the key answered. Milliseconds since 1970. */
  readonly challengedAt: number;
  /** Milliseconds since 1970. */
  readonly boundAt: number;
}

/** A public key on the curve P-256, as in a JWK (RFC 7518 §6.2.1). */
export interface DeviceKey {
  readonly x: string;
  readonly y: string;
}

/** The part of a session that takes its browser's share too: whose it is. */
export interface SessionUser {
  /** The tenant the tokens were issued by; for a guest, not the home tenant. */
  readonly tenantId: string;
  readonly homeAccountId: HomeAccountId;
  /** Who an ID token that comes with a refresh has to be about. */
  readonly identity: Identity;
  readonly name: string;
  readonly username: string;
  /** App roles. */
  readonly roles: readonly string[];
  /** Those claims of the ID token that the app asks for. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** `auth_time` of the ID token. Milliseconds since 1970. */
  readonly authenticatedAt?: number | undefined;
  /** The authentication contexts of Conditional Access that the sign-in satisfies. */
  readonly acrs: readonly string[];
}

/** One browser's sign-in. */
export interface Session extends SessionEntry, SessionUser {}

/** What a session's segment holds: its user, and its own tokens. */
export interface SessionContent {
  readonly user: SessionUser;
  readonly cache: TokenCache;
}

/** Content as it was read. What most requests need is at hand, and the rest is unpacked when it is asked for. */
export interface UnsealedContent extends SessionContent {
  /** The secret of an access token that suits; undefined when there is none. */
  findAccessToken(wanted: Wanted, now: number): string | undefined;
}

/** What one row of an account holds. */
export interface Account {
  /** By {@link sessionKey}. */
  readonly sessions: Readonly<Record<string, KeptSession>>;
}

export interface KeptSession extends SessionEntry {
  readonly segment: Segment;
}

/** A session's {@link SessionContent}, sealed under the app's keys and its browser's share. */
export interface Segment extends Sealed {
  /** Of the app's key. */
  readonly fingerprint: string;
}

/** A session in its two parts. */
export function partsOf(session: Session): { entry: SessionEntry; user: SessionUser } {
  const { device, issuedAt, signedInAt, confirmedAt, expiresAt, binding, ...user } = session;
  return { entry: { device, issuedAt, signedInAt, confirmedAt, expiresAt, binding }, user };
}

/** Characters of the claims that a session may keep, as JSON. */
const MAX_CLAIMS = 8_192;

/** What an ID token says of a user that the app may know. */
export function userOf({ name, preferred_username: username, roles, handedOn }: IdTokenClaims) {
  return { name, username, roles, claims: areTooLarge(handedOn) ? {} : handedOn };
}

/** Whether none of the claims that the app asks for is kept. */
export function areTooLarge(claims: IdTokenClaims["handedOn"]): boolean {
  return JSON.stringify(claims).length > MAX_CLAIMS;
}

/** The longest-living session decides how long the row may stay. Milliseconds since 1970. */
export function expiryOf(account: Account): number {
  return Math.max(0, ...Object.values(account.sessions).map((session) => session.expiresAt));
}

/** The sessions whose time is not over. */
export function liveSessions({ sessions }: Account, now: number): Record<string, KeptSession> {
  return Object.fromEntries(
    Object.entries(sessions).filter(([, session]) => session.expiresAt > now),
  );
}
