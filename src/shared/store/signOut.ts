import {
  type Generation,
  generationRow,
  type PartitionKey,
  type Sid,
  sidPartition,
} from "../rows/keys.ts";
import { noteEarlySignOut } from "./earlySignOuts.ts";
import { deleteGeneration, endGeneration, fence, readHead } from "./generation.ts";
import { endUnused, lookUp } from "./lookUp.ts";
import { beginRound } from "./rounds.ts";
import { isOver, noteSignedOut } from "./sidIndex.ts";
import type { GenerationRef, Store } from "./store.ts";

/*
 * What happens when a user signs out.
 *
 * All of an account's tokens and sessions are in one row, the account's live generation. Signing out is deleting
 * that row: from then on no cookie finds a session and no request finds a token, on any instance, because each of
 * them reads the row first. A token refresh in flight cannot bring it back: it writes on the condition that the
 * version it read is still there. A sign-in in flight cannot either: see store/signIn.ts. None of these functions
 * returns before the tokens are gone; when the table does not answer, they throw.
 *
 * Each tries once; stubbornSignOuts.ts carries them through. By the provider's back channel: see backChannel.ts.
 */

/** Where an answer was lost: whether tokens were there cannot be told. */
const UNSURE = "unsure";

/** In this app, by the browser that holds the cookie: one request to the table. @throws {StoreUnavailable} */
export async function signOutByUser(store: Store, ref: GenerationRef): Promise<void> {
  const started = store.now();
  const found = (await deleteGeneration(store, ref)) ?? UNSURE;
  const ms = store.now() - started;
  store.log("info", "signout.here", { account: ref.partition, found, ms });
}

/**
 * In any other app: the identity provider calls the front-channel logout URL with nothing but a `sid` (OpenID
 * Connect Front-Channel Logout 1.0 §3). Two requests until the tokens are gone, and one to make sure that no
 * sign-in of that provider session which is still running somewhere will ever be stored. The provider may sign the
 * same session in again: sign-ins that are started later have seen the tombstone.
 *
 * @param looked Told each time that storage has answered whether the `sid` is known.
 * @throws {StoreUnavailable} @throws {IndexForged} Somebody else has written what the `sid` leads to.
 */
export async function signOutByFrontChannel(
  store: Store,
  sid: Sid,
  looked?: (isKnown: boolean) => void,
): Promise<void> {
  const started = store.now();
  const key = sidPartition(sid);
  let account: PartitionKey | undefined;
  let found: boolean | undefined = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const known = await lookUp(store, key, () => noteEarlySignOut(store, key), looked);
    account = known?.entry.partition;
    if (known === undefined) break;

    const { entry, isOurs } = known;
    let ended: boolean | undefined = false;
    // Only a tombstone that verifies says that there is nothing to end.
    if (!isOurs) ended = await endGeneration(store, entry);
    else if (isOver(store, entry)) ended = await endUnused(store, entry);
    else if (!entry.signedOut) ended = await endGeneration(store, entry);
    if (ended || found === false) found = ended;
    // Always a new tombstone: a sign-in under way may have seen the last one. Refused when a sign-in reserved the
    // `sid` meanwhile, which then has to end too, or when the purge took the entry away.
    if (await noteSignedOut(store, entry)) break;
  }
  const ms = store.now() - started;
  store.log("info", "signout.elsewhere", {
    sid: key,
    ...(account && { account }),
    found: found ?? UNSURE,
    ms,
  });
}

/**
 * By an operator. Every row of tokens goes, whether the account's head names it or not, and whether or not anybody
 * can unseal it.
 *
 * @returns whether tokens were there; undefined when nobody can tell. @throws {StoreUnavailable}
 */
export async function signOutByOperator(
  store: Store,
  partition: PartitionKey,
): Promise<boolean | undefined> {
  const started = store.now();
  let found: boolean | undefined = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const head = await readHead(store, partition);
    // No other partition's key lies before that one.
    for await (const { rowKey } of store.table.list(partition, `${partition}!`)) {
      if (!rowKey.startsWith(generationRow("" as Generation))) continue;
      const removed = await store.table.remove(partition, rowKey);
      if (removed || found === false) found = removed;
    }
    // A sign-in that gave up may have a request under way that stores its tokens.
    if (!(await fence(store, partition, head))) continue;
    const ms = store.now() - started;
    store.log("info", "signout.operator", { account: partition, found: found ?? UNSURE, ms });
    return found;
  }
}
