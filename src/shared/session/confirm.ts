import {
  AppRefused,
  InteractionRequired,
  LightsoutError,
  ManagedIdentityUnavailable,
  ProviderUnavailable,
  SignedOut,
  StoreUnavailable,
} from "../base/errors.ts";
import { readSession, type SessionRead } from "../store/accounts.ts";
import { TOO_MANY_CHANGES } from "../store/rounds.ts";
import type { HeldSession } from "../store/segments.ts";
import { refreshSession, type Sessions } from "./refresh.ts";
import { isTheirs, MOST_ROUNDS, type RunningRefresh } from "./refreshes.ts";

/** While the provider does not answer, sessions go on for so long after their confirmation was due. Milliseconds. */
export const GRACE_MS = 3_600_000;

/**
 * Makes sure that the provider has confirmed the session's grant within a period before the request began. If not, a
 * refresh asks. One refresh serves all requests that wait for it. After a failure, the next refresh is a minute later, and
 * until then the result is the same.
 *
 * @param period Milliseconds. @param begun When the request began. Milliseconds since 1970.
 * @returns undefined when the session is gone, or its grant dead and the session ended.
 * @throws {InteractionRequired} The user has to sign in again. Nothing is deleted.
 * @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable} @throws {AppRefused} It has failed for an hour.
 * @throws {StoreUnavailable}
 */
export async function confirmSession(
  sessions: Sessions,
  held: HeldSession,
  found: SessionRead,
  period: number,
  begun: number,
): Promise<SessionRead | undefined> {
  const { store, refreshes, now } = sessions;
  let current = found;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { session } = current;
    const due = session.confirmedAt + period;
    if (begun <= due) return current;
    const before = refreshes.failureOf(held, now());
    if (before !== undefined) return unconfirmed(sessions, current, before, begun - due);

    const asked = { tenantId: session.tenantId, scopes: [], claims: undefined };
    const running = refreshes.running(held);
    if (running !== undefined || !refreshes.hasReplaced(current)) {
      const version = current;
      const work = () => refreshSession(sessions, held, version, asked);
      const refresh = running ?? refreshes.start(held, asked, work);
      const error = await failureIn(refresh);
      if (error instanceof SignedOut) return undefined;
      if (isTheirs(error, refresh.asked, asked)) continue;
      if (error !== undefined) {
        refreshes.failed(held, error, now());
        return unconfirmed(sessions, current, error, begun - due);
      }
    }
    const again = await readSession(store, held);
    if (again === undefined) return undefined;
    current = again;
  }
  throw new StoreUnavailable(TOO_MANY_CHANGES);
}

/** The provider's refusal. @returns undefined if it has confirmed the grant. @throws any other error. */
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

/** Lets a session go on for an hour during an outage of the provider. @param late Milliseconds. */
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
