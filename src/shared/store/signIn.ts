import { SignInOvertaken, StoreUnavailable } from "../base/errors.ts";
import { randomId } from "../base/random.ts";
import {
  accountPartition,
  type Generation,
  generationRow,
  type IndexKey,
  type PartitionKey,
  type Sid,
  sessionKey,
  sidPartition,
  subjectPartition,
} from "../rows/keys.ts";
import type { HeadRow } from "../rows/rows.ts";
import type { Outcome, Stored } from "../table/table.ts";
import { mergeCaches, type TokenCache } from "../tokens/tokenCache.ts";
import { type Account, issuedAtOf, liveSessions, type Session } from "./account.ts";
import { entityOf, readAccount, unsealAccount } from "./accountEntity.ts";
import { readEarlyTombstones } from "./earlySignOuts.ts";
import { fileForExpiry, overAt } from "./expiry.ts";
import { headOf, readHead } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import { reserveSid } from "./sidIndex.ts";
import type { GenerationRef, Store } from "./store.ts";
import { assertStartedAfter, type SignInStart } from "./tombstones.ts";

export interface SignIn {
  readonly session: Session;
  readonly cache: TokenCache;
  /** The identity provider's session ids of this sign-in. A sign-out may name any of them. */
  readonly sids: readonly Sid[];
  /** The `sub` of the ID token, if a logout token may name only that (back channel). */
  readonly subject?: string | undefined;
  /** Default: before every sign-out. */
  readonly start?: SignInStart | undefined;
  /** The session this browser had before, if any. */
  readonly replaces?: SessionRef | undefined;
  /**
   * Ids for the session, its own one first. The others are those of the browser's other sign-ins under way: if one of
   * them has made a session, this sign-in takes it over. So all of them end as one session, whichever cookie the browser
   * keeps. Default: a new id.
   */
  readonly sessionIds?: readonly string[];
}

export interface SessionRef extends GenerationRef {
  readonly sessionId: string;
}

/** Sign-ins of one account disturb each other when they run at once. Tests never needed so many rounds. */
const ATTEMPTS = 24;
/** For one account. With one more, the session that ends first goes. */
const MAX_SESSIONS = 50;
const BEFORE_ALL: SignInStart = { at: 0, seen: [] };

/** The partitions of a sign-in's index rows. Tombstones in them may stop it. */
export function indexKeysOf({ sids, subject }: Pick<SignIn, "sids" | "subject">): IndexKey[] {
  const keys = sids.map(sidPartition);
  if (subject !== undefined) keys.push(subjectPartition(subject));
  return keys;
}

/**
 * Stores a sign-in's tokens: in the account's live generation if it has one, else in a new one.
 *
 * 1. File the row that lets the purge find it, then the row that lets the front channel find it.
 * 2. Look for a sign-out of its `sid` that came after the sign-in was started.
 * 3. Store the tokens, on the condition that nothing changed since the account was read.
 *
 * A sign-out that comes before 3 takes effect either in 2 or through the condition of 3. One that comes
 * after 3 finds the tokens. When a condition fails, it begins again.
 *
 * @throws {SignInOvertaken} A sign-out was faster. Nothing is stored.
 * @throws {SealingKeyMissing} The account's row was sealed with a key that is not here. Nothing is stored.
 * @throws {StoreUnavailable}
 */
