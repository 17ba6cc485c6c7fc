import { sessionKey } from "../rows/keys.ts";
import { liveSessions } from "./account.ts";
import { entityOf } from "./accountEntity.ts";
import { readVersion, removeRead } from "./accounts.ts";
import { beginRound } from "./rounds.ts";
import type { SessionRef } from "./signIn.ts";
import type { Store } from "./store.ts";

/**
 * Ends one browser's session. The account's other sessions stay; with the last one, the tokens go.
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
  let isUnsure = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const read = await readVersion(store, by);
    const sessions = read ? liveSessions(read.account, store.now()) : {};
    // An earlier try may have ended it, and lost its answer.
    if (read === undefined || !Object.hasOwn(sessions, key)) return isUnsure;
    if (!Object.hasOwn(sessions, sessionKey(by.sessionId))) return false;
    const { [key]: _, ...others } = sessions;
    if (Object.keys(others).length === 0) {
      if (await removeRead(store, read)) return true;
      continue;
    }
    const account = { sessions: others, cache: read.account.cache };
    const outcome = await store.table.replace(entityOf(store, by, account), read.etag);
    if (outcome === "done") return true;
    if (outcome === "unsure") isUnsure = true;
  }
}

/** The same by the user's click, for the log. @throws {StoreUnavailable} */
export async function endSessionByUser(store: Store, by: SessionRef, key: string): Promise<void> {
  const started = store.now();
  const found = await endSession(store, by, key);
  const ms = store.now() - started;
  store.log("info", "session.ended", { account: by.partition, found, ms });
}
