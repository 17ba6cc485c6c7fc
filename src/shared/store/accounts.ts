import { generationRow, sessionKey } from "../rows/keys.ts";
import type { Account, Session, UnsealedAccount } from "./account.ts";
import { entityOf, readAccount } from "./accountEntity.ts";
import type { SessionRef } from "./signIn.ts";
import type { GenerationRef, Store } from "./store.ts";

/** An account's entity as one request read it. Writes of that request are conditional on its ETag. */
export interface AccountRead extends GenerationRef {
  readonly account: UnsealedAccount;
  readonly etag: string;
}

/** A session as one request read it. */
export interface SessionRead {
  readonly session: Session;
  readonly read: AccountRead;
}

/**
 * One point read. @returns undefined when the account is signed out, or the row was not sealed by this app.
 * @throws {SealingKeyMissing} This instance cannot tell. @throws {StoreUnavailable}
 */
export async function readVersion(
  store: Store,
  { partition, generation }: GenerationRef,
): Promise<AccountRead | undefined> {
  const entity = await store.table.get(partition, generationRow(generation));
  const account = entity && readAccount(store, entity);
  return account && { partition, generation, account, etag: entity.etag };
}

/** The same for one session: undefined also when that is over. */
export async function readSession(store: Store, ref: SessionRef): Promise<SessionRead | undefined> {
  const read = await readVersion(store, ref);
  const session = read?.account.sessions[sessionKey(ref.sessionId)];
  if (read === undefined || session === undefined || session.expiresAt <= store.now())
    return undefined;
  return { session, read };
}

/**
 * Writes an account over exactly the version that it was made from.
 * @returns false when that version is gone: another request replaced it, or a sign-out deleted it. Read to find out.
 */
export async function writeBack(
  store: Store,
  read: AccountRead,
  account: Account,
): Promise<boolean> {
  return (await store.table.replace(entityOf(store, read, account), read.etag)) === "done";
}

/**
 * Deletes exactly the version that was read, with all the account's sessions.
 * @returns false when a newer version is there, or none was.
 */
export async function removeRead(store: Store, read: AccountRead): Promise<boolean> {
  const rowKey = generationRow(read.generation);
  const removed = await store.table.remove(read.partition, rowKey, read.etag);
  return removed ?? (await store.table.get(read.partition, rowKey)) === undefined;
}
