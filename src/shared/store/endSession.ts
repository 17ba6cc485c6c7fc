import { sessionKey } from "../rows/keys.ts";
import { type Account, liveSessions } from "./account.ts";
import { rowOf } from "./accountRow.ts";
import {
  type AccountRead,
  type EntryRead,
  hasSameTokens,
  readVersion,
  removeRead,
} from "./accounts.ts";
import { beginRound } from "./rounds.ts";
import type { SessionRef } from "./segments.ts";
import type { Store } from "./store.ts";

/**
 * Ends one browser's session with its tokens. The account's other sessions stay.
 *
 * @param by A session of the account, without which nobody may end another.
 * @param key Of the session that is to end, see {@link sessionKey}.
 * @returns whether the session was there. @throws {StoreUnavailable}
 */
export async function endSession(
  store: Store,
  by: SessionRef,
  key = sessionKey(by.sessionId),
): Promise<boolean> {
  const mine = sessionKey(by.sessionId);
  const first = await readVersion(store, by);
  const isAllowed = (sessions: Sessions) => Object.hasOwn(sessions, mine);
  return end(store, by, first, key, isAllowed, (others) => others);
}

/**
 * Ends a session whose grant is dead, as long as it has the very tokens that were read. The account's other sessions
 * have to be confirmed before they are answered again, unless they end with it.
 *
 * @param isUserGone Whether nobody's grant is good any more.
 * @returns whether it was there, with those tokens. @throws {StoreUnavailable}
 */
export function endGrant(
  store: Store,
  ref: SessionRef,
  dead: EntryRead,
  isUserGone: boolean,
): Promise<boolean> {
  const key = sessionKey(ref.sessionId);
  const isDead = ({ [key]: entry }: Sessions) =>
    entry !== undefined && hasSameTokens({ entry }, dead);
  return end(store, ref, dead.read, key, isDead, isUserGone ? () => ({}) : unconfirmed);
}

type Sessions = Account["sessions"];

function unconfirmed(sessions: Sessions): Sessions {
  return Object.fromEntries(
    Object.entries(sessions).map(([key, session]) => [key, { ...session, confirmedAt: 0 }]),
  );
}

/**
 * @param first The account as it was read.
 * @param key Of the session that is to end.
 * @param mayEnd Whether it is to end, as the account's live sessions are now.
 * @param left What becomes of the others.
 */
async function end(
  store: Store,
  ref: SessionRef,
  first: AccountRead | undefined,
  key: string,
  mayEnd: (live: Sessions) => boolean,
  left: (others: Sessions) => Sessions,
): Promise<boolean> {
  let isUnsure = false;
  let read = first;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    if (round > 0) read = await readVersion(store, ref);
    const live = read ? liveSessions(read.account, store.now()) : {};
    // An earlier round may have ended it, and lost its answer.
    if (read === undefined || !Object.hasOwn(live, key)) return isUnsure;
    if (!mayEnd(live)) return false;
    const { [key]: _, ...others } = live;
    const sessions = left(others);
    if (Object.keys(sessions).length === 0) {
      if (await removeRead(store, read)) return true;
    } else {
      const outcome = await store.table.replace(rowOf(store, ref, { sessions }), read.etag);
      if (outcome === "done") return true;
      if (outcome === "unsure") isUnsure = true;
    }
  }
}
