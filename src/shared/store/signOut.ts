import { BadRequest, IndexForged } from "../base/errors.ts";
import type { LogoutToken } from "../identity/logoutToken.ts";
import {
  accountPartition,
  type Generation,
  generationRow,
  type HomeAccountId,
  type IndexKey,
  type PartitionKey,
  type Sid,
  sidPartition,
  subjectPartition,
} from "../rows/keys.ts";
import type { IndexRow } from "../rows/rows.ts";
import { noteEarlyLogoutToken, noteEarlySignOut } from "./earlySignOuts.ts";
import { endIssuedUntil } from "./endIssuedUntil.ts";
import { deleteGeneration, deleteIfOver, endGeneration, fence, readHead } from "./generation.ts";
import { isUsed, useOnce } from "./replayGuard.ts";
import { beginRound } from "./rounds.ts";
import {
  endForged,
  isOver,
  noteIssuedUntil,
  noteSignedOut,
  originOf,
  readSid,
} from "./sidIndex.ts";
import type { GenerationRef, Store } from "./store.ts";

/*
 * What happens when a user signs out.
 *
 * All of an account's tokens and sessions are in one entity, the account's live generation. Signing out is
 * deleting that entity: from then on no cookie finds a session and no request finds a token, on any
 * instance, because each of them reads the entity first. A token refresh in flight cannot bring it back: it
 * writes on the condition that the version it read is still there. A sign-in in flight cannot either: see
 * store/signIn.ts. None of these functions returns before the tokens are gone; when the table does not
 * answer, they throw.
 */

/** Where an answer was lost: whether tokens were there cannot be told. */
const UNSURE = "unsure";

/** Signed out in this app, by the browser that holds the cookie: one request to the table. @throws {StoreUnavailable} */
export async function signOutHere(store: Store, ref: GenerationRef): Promise<void> {
  const started = store.now();
  const found = (await deleteGeneration(store, ref)) ?? UNSURE;
  const ms = store.now() - started;
  store.log("info", "signout.here", { account: ref.partition, found, ms });
}

/**
 * Signed out in any other app: the identity provider calls the front-channel logout URL with nothing but a
 * `sid` (OpenID Connect Front-Channel Logout 1.0 §3). Two requests until the tokens are gone, and one to
 * make sure that no sign-in of that provider session which is still running somewhere will ever be stored.
 * The provider may sign the same session in again: sign-ins that are started later have seen the tombstone.
 *
 * @param looked Told each time that storage has answered whether the `sid` is known.
 * @throws {StoreUnavailable} @throws {IndexForged} Somebody else has written what the `sid` leads to.
 */
export async function signOutElsewhere(
  store: Store,
  sid: Sid,
  looked: (isKnown: boolean) => void = () => {},
): Promise<void> {
  const started = store.now();
  const key = sidPartition(sid);
  let account: string | undefined;
  let found: boolean | undefined = false;
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    let entry = await readSid(store, key);
    looked(entry !== undefined);
    if (entry === undefined) {
      // Unknown, or its sign-in is still redeeming the code. Leave word for that one, then look again: it
      // writes its entry before it looks for word, so one of the two sees the other.
      await noteEarlySignOut(store, key);
      entry = await readSid(store, key);
      looked(entry !== undefined);
    }
    account = entry?.partition;
    if (entry === undefined) break;

    const origin = originOf(store.keyring, entry);
    if (origin === "forged") {
      await noteEarlySignOut(store, key);
      await failForged(store, entry);
    }
    if (origin === "unsigned") store.log("warn", "index.unsigned", { index: key });
    let ended: boolean | undefined = false;
    // Only a tombstone that verifies says that there is nothing to end.
    if (origin === "unsigned") ended = await endGeneration(store, entry);
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
 * Signed out by the provider's back channel (OpenID Connect Back-Channel Logout 1.0): a token says who, by
 * `sid` or by `sub` (§2.4), and when. What was signed in after that stays: a token may come late, and more
 * than once. It is remembered after it has taken effect, so that a fault in between leaves it good for the
 * provider's next try.
 *
 * @throws {BadRequest} The token has been used, or nobody is known by its `sub`. @throws {StoreUnavailable}
 * @throws {IndexForged}
 */
export async function signOutByToken(store: Store, token: LogoutToken): Promise<void> {
  const started = store.now();
  const { id, sid, sub = "", issuedAt, expiresAt } = token;
  if (await isUsed(store, id, expiresAt)) throw new BadRequest("The logout_token has been used.");
  const key = sid === undefined ? subjectPartition(sub) : sidPartition(sid);
  const { account, found } = await signOutIssuedUntil(store, key, issuedAt);
  if (account === undefined && sid === undefined)
    throw new BadRequest("The logout_token names nobody who has signed in here.");
  await useOnce(store, id, expiresAt);
  const details = {
    ...(account && { account }),
    found: found ?? UNSURE,
    ms: store.now() - started,
  };
  if (sid === undefined) store.log("info", "signout.subject", { subject: key, ...details });
  else store.log("info", "signout.elsewhere", { sid: key, ...details });
}

/**
 * Marks first, then ends: a sign-in under way either sees the tombstone, or has stored its tokens when they are
 * looked for, or writes on a condition that fails.
 */
async function signOutIssuedUntil(
  store: Store,
  key: IndexKey,
  until: number,
): Promise<{ account: string | undefined; found: boolean | undefined }> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    let entry = await readSid(store, key);
    if (entry === undefined) {
      await noteEarlyLogoutToken(store, key, until);
      entry = await readSid(store, key);
    }
    if (entry === undefined) return { account: undefined, found: false };
    const origin = originOf(store.keyring, entry);
    if (origin === "forged") {
      await noteEarlyLogoutToken(store, key, until);
      await failForged(store, entry);
    }
    if (origin === "unsigned") {
      store.log("warn", "index.unsigned", { index: key });
      if (entry.signedOut) await endGeneration(store, entry);
    }
    if (!(await noteIssuedUntil(store, entry, until))) continue;
    const found =
      origin === "ours" && isOver(store, entry)
        ? await endUnused(store, entry)
        : await endIssuedUntil(store, entry, until);
    return { account: entry.partition, found };
  }
}

/** Ends what it leads to and leaves it as it is: it must not vouch for a sign-out later. @throws {IndexForged} */
async function failForged(store: Store, entry: IndexRow): Promise<never> {
  await endForged(store, entry);
  store.log("error", "index.forged", { index: entry.partitionKey });
  throw new IndexForged();
}

/** What a `sid` leads to whose own session is over: others that use the account go on. */
async function endUnused(store: Store, entry: IndexRow): Promise<boolean> {
  return (await deleteIfOver(store, entry)) === "deleted";
}

/**
 * Signed out by an operator.
 * @returns whether tokens were there; undefined when nobody can tell. @throws {StoreUnavailable}
 */
export function signOutAccount(
  store: Store,
  homeAccountId: HomeAccountId,
): Promise<boolean | undefined> {
  return signOutPartition(store, accountPartition(homeAccountId));
}

/**
 * The same, by the account's hashed id: the one in the log and in the table. Every row of tokens goes, whether the
 * account's head names it or not, and whether or not anybody can open it. @throws {StoreUnavailable}
 */
export async function signOutPartition(
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
