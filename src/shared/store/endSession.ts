import { entityOf } from "./accountEntity.ts";
import { sessionKey } from "./keys.ts";
import { readSession, removeRead } from "./refresh.ts";
import type { SessionRef } from "./signIn.ts";
import type { Store } from "./store.ts";

/**
 * Ends one browser's session and leaves the account's others alone; with the last one, the tokens go too.
 * @returns whether it was there.
 */
export async function endSession(store: Store, ref: SessionRef): Promise<boolean> {
  for (;;) {
    const found = await readSession(store, ref);
    if (found === undefined) return false;
    const { read } = found;
    const { [sessionKey(ref.sessionId)]: _, ...others } = read.account.sessions;
    if (Object.keys(others).length === 0) {
      if (await removeRead(store, read)) return true;
      continue;
    }
    const account = { sessions: others, cache: read.account.cache };
    const outcome = await store.table.replace(entityOf(store, ref, account), read.etag);
    if (outcome === "done") return true;
  }
}
