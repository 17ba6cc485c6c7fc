import { sessionKey } from "../rows/keys.ts";
import { entityOf } from "./accountEntity.ts";
import { readSession, removeRead } from "./accounts.ts";
import { beginRound } from "./rounds.ts";
import type { SessionRef } from "./signIn.ts";
import type { Store } from "./store.ts";

/**
 * Ends one browser's session. The account's other sessions stay; with the last one, the tokens go.
 * @returns whether the session was there.
 */
export async function endSession(store: Store, ref: SessionRef): Promise<boolean> {
  let isUnsure = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const found = await readSession(store, ref);
    // An earlier try ended it, and lost its answer.
    if (found === undefined) return isUnsure;
    const { read } = found;
    const { [sessionKey(ref.sessionId)]: _, ...others } = read.account.sessions;
    if (Object.keys(others).length === 0) {
      if (await removeRead(store, read)) return true;
      continue;
    }
    const account = { sessions: others, cache: read.account.cache };
    const outcome = await store.table.replace(entityOf(store, ref, account), read.etag);
    if (outcome === "done") return true;
    if (outcome === "unsure") isUnsure = true;
  }
}
