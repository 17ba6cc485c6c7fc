import { sessionKey } from "../rows/keys.ts";
import type { DeviceKey } from "./account.ts";
import { rowOf } from "./accountRow.ts";
import { readEntry } from "./accounts.ts";
import { beginRound } from "./rounds.ts";
import type { SessionRef } from "./segments.ts";
import type { Store } from "./store.ts";

/**
 * Binds a session to the key of its browser. The first key stays.
 *
 * @returns whether the session is there, and bound to this key. @throws {StoreUnavailable}
 */
export async function bindSession(store: Store, ref: SessionRef, key: DeviceKey): Promise<boolean> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const found = await readEntry(store, ref);
    if (found === undefined) return false;
    const { entry, read } = found;
    // An earlier try may have bound it, and lost its answer.
    if (entry.binding) return entry.binding.key.x === key.x && entry.binding.key.y === key.y;
    const bound = { ...entry, binding: { key, boundAt: store.now() } };
    const sessions = { ...read.account.sessions, [sessionKey(ref.sessionId)]: bound };
    if ((await store.table.replace(rowOf(store, read, { sessions }), read.etag)) === "done") {
      store.log("info", "session.bound", { account: ref.partition });
      return true;
    }
  }
}
