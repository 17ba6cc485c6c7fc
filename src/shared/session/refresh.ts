import type { Clock } from "../base/clock.ts";
import type { DampedLog } from "../base/damped.ts";
import { InteractionRequired, SignedOut } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { GrantRefused, TokenEndpoint } from "../identity/tokenEndpoint.ts";
import { type SessionContent, userOf } from "../store/account.ts";
import { hasSameTokens, readSession, type SessionRead, writeBack } from "../store/accounts.ts";
import { endGrant } from "../store/endSession.ts";
import { beginRound } from "../store/rounds.ts";
import type { HeldSession } from "../store/segments.ts";
import type { Store } from "../store/store.ts";
import type { Refreshes, RefreshGoal, RefreshResult } from "./refreshes.ts";

/** What sessions are found and refreshed with. */
export interface Sessions {
  readonly store: Store;
  readonly now: Clock;
  readonly log: Log;
  readonly dampedLog: DampedLog;
  readonly tokens: TokenEndpoint;
  readonly refreshes: Refreshes;
}

/** Another instance stores the token endpoint's answer within this time. Milliseconds. */
const WRITTEN_SOON_MS = 1_000;

/**
 * Sends one token request, and stores the tokens and the confirmation in one write, on the condition that the account is
 * still the version that was read. If another session's write came first, they go into the newer version, as long as that
 * has this session with the tokens that the request was made from. Newer tokens are taken instead. If the session is
 * gone, the fresh ones are thrown away.
 *
 * @returns undefined when the session is gone.
 * @throws what {@link TokenEndpoint.refresh} does. @throws {SignedOut} The grant is dead, and the session ended.
 * @throws {StoreUnavailable}
 */
export async function refreshSession(
  sessions: Sessions,
  held: HeldSession,
  found: SessionRead,
  asked: RefreshGoal,
): Promise<RefreshResult | undefined> {
  const { tokens, now, log } = sessions;
  const started = now();
  const { content, session } = found;
  const { homeAccountId, identity } = session;
  // A challenge refuses the tokens at hand, so they are taken out.
  const { cache } = content;
  const usable = asked.claims === undefined ? cache : { ...cache, AccessToken: {} };
  try {
    const result = await tokens.refresh(usable, { homeAccountId, identity, ...asked });
    if ("refused" in result) return await lookAgain(sessions, held, found, result, started);
    const { claims, accessToken } = result;
    const fresh = {
      user: { ...content.user, ...(claims && userOf(claims)) },
      // A refresh without scopes only confirms the grant. MSAL may have dropped access tokens for its answer: they stay.
      cache:
        asked.scopes.length > 0
          ? result.cache
          : { ...result.cache, AccessToken: cache.AccessToken },
    };
    return await storeTokens(sessions, held, found, fresh, accessToken, started);
  } catch (error) {
    if (error instanceof InteractionRequired) {
      log("info", "token.interaction_required", { account: held.partition });
    }
    throw error;
  }
}

async function storeTokens(
  { store, refreshes, now, log }: Sessions,
  held: HeldSession,
  first: SessionRead,
  fresh: SessionContent,
  accessToken: string,
  started: number,
): Promise<RefreshResult | undefined> {
  let current = first;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    // What has happened to another session since may ask for a newer confirmation than this one.
    const isConfirmed = current.entry.confirmedAt === first.entry.confirmedAt;
    const confirmation = isConfirmed ? { confirmedAt: started } : {};
    if (await writeBack(store, held, current, fresh, confirmation)) {
      refreshes.replaced(first);
      log("info", "token.refreshed", { account: held.partition, ms: now() - started });
      return { content: fresh, accessToken };
    }
    const found = await readSession(store, held);
    if (found === undefined) return undefined;
    // Newer ones, or an earlier try of our own that lost its answer.
    if (!hasSameTokens(found, first)) return { content: found.content, accessToken: undefined };
    current = found;
  }
}

/**
 * Some providers refuse a refresh token that is used a second time. Then another instance used it first, and is about to
 * store its successor.
 */
async function lookAgain(
  { store, now, log }: Sessions,
  held: HeldSession,
  first: SessionRead,
  { refused, isUserGone }: GrantRefused,
  started: number,
): Promise<RefreshResult | undefined> {
  await store.sleep(WRITTEN_SOON_MS);
  const found = await readSession(store, held);
  if (found === undefined) return undefined;
  if (!hasSameTokens(found, first)) return { content: found.content, accessToken: undefined };
  if (refused instanceof SignedOut) {
    // Only with this grant: another tab's sign-in may take the session over at this moment.
    if (!(await endGrant(store, held, found, isUserGone))) return undefined;
    log("info", "signout.revoked", { account: held.partition, ms: now() - started });
  }
  throw refused;
}
