import { generationRow, sessionKey } from "../rows/keys.ts";
import type {
  Account,
  KeptSession,
  Session,
  SessionContent,
  SessionEntry,
  UnsealedContent,
} from "./account.ts";
import { readAccount, roomBeside, rowOf } from "./accountRow.ts";
import { type HeldSession, type SessionRef, sealContent, unsealContent } from "./segments.ts";
import type { GenerationRef, Store } from "./store.ts";

/** An account's row as one request read it. What the request writes back is conditional on this read. */
export interface AccountRead extends GenerationRef {
  readonly account: Account;
  readonly etag: string;
}

/** The part of a session that one request read without its browser's share. */
export interface EntryRead {
  readonly entry: KeptSession;
  readonly read: AccountRead;
}

/** A whole session as one request read it. */
export interface SessionRead extends EntryRead {
  readonly session: Session;
  readonly content: UnsealedContent;
}

/**
 * One point read. @returns undefined when the account is signed out, or the row was not sealed by this app.
 * @throws {SealingKeyMissing} This instance cannot tell. @throws {StoreUnavailable}
 */
export async function readVersion(
  store: Store,
  { partition, generation }: GenerationRef,
): Promise<AccountRead | undefined> {
  const row = await store.table.get(partition, generationRow(generation));
  const account = row && readAccount(store, row);
  return account && { partition, generation, account, etag: row.etag };
}

/** The same for one session: undefined also when that is over. */
export async function readEntry(store: Store, ref: SessionRef): Promise<EntryRead | undefined> {
  const read = await readVersion(store, ref);
  const entry = read?.account.sessions[sessionKey(ref.sessionId)];
  if (read === undefined || entry === undefined || entry.expiresAt <= store.now()) return undefined;
  return { entry, read };
}

/**
 * One point read. @returns undefined when the session is signed out, expired, or nothing that we have sealed.
 * @throws {SealingKeyMissing} Whether there is a session, nobody can tell here. @throws {StoreUnavailable}
 */
export async function readSession(
  store: Store,
  held: HeldSession,
): Promise<SessionRead | undefined> {
  const found = await readEntry(store, held);
  if (found === undefined) return undefined;
  const content = unsealContent(store, held, found.entry);
  if (content === undefined) return undefined;
  const { segment: _, ...entry } = found.entry;
  return { ...found, content, session: { ...entry, ...content.user } };
}

/** Whether two reads found a session with the very same tokens: nothing is sealed twice alike. */
export function hasSameTokens(a: Pick<EntryRead, "entry">, b: Pick<EntryRead, "entry">): boolean {
  return Buffer.compare(a.entry.segment.bytes, b.entry.segment.bytes) === 0;
}

/**
 * Writes a session's own segment back, over exactly the version that was read. The other sessions stay as they are.
 * @returns false when that version is gone: replaced by another request, or signed out. Read again to find out.
 */
export async function writeBack(
  store: Store,
  held: HeldSession,
  { read, entry }: EntryRead,
  content: SessionContent,
  changes: Partial<SessionEntry> = {},
): Promise<boolean> {
  const key = sessionKey(held.sessionId);
  const { [key]: _, ...others } = read.account.sessions;
  const segment = sealContent(store, held, content, roomBeside(Object.values(others)));
  const sessions = { ...others, [key]: { ...entry, ...changes, segment } };
  return (await store.table.replace(rowOf(store, read, { sessions }), read.etag)) === "done";
}

/**
 * Deletes exactly the version that was read, with all the account's sessions.
 * @returns false when it is newer, or was gone.
 */
export async function removeRead(store: Store, read: AccountRead): Promise<boolean> {
  const rowKey = generationRow(read.generation);
  const removed = await store.table.remove(read.partition, rowKey, read.etag);
  return removed ?? (await store.table.get(read.partition, rowKey)) === undefined;
}
