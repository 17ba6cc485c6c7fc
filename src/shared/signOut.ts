import { noteEarlySignOut } from "./store/earlySignOuts.ts";
import { deleteGeneration, endGeneration, readHead } from "./store/generation.ts";
import { accountPartition, sidPartition } from "./store/keys.ts";
import { markSignedOut, readSid } from "./store/sidIndex.ts";
import type { GenerationRef, Store } from "./store/store.ts";

/*
 * What happens when a user signs out.
 *
 * All of an account's tokens and sessions are in one entity, the account's open generation. Signing out is
 * deleting that entity: from then on no cookie finds a session and no request finds a token, on any
 * instance, because each of them reads the entity first. A token refresh in flight cannot bring it back: it
 * writes on the condition that the version it read is still there. A sign-in in flight cannot either: see
 * store/signIn.ts. None of these functions returns before the tokens are gone; when the table does not
 * answer, they throw.
 */

/** Signed out in this app, by the browser that holds the cookie: one request to the table. @throws {StoreUnavailable} */
export async function signOutHere(store: Store, ref: GenerationRef): Promise<void> {
  const found = await deleteGeneration(store, ref);
  store.log("info", "signout.here", { account: ref.partition, found });
}

/**
 * Signed out in any other app: the identity provider calls the front-channel logout URL with nothing but a
 * `sid` (OpenID Connect Front-Channel Logout 1.0 §3). Two requests until the tokens are gone, and one to
 * make sure that no sign-in of that provider session, still running somewhere, will ever be stored.
 *
 * @throws {StoreUnavailable}
 */
export async function signOutElsewhere(store: Store, sid: string): Promise<void> {
  const key = sidPartition(sid);
  let found = false;
  for (;;) {
    let entry = await readSid(store, key);
    if (entry === undefined) {
      // Unknown, or its sign-in is still redeeming the code. Leave word for that one, then look again: it
      // writes its entry before it looks for word, so one of the two sees the other.
      await noteEarlySignOut(store, sid);
      entry = await readSid(store, key);
    }
    if (entry === undefined || entry.signedOut) break;

    if (await endGeneration(store, entry)) found = true;
    // Refused when a sign-in claimed the `sid` meanwhile: then that one has to end too.
    if (await markSignedOut(store, entry)) break;
  }
  store.log("info", "signout.elsewhere", { sid: key, found });
}

/** Signed out by an operator, or because the identity provider withdrew its grant. @throws {StoreUnavailable} */
export async function signOutAccount(store: Store, homeAccountId: string): Promise<void> {
  const partition = accountPartition(homeAccountId);
  const head = await readHead(store, partition);
  const found = head?.generation
    ? await deleteGeneration(store, { partition, generation: head.generation })
    : false;
  store.log("info", "signout.operator", { account: partition, found });
}
