import { InteractionRequired, SignedOut, StoreUnavailable } from "../errors.ts";
import type { Refreshed, TokenEndpoint } from "../identity/tokens.ts";
import { liveSessions, type Session } from "../store/account.ts";
import { sessionKey } from "../store/keys.ts";
import { type AccountRead, readSession, removeRead, writeBack } from "../store/refresh.ts";
import type { SessionRef } from "../store/signIn.ts";
import type { Store } from "../store/store.ts";

/** A signed-in user, for as long as one request lasts. */
export interface SignedInSession {
  readonly account: {
    readonly homeAccountId: string;
    readonly tenantId: string;
    readonly name: string;
    readonly username: string;
  };
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
  readonly expiresAt: number;
  /** All of the user's sessions, newest first. */
  list(): SessionSummary[];
  /**
   * A Microsoft Graph access token with these scopes, from the cache or refreshed.
   *
   * @param claims A claims challenge that a resource answered with: asks for a new token that satisfies it.
   * @throws {SignedOut} Signed out meanwhile, or the grant has been revoked.
   * @throws {InteractionRequired} The user has to sign in again, to consent or to satisfy a policy.
   * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
   * @throws {StoreUnavailable}
   */
  getToken(scopes: readonly string[], claims?: string): Promise<string>;
}

/** What a user is shown of a session. */
export interface SessionSummary extends Pick<Session, "device" | "signedInAt" | "expiresAt"> {
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

const WRITE_ATTEMPTS = 5;

/** @returns undefined when nobody is signed in with that cookie. One point read. @throws {StoreUnavailable} */
export async function openSession(
  store: Store,
  tokens: TokenEndpoint,
  clientId: string,
  ref: SessionRef,
): Promise<SignedInSession | undefined> {
  const found = await readSession(store, ref);
  if (found === undefined) return undefined;
  const { session, read: firstRead } = found;
  const { homeAccountId, tenantId, name, username, signedInAt, expiresAt } = session;
  let read: AccountRead | undefined = firstRead;

  /** The newest version that is known; what was written over is read again. */
  async function current(): Promise<AccountRead> {
    read ??= (await readSession(store, ref))?.read;
    if (read === undefined) throw new SignedOut();
    return read;
  }

  async function getToken(scopes: readonly string[], claims?: string): Promise<string> {
    const wanted = { homeAccountId, tenantId, clientId, scopes };
    for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
      const version = await current();
      const held = claims ? undefined : version.account.findAccessToken(wanted, store.now());
      if (held !== undefined) return held;

      const started = store.now();
      const refreshed = await refresh(store, tokens, version, session, scopes, claims);
      read = undefined;
      // Not before it is stored is the token used: storing fails when the user has signed out meanwhile.
      if (refreshed && (await writeBack(store, version, refreshed.cache))) {
        store.log("info", "token.refreshed", { account: ref.partition, ms: store.now() - started });
        return refreshed.accessToken;
      }
    }
    throw new StoreUnavailable();
  }

  function list(): SessionSummary[] {
    const current = sessionKey(ref.sessionId);
    return Object.entries(liveSessions(firstRead.account, store.now()))
      .map(([key, { device, signedInAt, expiresAt }]) => ({
        device,
        signedInAt,
        expiresAt,
        current: key === current,
      }))
      .sort((a, b) => b.signedInAt - a.signedInAt);
  }

  const account = { homeAccountId, tenantId, name, username };
  return { account, signedInAt, expiresAt, list, getToken };
}

/** @returns undefined when the grant is gone, but the account was changed since it was read: it may have a new one. */
async function refresh(
  store: Store,
  tokens: TokenEndpoint,
  read: AccountRead,
  { homeAccountId, tenantId, identity }: Session,
  scopes: readonly string[],
  claims: string | undefined,
): Promise<Refreshed | undefined> {
  // A challenge means that the tokens at hand are refused: none of them may be found again.
  const cache = claims ? { ...read.account.cache, AccessToken: {} } : read.account.cache;
  const account = read.partition;
  const started = store.now();
  try {
    const request = { homeAccountId, tenantId, identity, scopes, claims };
    const result = await tokens.refresh(cache, request);
    if (!("refused" in result)) return result;
    throw result.refused;
  } catch (error) {
    if (error instanceof InteractionRequired) {
      store.log("info", "token.interaction_required", { account });
    }
    if (!(error instanceof SignedOut)) throw error;
    if (!(await removeRead(store, read))) return undefined;
    store.log("info", "signout.revoked", { account, ms: store.now() - started });
    throw error;
  }
}
