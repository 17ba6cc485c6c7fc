import { entityOf } from "./accountEntity.ts";
import { sessionKey } from "./keys.ts";
import { readSession, removeRead } from "./refresh.ts";
import type { SessionRef } from "./signIn.ts";
import type { Store } from "./store.ts";

/** Ends one browser's session and leaves the account's others alone; with the last one, the tokens go too. */
export async function endSession(store: Store, ref: SessionRef): Promise<void> {
  for (;;) {
    const found = await readSession(store, ref);
    if (found === undefined) return;
    const { read } = found;
    const { [sessionKey(ref.sessionId)]: _, ...others } = read.account.sessions;
    if (Object.keys(others).length === 0) {
      if (await removeRead(store, read)) return;
      continue;
    }
    const account = { sessions: others, cache: read.account.cache };
    if ((await store.table.replace(entityOf(store, ref, account), read.etag)) === "done") return;
  }
}
