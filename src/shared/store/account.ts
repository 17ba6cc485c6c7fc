import type { Identity } from "../identity/idToken.ts";
import type { HomeAccountId } from "../rows/keys.ts";
import type { TokenCache, Wanted } from "../tokens/tokenCache.ts";

/** One browser's sign-in. */
export interface Session {
  /** The tenant the tokens were issued by; for a guest, not the home tenant. */
  readonly tenantId: string;
  readonly homeAccountId: HomeAccountId;
  /** Who an ID token that comes with a refresh has to be about. */
  readonly identity: Identity;
  readonly name: string;
  readonly username: string;
  /** A few words by which the user recognizes the browser. */
  readonly device: string;
  /** `iat` of the ID token: the time by the provider's clock. Milliseconds since 1970. Absent in rows of a release before. */
  readonly issuedAt?: number;
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
  /** Milliseconds since 1970. Nothing extends it. */
  readonly expiresAt: number;
}

/** What one account entity holds, and all of it is sealed. */
export interface Account {
  /** By {@link sessionKey}. */
  readonly sessions: Readonly<Record<string, Session>>;
  readonly cache: TokenCache;
}

/** An account as it was read. What most requests need is at hand, and the rest is unpacked when it is asked for. */
export interface UnsealedAccount extends Account {
  /** The secret of an access token that suits; undefined when there is none. */
  findAccessToken(wanted: Wanted, now: number): string | undefined;
}

/** When the provider issued the sign-in. Milliseconds since 1970. */
export function issuedAtOf({ issuedAt, signedInAt }: Session): number {
  return issuedAt ?? signedInAt;
}

/** The longest-living session decides how long the entity may stay. Milliseconds since 1970. */
export function expiryOf(account: Account): number {
  return Math.max(0, ...Object.values(account.sessions).map((session) => session.expiresAt));
}

/** The sessions whose time is not over. */
export function liveSessions({ sessions }: Account, now: number): Record<string, Session> {
  return Object.fromEntries(
    Object.entries(sessions).filter(([, session]) => session.expiresAt > now),
  );
}
