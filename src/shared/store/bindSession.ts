import { sessionKey } from "../rows/keys.ts";
import type { DeviceKey } from "./account.ts";
import { rowOf } from "./accountRow.ts";
import { readEntry } from "./accounts.ts";
import { endSession } from "./endSession.ts";
import { beginRound } from "./rounds.ts";
import type { SessionRef } from "./segments.ts";
import type { Store } from "./store.ts";

/**
 * Binds a session to the key of its browser. The first key stays. A second key for the same challenge ends the session:
 * a browser sends one, so one of the two is of somebody else who has its answers, and nobody can tell which.
 *
 * @param challengedAt When the challenge was made that the key answers. It tells the session's challenges apart.
 * @returns whether the session is there, and bound to this key. @throws {StoreUnavailable}
 */
export async function bindSession(
  store: Store,
  ref: SessionRef,
  key: DeviceKey,
  challengedAt: number,
): Promise<boolean> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const found = await readEntry(store, ref);
    if (found === undefined) return false;
    const { entry, read } = found;
    const { binding } = entry;
    if (binding) {
      // An earlier round may have bound it, and lost its answer.
      if (binding.key.x === key.x && binding.key.y === key.y) return true;
      if (binding.challengedAt === challengedAt && (await endSession(store, ref))) {
        store.log("warn", "binding.contested", { account: ref.partition });
      }
      return false;
    }
    const bound = { ...entry, binding: { key, challengedAt, boundAt: store.now() } };
    const sessions = { ...read.account.sessions, [sessionKey(ref.sessionId)]: bound };
    if ((await store.table.replace(rowOf(store, read, { sessions }), read.etag)) === "done") {
      store.log("info", "session.bound", { account: ref.partition });
      return true;
    }
  }
}
