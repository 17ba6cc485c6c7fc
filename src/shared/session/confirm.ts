import {
  AppRefused,
  InteractionRequired,
  LightsoutError,
  ManagedIdentityUnavailable,
  ProviderUnavailable,
  SignedOut,
  StoreUnavailable,
} from "../base/errors.ts";
import { confirmedAtOf } from "../store/account.ts";
import { readSession, type SessionRead } from "../store/accounts.ts";
import { TOO_MANY_CHANGES } from "../store/rounds.ts";
import type { SessionRef } from "../store/signIn.ts";
import { refreshAccount, type Sessions } from "./refresh.ts";
import { isSame, type RunningRefresh } from "./refreshes.ts";

/** How long sessions go on whose confirmation is due, while the provider does not answer. Milliseconds. */
export const GRACE_MS = 3_600_000;
/** Each of them is somebody else's refresh, or somebody else's write. */
const ROUNDS = 100;

/**
 * A session whose grant the provider has confirmed within the period before now: a refresh asks for that where it is
 * longer ago. One refresh serves all that wait for it. Where it is in vain, the next one is a minute later, and until
 * then the answer is the same.
 *
 * @param period Milliseconds. @param begun When the request began. Milliseconds since 1970.
 * @returns undefined when the session is gone, or the grant dead and the account deleted.
 * @throws {InteractionRequired} The user has to sign in again. Nothing is deleted.
 * @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable} @throws {AppRefused} For an hour.
 * @throws {StoreUnavailable}
 */
export async function confirmSession(
  sessions: Sessions,
  ref: SessionRef,
  found: SessionRead,
  period: number,
  begun: number,
): Promise<SessionRead | undefined> {
  const { store, refreshes, now } = sessions;
  let current = found;
  for (let round = 0; round < ROUNDS; round++) {
    const { session, read } = current;
    const due = confirmedAtOf(session) + period;
    if (begun <= due) return current;
    const before = refreshes.failureOf(ref, now());
    if (before !== undefined) return unconfirmed(sessions, current, before, begun - due);

    const asked = { tenantId: session.tenantId, scopes: [], claims: undefined };
    const running = refreshes.running(ref);
    if (running !== undefined || !refreshes.hasReplaced(read)) {
      const work = () => refreshAccount(sessions, ref, read, session, asked);
      const refresh = running ?? refreshes.start(ref, asked, work);
      const error = await failureIn(refresh);
      if (error instanceof SignedOut) return undefined;
      // What is refused for other scopes may be granted for none.
      if (error !== undefined && isTheirs(error) && !isSame(refresh.asked, asked)) continue;
      if (error !== undefined) {
        refreshes.failed(ref, error, now());
        return unconfirmed(sessions, current, error, begun - due);
      }
    }
    const again = await readSession(store, ref);
    if (again === undefined) return undefined;
    current = again;
  }
  throw new StoreUnavailable(TOO_MANY_CHANGES);
}

/** What the provider has to say. @returns undefined where it has confirmed something. @throws what is nobody's verdict. */
async function failureIn({ outcome }: RunningRefresh): Promise<unknown> {
  try {
    await outcome;
    return undefined;
  } catch (error) {
    if (VERDICTS.some((verdict) => error instanceof verdict)) return error;
    throw error;
  }
}

const VERDICTS = [
  SignedOut,
  InteractionRequired,
  AppRefused,
  ProviderUnavailable,
  ManagedIdentityUnavailable,
];

function isTheirs(error: unknown): boolean {
  return error instanceof InteractionRequired || error instanceof AppRefused;
}

/** An outage of the provider ends no session for an hour. @param late Milliseconds. */
function unconfirmed(
  { dampedLog }: Sessions,
  current: SessionRead,
  error: unknown,
  late: number,
): SessionRead {
  if (error instanceof InteractionRequired || late > GRACE_MS) throw error;
  const reason = error instanceof LightsoutError ? error.code : "";
  dampedLog("warn", "session.unconfirmed", { reason });
  return current;
}
