import type { Clock } from "../base/clock.ts";
import type { DampedLog } from "../base/damped.ts";
import { InteractionRequired, SignedOut, StoreUnavailable } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { GrantRefused, Refreshed, TokenEndpoint } from "../identity/tokens.ts";
import { type Account, type Session, withConfirmation } from "../store/account.ts";
import { type AccountRead, readSession, removeRead, writeBack } from "../store/accounts.ts";
import { TOO_MANY_CHANGES } from "../store/rounds.ts";
import type { SessionRef } from "../store/signIn.ts";
import type { Store } from "../store/store.ts";
import { type TokenCache, withToken } from "../tokens/tokenCache.ts";
import type { Asked, Refreshes, Stored } from "./refreshes.ts";

/** What sessions are found and refreshed with. */
export interface Sessions {
  readonly store: Store;
  readonly now: Clock;
  readonly log: Log;
  readonly dampedLog: DampedLog;
  readonly tokens: TokenEndpoint;
  readonly refreshes: Refreshes;
}

/** A try fails only when another instance has written. */
const WRITE_ATTEMPTS = 24;
/** Another instance stores the token endpoint's answer within this time. Milliseconds. */
const WRITTEN_SOON_MS = 1_000;

/**
 * Sends one token request, and stores the token and the confirmation in one write, on the condition that the account is
 * still the version that was read. If another instance's write came first, the fresh token goes into the newer version, as
 * long as that has the session. Otherwise the token is thrown away.
 *
 * @returns undefined when the session is gone.
 * @throws what {@link TokenEndpoint.refresh} does. @throws {SignedOut} The grant is dead, and the account deleted.
 * @throws {StoreUnavailable}
 */
export async function refreshAccount(
  sessions: Sessions,
  ref: SessionRef,
  read: AccountRead,
  session: Session,
  asked: Asked,
): Promise<Stored | undefined> {
  const { tokens, now, log } = sessions;
  const { homeAccountId, identity } = session;
  const account = read.partition;
  const started = now();
  // A challenge refuses the tokens at hand, so they are taken out.
  const { cache } = read.account;
  const refused = asked.claims === undefined ? {} : cache.AccessToken;
  const usable = asked.claims === undefined ? cache : { ...cache, AccessToken: {} };
  try {
    const result = await tokens.refresh(usable, { homeAccountId, identity, ...asked });
    if ("refused" in result) return await lookAgain(sessions, ref, read, result, started);
    const confirm = (all: Account["sessions"]) =>
      withConfirmation(all, session, started, result.claims);
    // A refresh without scopes only confirms the grant. MSAL may have dropped access tokens for its answer: they stay.
    const fresh =
      asked.scopes.length > 0
        ? result
        : { ...result, cache: { ...result.cache, AccessToken: cache.AccessToken } };
    return await storeTokens(sessions, ref, read, fresh, refused, confirm, started);
  } catch (error) {
    if (error instanceof InteractionRequired) {
      log("info", "token.interaction_required", { account });
    }
    throw error;
  }
}

async function storeTokens(
  { store, refreshes, now, log }: Sessions,
  ref: SessionRef,
  first: AccountRead,
  fresh: Refreshed,
  refused: TokenCache["AccessToken"],
  confirm: (sessions: Account["sessions"]) => Account["sessions"],
  started: number,
): Promise<Stored | undefined> {
  let read = first;
  let { cache } = fresh;
  for (let attempt = 0; attempt < WRITE_ATTEMPTS; attempt++) {
    const next = { sessions: confirm(read.account.sessions), cache };
    if (await writeBack(store, read, next)) {
      refreshes.replaced(read);
      log("info", "token.refreshed", { account: ref.partition, ms: now() - started });
      const { accessToken } = fresh;
      return { account: next, accessToken };
    }
    const found = await readSession(store, ref);
    if (found === undefined) return undefined;
    read = found.read;
    // An earlier try stored the token, and lost its answer.
    const { account } = read;
    const { accessToken } = fresh;
    if (isHeld(account.cache, accessToken)) return { account, accessToken };
    cache = withToken(account.cache, fresh, refused);
  }
  throw new StoreUnavailable(TOO_MANY_CHANGES);
}

function isHeld({ AccessToken }: TokenCache, secret: string): boolean {
  return Object.values(AccessToken).some((token) => token.secret === secret);
}

/**
 * Some providers refuse a refresh token that is used a second time. Then another instance used it first, and is about to
 * store its successor.
 */
async function lookAgain(
  { store, refreshes, now, log }: Sessions,
  ref: SessionRef,
  read: AccountRead,
  { refused }: GrantRefused,
  started: number,
): Promise<Stored | undefined> {
  await refreshes.sleep(WRITTEN_SOON_MS);
  const found = await readSession(store, ref);
  if (found === undefined) return undefined;
  if (refreshTokensOf(found.read) !== refreshTokensOf(read)) {
    return { account: found.read.account, accessToken: undefined };
  }
  if (refused instanceof SignedOut) {
    // Only this version: a sign-in that joins now brings a grant of its own.
    if (!(await removeRead(store, found.read))) return undefined;
    const ms = now() - started;
    log("info", "signout.revoked", { account: ref.partition, ms });
  }
  throw refused;
}

function refreshTokensOf({ account }: AccountRead): string {
  return JSON.stringify(Object.values(account.cache.RefreshToken).map(({ secret }) => secret));
}
