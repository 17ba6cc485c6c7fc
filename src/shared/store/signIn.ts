import { allOf } from "../base/allOf.ts";
import { SignInOvertaken } from "../base/errors.ts";
import { randomId } from "../base/random.ts";
import {
  accountPartition,
  type Generation,
  generationRow,
  type IndexKey,
  type Sid,
  sessionKey,
  sidPartition,
  subjectPartition,
} from "../rows/keys.ts";
import { type Account, liveSessions } from "./account.ts";
import { unsealAccount } from "./accountRow.ts";
import { announce } from "./announcements.ts";
import { readCurrent } from "./currentGeneration.ts";
import { readEarlyTombstones } from "./earlySignOuts.ts";
import { fileForExpiry, overAt } from "./expiry.ts";
import { isLive, reserveSid, takeSidOver } from "./reservation.ts";
import type { HeldSession } from "./segments.ts";
import { readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";
import { create, join, type NewSession } from "./storeSession.ts";
import { assertStartedAfter, type SignInStart } from "./tombstones.ts";

export interface SignIn extends NewSession {
  /** The identity provider's session ids of this sign-in. A sign-out may name any of them. */
  readonly sids: readonly Sid[];
  /** The `sub` of the ID token, if a logout token may name only that (back channel). */
  readonly subject?: string | undefined;
  /** Default: before every sign-out. */
  readonly start?: SignInStart | undefined;
  /**
   * Ids for the session with their shares, its own one first. The others are those of the browser's other sign-ins under
   * way: if one of them has made a session, this sign-in takes it over. So all of them end as one session, whichever
   * cookie the browser keeps. Default: new ones.
   */
  readonly ids?: readonly SessionId[];
}

/** What a browser knows a session by. */
export type SessionId = Pick<HeldSession, "sessionId" | "share">;

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
 * 1. Read the account. At once, file the row that lets the purge find what follows, and announce the sign-in.
 * 2. Write the row that lets the front channel find the tokens. At once, look for a sign-out of its `sid` that came
 *    after the sign-in was started.
 * 3. Store the tokens, on the condition that nothing changed since the account was read.
 *
 * A sign-out that comes before 3 takes effect either in 2 or through the condition of 3. One that comes
 * after 3 finds the tokens. When a condition fails, it begins again.
 *
 * @throws {SignInOvertaken} A sign-out was faster. Nothing is stored.
 * @throws {SealingKeyMissing} The account's row was sealed with a key that is not here. Nothing is stored.
 * @throws {StoreUnavailable}
 */
export async function storeSignIn(store: Store, signIn: SignIn): Promise<HeldSession> {
  const partition = accountPartition(signIn.session.homeAccountId);
  const keys = indexKeysOf(signIn);
  const { start = BEFORE_ALL, ids = [newId(store)] } = signIn;
  const started = { start, issuedAt: signIn.session.issuedAt };
  const over = overAt(store, signIn.session.expiresAt);
  /** Generations that are not live and never will be. */
  const ended = new Set<Generation>();
  const lookForTombstones = (index: readonly IndexKey[]) =>
    allOf(
      index.map(async (key) => assertStartedAfter(await readEarlyTombstones(store, key), started)),
    );

  let [current, announced] = await allOf([
    readCurrent(store, partition),
    allOf(keys.map((key) => announce(store, key, partition))),
    fileForExpiry(store, partition, keys, over),
  ]);
  for (let round = 0; ; current = await readCurrent(store, partition, ++round)) {
    const { head, live } = current;
    const generation = live ? head.generation : (randomId(store) as Generation);
    const id = idOf(ids, live?.account, store.now());
    const ref: HeldSession = { partition, generation, ...id };
    const reservation = { partition, generation, over };

    const [reserved, isMissed] = await allOf([
      allOf(keys.map((key) => reserveSid(store, key, reservation))),
      // A list may have read the head later than the rest.
      !live && head?.generation ? isLive(store, { partition, ...head }) : false,
      lookForTombstones(keys.filter((_, at) => announced[at])),
    ]);
    if (isMissed) continue;
    if (!live && head) ended.add(head.generation);
    const [found] = await allOf([
      allOf(keys.map((key, at) => (reserved[at] ? "new" : readSid(store, key)))),
      lookForTombstones(keys.filter((_, at) => !announced[at])),
    ]);
    const taken = await allOf(
      keys.map((key, at) => {
        const row = found[at];
        if (typeof row !== "object") return row === "new";
        return takeSidOver(store, key, row, reservation, ended, started);
      }),
    );
    if (taken.includes(false)) continue;

    const outcome = live
      ? await join(store, ref, live, signIn)
      : await create(store, ref, head, signIn);
    if (outcome === "done") return ref;
    if (outcome === "unsure" && (await isStored(store, ref))) return ref;
    // The lost try may have stored the tokens, and a sign-out deleted them. Storing again would undo that.
    if (outcome === "unsure") throw new SignInOvertaken();
    if (!live) ended.add(generation);
  }
}

function newId(store: Store): SessionId {
  const share = Buffer.from(store.randomBytes(32)).toString("base64url");
  return { sessionId: randomId(store), share };
}

/** The first id that the account has a session for, else the first of all. */
function idOf(ids: readonly SessionId[], account: Account | undefined, now: number): SessionId {
  const sessions = account ? liveSessions(account, now) : {};
  return (ids.find((id) => sessions[sessionKey(id.sessionId)]) ?? ids[0]) as SessionId;
}

/** Only who has the sign-in's share can have stored its session. */
async function isStored(store: Store, held: HeldSession): Promise<boolean> {
  const row = await store.table.get(held.partition, generationRow(held.generation));
  const account = row && unsealAccount(store.keyring, row);
  return account?.sessions[sessionKey(held.sessionId)] !== undefined;
}
