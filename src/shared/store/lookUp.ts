import { IndexForged } from "../base/errors.ts";
import type { IndexKey } from "../rows/keys.ts";
import type { IndexRow } from "../rows/rows.ts";
import type { Stored } from "../table/table.ts";
import { deleteIfOver } from "./generation.ts";
import { endForged, originOf, readSid } from "./sidIndex.ts";
import type { GenerationRef, Store } from "./store.ts";

/** Whom a sign-out is about. */
export interface Known {
  readonly entry: Stored<IndexRow>;
  /** Whether the entry's MAC verifies. It has none as the release before wrote it. */
  readonly isOurs: boolean;
}

/**
 * What a `sid` or a `sub` leads to. Where it leads nowhere it is unknown, or its sign-in is still redeeming the
 * code: word is left for that one, and then looked again. A sign-in writes its entry before it looks for word, so
 * one of the two sees the other.
 *
 * @param looked Told each time that storage has answered whether anybody is known by it.
 * @throws {StoreUnavailable} @throws {IndexForged} Somebody else has written it. What it leads to has been ended, and
 * the entry stays as it is: it must not vouch for a sign-out later.
 */
export async function lookUp(
  store: Store,
  key: IndexKey,
  leaveWord: () => Promise<void>,
  looked: (isKnown: boolean) => void = () => {},
): Promise<Known | undefined> {
  let entry = await readSid(store, key);
  looked(entry !== undefined);
  if (entry === undefined) {
    await leaveWord();
    entry = await readSid(store, key);
    looked(entry !== undefined);
  }
  if (entry === undefined) return undefined;

  const origin = originOf(store.keyring, entry);
  if (origin === "forged") {
    await leaveWord();
    await endForged(store, entry);
    store.log("error", "index.forged", { index: key });
    throw new IndexForged();
  }
  if (origin === "unsigned") store.log("warn", "index.unsigned", { index: key });
  return { entry, isOurs: origin === "ours" };
}

/** Ends what an entry leads to whose own session is over: others that use the account go on. */
export async function endUnused(store: Store, ref: GenerationRef): Promise<boolean> {
  return (await deleteIfOver(store, ref)) === "deleted";
}
