import { generationOf, type PartitionKey, type Sid, sidPartition } from "../rows/keys.ts";
import { noteEarlySignOut } from "./earlySignOuts.ts";
import { endSession } from "./endSession.ts";
import { eitherFound, type Found, UNSURE } from "./found.ts";
import {
  deleteGeneration,
  deleteIfOver,
  endGeneration,
  fence,
  listPartition,
  readHead,
} from "./generation.ts";
import { lookUp } from "./lookUp.ts";
import { beginRound } from "./rounds.ts";
import type { SessionRef } from "./segments.ts";
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
 * Each tries once; stubbornSignOuts.ts repeats it while storage fails. The back channel is in backChannel.ts.
 *
 *   generation       one row of tokens. Its name is random and is used once
 *   head             the account's row that names the generation created last. It stays
 *   index row        leads from a `sid` to an account and its generation
 *   tombstone        what a sign-out leaves, so that a sign-in that is under way is not stored
 *   early sign-out   one whose `sid` has no index row. Its tombstone is kept with others of its kind
 *   try              a sign-out, until it is done or storage fails. After a fault, the next try begins
 *   round            a read, and writes on the condition of what it read. When one fails, the next round begins
 */

/** In this app, by the browser that holds the cookie: one request to the table. @throws {StoreUnavailable} */
export async function signOutByUser(store: Store, ref: GenerationRef): Promise<void> {
  const started = store.now();
  const found = (await deleteGeneration(store, ref)) ?? UNSURE;
  const ms = store.now() - started;
  store.log("info", "signout.here", { account: ref.partition, found, ms });
}

/**
 * Only one of the account's sessions, with its tokens. The others stay.
 * @param by A session of the account. @param key Of the one that is to end. @throws {StoreUnavailable}
 */
export async function signOutOfSession(store: Store, by: SessionRef, key: string): Promise<void> {
  const started = store.now();
  const found = await endSession(store, by, key);
  const ms = store.now() - started;
  store.log("info", "session.ended", { account: by.partition, found, ms });
}

/**
 * In any other app: the identity provider calls the front-channel logout URL with nothing but a `sid` (OpenID
 * Connect Front-Channel Logout 1.0 §3). The tokens are gone after two requests. The third leaves a tombstone: a sign-in
 * of that provider session that is under way is never stored. The provider may sign the same session in again later:
 * such a sign-in has seen the tombstone.
 *
 * @param looked Called each time that storage has answered: whether it knows the `sid`.
 * @throws {StoreUnavailable} @throws {IndexForged} Somebody else wrote the index row of the `sid`.
 */
export async function signOutByFrontChannel(
  store: Store,
  sid: Sid,
  looked?: (isKnown: boolean) => void,
): Promise<void> {
  const started = store.now();
  const key = sidPartition(sid);
  let account: PartitionKey | undefined;
  let found: Found = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const known = await lookUp(store, key, () => noteEarlySignOut(store, key), looked);
    account = known?.row.partition;
    if (known === undefined) break;

    const { row, isOurs } = known;
    let ended: Found = false;
    // Without a valid MAC, `signedOut` does not count.
    if (!isOurs) ended = await endGeneration(store, row);
    else if (isOver(store, row)) ended = (await deleteIfOver(store, row)) === "deleted";
    else if (!row.signedOut) ended = await endGeneration(store, row);
    found = eitherFound(found, ended);
    // A new tombstone each time: a sign-in under way may have seen the last one. The write fails when a sign-in has
    // reserved the `sid` meanwhile, which has to end too, or when the purge has removed the row.
    if (await noteSignedOut(store, row)) break;
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
 * By an operator. Every row of tokens goes, also one that the account's head does not name, or that nobody can unseal.
 * @throws {StoreUnavailable}
 */
export async function signOutByOperator(store: Store, partition: PartitionKey): Promise<Found> {
  const started = store.now();
  let found: Found = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const head = await readHead(store, partition);
    for await (const { rowKey } of listPartition(store, partition)) {
      if (generationOf(rowKey) === undefined) continue;
      found = eitherFound(found, await store.table.remove(partition, rowKey));
    }
    // A sign-in may have a request under way that creates a generation.
    if (!(await fence(store, partition, head))) continue;
    const ms = store.now() - started;
    store.log("info", "signout.operator", { account: partition, found: found ?? UNSURE, ms });
    return found;
  }
}
