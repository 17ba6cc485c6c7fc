import type { TokenCache } from "./tokenCache.ts";

/** One browser's sign-in. */
export interface Session {
  /** The tenant the tokens were issued by; for a guest, not the home tenant. */
  readonly tenantId: string;
  readonly homeAccountId: string;
  readonly name: string;
  readonly username: string;
  /** A few words by which the user recognizes the browser. */
  readonly device: string;
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

/** The longest-living session decides how long the entity may stay. Milliseconds since 1970. */
export function expiryOf(account: Account): number {
  return Math.max(0, ...Object.values(account.sessions).map((session) => session.expiresAt));
}

/** The account without the sessions whose time is over. */
export function withoutExpiredSessions(account: Account, now: number): Account {
  const live = Object.entries(account.sessions).filter(([, session]) => session.expiresAt > now);
  return { ...account, sessions: Object.fromEntries(live) };
}
