import { sessionKey } from "../rows/keys.ts";
import type { HeadRow } from "../rows/rows.ts";
import type { Outcome, Stored } from "../table/table.ts";
import type { TokenCache } from "../tokens/tokenCache.ts";
import {
  type Account,
  type Binding,
  type KeptSession,
  liveSessions,
  partsOf,
  type Session,
} from "./account.ts";
import { roomBeside, rowOf } from "./accountRow.ts";
import type { LiveGeneration } from "./currentGeneration.ts";
import { headOf } from "./generation.ts";
import { type HeldSession, type SessionRef, sealContent } from "./segments.ts";
import type { Store } from "./store.ts";

/** A session to be stored, with its tokens. */
export interface NewSession {
  readonly session: Session;
  readonly cache: TokenCache;
  /** The session this browser had before, if any. */
  readonly replaces?: SessionRef | undefined;
}

/** For one account. With one more, the session that ends first goes. */
const MAX_SESSIONS = 50;
/** What a new session gets at least. Fifty of them fit. */
const MIN_ROOM_BYTES = 13 * 1024;

/** Creates a generation with the new session, on the condition that the head is as it was read. */
export function create(
  store: Store,
  held: HeldSession,
  head: Stored<HeadRow> | undefined,
  signIn: NewSession,
): Promise<Outcome> {
  const next = headOf(store, held.partition, held.generation);
  const account = withSession(store, held, [], signIn);
  return store.table.transact([
    head ? { kind: "replace", entity: next, etag: head.etag } : { kind: "insert", entity: next },
    { kind: "insert", entity: rowOf(store, held, account) },
  ]);
}

/** Adds the new session to the live generation, on the condition that it is as it was read. */
export function join(
  store: Store,
  held: HeldSession,
  { account, etag }: LiveGeneration,
  signIn: NewSession,
): Promise<Outcome> {
  const { replaces } = signIn;
  const sessions = liveSessions(account, store.now());
  if (replaces?.generation === held.generation) delete sessions[sessionKey(replaces.sessionId)];
  const { [sessionKey(held.sessionId)]: taken, ...rest } = sessions;
  const others = Object.entries(rest).sort(([, a], [, b]) => b.expiresAt - a.expiresAt);
  const joined = withSession(store, held, others, signIn, taken?.binding);
  return store.table.replace(rowOf(store, held, joined), etag);
}

/**
 * The new session among the others. Those that end first give way when there are too many, or no room is left.
 * @param binding Of the session that it takes over.
 */
function withSession(
  store: Store,
  held: HeldSession,
  others: readonly [string, KeptSession][],
  { session, cache }: NewSession,
  binding?: Binding,
): Account {
  let kept = others.slice(0, MAX_SESSIONS - 1);
  const roomLeft = () => roomBeside(kept.map(([, other]) => other));
  while (roomLeft() < MIN_ROOM_BYTES) kept = kept.slice(0, -1);
  const { entry, user } = partsOf(session);
  const segment = sealContent(store, held, { user, cache }, roomLeft());
  const added = { ...entry, binding, segment };
  return { sessions: { ...Object.fromEntries(kept), [sessionKey(held.sessionId)]: added } };
}
