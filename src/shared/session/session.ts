import { SignedOut, StoreUnavailable } from "../base/errors.ts";
import { sessionKey } from "../rows/keys.ts";
import { liveSessions, type Session } from "../store/account.ts";
import { readSession, type SessionRead } from "../store/accounts.ts";
import { TOO_MANY_CHANGES } from "../store/rounds.ts";
import type { HeldSession } from "../store/segments.ts";
import { findAccessToken } from "../tokens/tokenCache.ts";
import { refreshSession, type Sessions } from "./refresh.ts";
import {
  isSame,
  isTheirs,
  MOST_ROUNDS,
  type RefreshGoal,
  type RefreshResult,
} from "./refreshes.ts";

/** A signed-in user, for as long as one request lasts. */
export interface SignedInSession {
  readonly account: {
    readonly homeAccountId: string;
    readonly tenantId: string;
    readonly name: string;
    readonly username: string;
    /** App roles. */
    readonly roles: readonly string[];
    /** The claims of the ID token that the app asks for. */
    readonly claims: Readonly<Record<string, unknown>>;
  };
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
  readonly expiresAt: number;
  /** When the user last authenticated, by the provider. Milliseconds since 1970. */
  readonly authenticatedAt: number | undefined;
  /** The authentication contexts that the sign-in satisfies. */
  readonly acrs: readonly string[];
  /** Whether it is still there. One point read. @throws {StoreUnavailable} */
  isLive(): Promise<boolean>;
  /** All of the user's sessions, newest first. */
  list(): SessionSummary[];
  /**
   * Gets an access token with these scopes, from the cache or by a refresh.
   *
   * @param claims A claims challenge of a resource. It asks for a new token that satisfies the challenge.
   * @throws {SignedOut} Signed out meanwhile, or the grant has been revoked.
   * @throws {InteractionRequired} The user has to sign in again, to consent or to satisfy a policy.
   * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
   * @throws {StoreUnavailable}
   */
  getToken(scopes: readonly string[], claims?: string): Promise<string>;
}

/** The part of a session that the user is shown. */
export interface SessionSummary extends Pick<Session, "device" | "signedInAt" | "expiresAt"> {
  /** Names it, and opens nothing: see {@link sessionKey}. */
  readonly key: string;
  /** Whether it is this browser's. */
  readonly current: boolean;
  /** Whether it counts only on the device that signed in. */
  readonly bound: boolean;
}

/** Decides whether a session that was read counts, and returns its newest version. */
type Admit = (found: SessionRead) => Promise<SessionRead | undefined>;

/**
 * One point read. @returns undefined when nobody is signed in with that cookie.
 * @throws {StoreUnavailable} and what `admit` throws.
 */
export async function findSession(
  sessions: Sessions,
  clientId: string,
  held: HeldSession,
  admit: Admit = async (found) => found,
): Promise<SignedInSession | undefined> {
  const found = await readSession(sessions.store, held);
  const admitted = found && (await admit(found));
  return admitted && signedIn(sessions, clientId, held, admitted);
}

function signedIn(
  sessions: Sessions,
  clientId: string,
  held: HeldSession,
  found: SessionRead,
): SignedInSession {
  const { store, refreshes, now } = sessions;
  const { session, read: firstRead } = found;
  const { homeAccountId, tenantId, name, username, roles, claims } = session;
  const { signedInAt, expiresAt, authenticatedAt, acrs } = session;
  let version: SessionRead | undefined = found;
  /** What a challenge refuses, so that it does not answer it. */
  const handedOut = new Set<string>();

  /** The newest version that is known; what was written over is read again. */
  async function current(): Promise<SessionRead> {
    version ??= await readSession(store, held);
    if (version === undefined) throw new SignedOut();
    return version;
  }

  function accepted(token: string | undefined, { claims }: RefreshGoal): string | undefined {
    return token !== undefined && claims !== undefined && handedOut.has(token) ? undefined : token;
  }

  /** What a refresh has brought. */
  function tokenOf(
    { content, accessToken }: RefreshResult,
    got: RefreshGoal,
    asked: RefreshGoal,
  ): string | undefined {
    if (expiresAt <= now()) return undefined;
    if (accessToken !== undefined && isSame(got, asked)) return accessToken;
    const wanted = { homeAccountId, clientId, ...asked };
    return accepted(findAccessToken(content.cache, wanted, now()), asked);
  }

  async function findOrRefresh(asked: RefreshGoal): Promise<string> {
    const wanted = { homeAccountId, clientId, ...asked };
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const newest = await current();
      const token = accepted(newest.content.findAccessToken(wanted, now()), asked);
      if (token !== undefined) return token;

      const running = refreshes.running(held);
      if (running === undefined && refreshes.hasReplaced(newest)) {
        version = undefined;
        continue;
      }
      const work = () => refreshSession(sessions, held, newest, asked);
      const refresh = running ?? refreshes.start(held, asked, work);
      try {
        const stored = await refresh.outcome;
        version = undefined;
        const token = stored && tokenOf(stored, refresh.asked, asked);
        if (token !== undefined) return token;
      } catch (error) {
        if (!isTheirs(error, refresh.asked, asked)) throw error;
      }
    }
    throw new StoreUnavailable(TOO_MANY_CHANGES);
  }

  async function getToken(scopes: readonly string[], claims?: string): Promise<string> {
    const token = await findOrRefresh({ tenantId, scopes, claims });
    handedOut.add(token);
    return token;
  }

  function list(): SessionSummary[] {
    const current = sessionKey(held.sessionId);
    return Object.entries(liveSessions(firstRead.account, now()))
      .map(([key, { device, signedInAt, expiresAt, binding }]) => ({
        key,
        device,
        signedInAt,
        expiresAt,
        current: key === current,
        bound: binding !== undefined,
      }))
      .sort((a, b) => b.signedInAt - a.signedInAt);
  }

  const account = { homeAccountId, tenantId, name, username, roles, claims };
  const isLive = async () => (await readSession(store, held)) !== undefined;
  return { account, signedInAt, expiresAt, authenticatedAt, acrs, isLive, list, getToken };
}