export async function storeSignIn(store: Store, signIn: SignIn): Promise<SessionRef> {
  const partition = accountPartition(signIn.session.homeAccountId);
  const keys = indexKeysOf(signIn);
  const { start = BEFORE_ALL, sessionIds = [randomId(store)] } = signIn;
  const started = { start, issuedAt: issuedAtOf(signIn.session) };
  const abandoned = new Set<Generation>();

  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    await beginRound(store, attempt);
    const current = await readCurrent(store, partition);
    const generation = current.live ? current.head.generation : (randomId(store) as Generation);
    const sessionId = idOf(sessionIds, current.live?.account, store.now());
    const ref: SessionRef = { partition, generation, sessionId };

    const over = overAt(store, signIn.session.expiresAt);

    await fileForExpiry(store, ref, keys, over);
    let reserved = true;
    for (const key of keys)
      reserved &&= await reserveSid(store, key, ref, over, abandoned, started);
    if (!reserved) continue;
    for (const key of keys) assertStartedAfter(await readEarlyTombstones(store, key), started);

    const outcome = current.live
      ? await join(store, ref, current.live, signIn)
      : await create(store, ref, current.head, signIn);
    if (outcome === "done") return ref;
    if (outcome === "unsure" && (await isStored(store, ref))) return ref;
    // The lost try may have stored the tokens, and a sign-out deleted them. Storing again would undo that.
    if (outcome === "unsure") throw new SignInOvertaken();
    if (!current.live) abandoned.add(generation);
  }
  throw new StoreUnavailable("Too many sign-ins to this account at once. Try again in a moment.");
}

interface LiveGeneration {
  readonly account: Account;
  readonly etag: string;
}

type Current =
  | { readonly head: Stored<HeadRow>; readonly live: LiveGeneration }
  | { readonly head: Stored<HeadRow> | undefined; readonly live?: undefined };

async function readCurrent(store: Store, partition: PartitionKey, round = 0): Promise<Current> {
  await beginRound(store, round);
  const head = await readHead(store, partition);
  if (!head?.generation) return { head };
  const rowKey = generationRow(head.generation);
  const entity = await store.table.get(partition, rowKey);
  if (entity === undefined) return { head };
  const account = readAccount(store, entity);
  if (account !== undefined) return { head, live: { account, etag: entity.etag } };
  // Nobody can use it: its sessions are over, or somebody tampered with it.
  const removed = await store.table.remove(partition, rowKey, entity.etag);
  return removed ? { head } : await readCurrent(store, partition, round + 1);
}

function create(store: Store, ref: SessionRef, head: Stored<HeadRow> | undefined, signIn: SignIn) {
  const account: Account = {
    sessions: { [sessionKey(ref.sessionId)]: signIn.session },
    cache: signIn.cache,
  };
  const next = headOf(store, ref.partition, ref.generation);
  return store.table.transact([
    head ? { kind: "replace", entity: next, etag: head.etag } : { kind: "insert", entity: next },
    { kind: "insert", entity: entityOf(store, ref, account) },
  ]);
}

function join(
  store: Store,
  ref: SessionRef,
  { account, etag }: LiveGeneration,
  signIn: SignIn,
): Promise<Outcome> {
  const { replaces } = signIn;
  const sessions = liveSessions(account, store.now());
  if (replaces?.generation === ref.generation) delete sessions[sessionKey(replaces.sessionId)];
  delete sessions[sessionKey(ref.sessionId)];
  const byExpiry = Object.entries(sessions).sort(([, a], [, b]) => b.expiresAt - a.expiresAt);
  const joined: Account = {
    sessions: {
      ...Object.fromEntries(byExpiry.slice(0, MAX_SESSIONS - 1)),
      [sessionKey(ref.sessionId)]: signIn.session,
    },
    cache: mergeInOrder(account, signIn),
  };
  return store.table.replace(entityOf(store, ref, joined), etag);
}

/** The first id that the account has a session for, else the first of all. */
function idOf(ids: readonly string[], account: Account | undefined, now: number): string {
  const sessions = account ? liveSessions(account, now) : {};
  return (ids.find((id) => sessions[sessionKey(id)]) ?? ids[0]) as string;
}

/** The cache of the sign-in that was issued last wins, with its refresh token. */
function mergeInOrder({ sessions, cache }: Account, signIn: SignIn): TokenCache {
  const last = Math.max(0, ...Object.values(sessions).map(issuedAtOf));
  return issuedAtOf(signIn.session) < last
    ? mergeCaches(signIn.cache, cache)
    : mergeCaches(cache, signIn.cache);
}

async function isStored(store: Store, ref: SessionRef): Promise<boolean> {
  const entity = await store.table.get(ref.partition, generationRow(ref.generation));
  const account = entity && unsealAccount(store.keyring, entity);
  return account?.sessions[sessionKey(ref.sessionId)] !== undefined;
}
