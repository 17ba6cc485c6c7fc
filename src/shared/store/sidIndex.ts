import { randomId } from "../base/random.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { type Generation, generationRow, type IndexKey, SID } from "../rows/keys.ts";
import { type IndexRow, isPointer } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";
import { endGeneration, preventCreation } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import type { GenerationRef, Store } from "./store.ts";
import { assertStartedAfter, CLOCKS_APART_MS, type Started, type Tombstone } from "./tombstones.ts";

type Content = Pick<IndexRow, "partition" | "generation" | "expiresAt"> &
  Partial<Pick<IndexRow, "signedOut" | "tombstone" | "leftAt" | "tokenTombstone" | "issuedUntil">>;

/** The one place where the row is made. */
function entryOf(store: Store, key: IndexKey, content: Content): IndexRow {
  const { partition, generation, expiresAt = "" } = content;
  const { signedOut = false, tombstone = "", leftAt = "" } = content;
  const { tokenTombstone = "", issuedUntil = "" } = content;
  return authenticated(store.keyring, {
    partitionKey: key,
    rowKey: SID,
    partition,
    generation,
    expiresAt,
    signedOut,
    tombstone,
    leftAt,
    tokenTombstone,
    issuedUntil,
    changedAt: new Date(store.now()).toISOString(),
  });
}

const PURPOSE = "index";
const NOTHING = Buffer.alloc(0);

/** The row with its MAC: AES-GCM over nothing but what the tag is bound to (NIST SP 800-38D, GMAC). */
export function authenticated<E extends Entity>(keyring: Keyring, row: E) {
  const { keyId, bytes: mac } = keyring.seal(NOTHING, PURPOSE, contentOf(row));
  return { ...row, keyId, mac };
}

/** `unsigned`: as the release before wrote it. `forged`: not written by anybody who has one of our keys. */
export type Origin = "ours" | "unsigned" | "forged";

export function originOf(keyring: Keyring, row: Stored<Entity>): Origin {
  const { keyId, mac } = row;
  if (mac === undefined && isPointer(row)) return "unsigned";
  if (!(mac instanceof Uint8Array) || typeof keyId !== "string") return "forged";
  const isOurs = keyring.unseal({ keyId, bytes: mac }, PURPOSE, contentOf(row)) !== undefined;
  return isOurs ? "ours" : "forged";
}

function contentOf({ etag: _, keyId: __, mac: ___, ...row }: Entity): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Ends what a row leads to, as far as it leads to anything: nobody knows who has written it. */
export async function endForged(store: Store, row: IndexRow): Promise<void> {
  if (isPointer(row)) await endGeneration(store, row);
}

export function readSid(store: Store, key: IndexKey): Promise<Stored<IndexRow> | undefined> {
  return store.table.get<IndexRow>(key, SID);
}

/** The sign-outs that a sign-in with this `sid` has to have been started after. */
export function tombstonesOf(entry: IndexRow): Tombstone[] {
  const { tombstone, leftAt, tokenTombstone, issuedUntil, signedOut, changedAt } = entry;
  const tombstones: Tombstone[] = [];
  if (tombstone) tombstones.push({ version: tombstone, leftAt: Date.parse(leftAt) });
  // As the release before wrote it.
  else if (signedOut) tombstones.push({ version: "", leftAt: Date.parse(changedAt) });
  if (tokenTombstone)
    tombstones.push({ version: tokenTombstone, issuedUntil: Date.parse(issuedUntil) });
  return tombstones;
}

/** Whether the sessions that it leads to have ended, and none can be about to be stored. */
export function isOver(store: Store, { expiresAt }: IndexRow): boolean {
  return Date.parse(expiresAt) + CLOCKS_APART_MS <= store.now();
}

/**
 * Points a `sid` at the generation that its sign-in is going to be stored in. The tombstones in the entry stay:
 * they stop other sign-ins too.
 *
 * @param over When the session is over. Milliseconds since 1970.
 * @param abandoned Generations this same sign-in tried before and that are known never to have been created.
 * @returns false when the `sid` already belongs to a generation that has been created in the meantime.
 * @throws {SignInOvertaken} The provider has signed this session out since the sign-in was started.
 */
export async function reserveSid(
  store: Store,
  key: IndexKey,
  { partition, generation }: GenerationRef,
  over: number,
  abandoned: ReadonlySet<Generation>,
  signIn: Started,
): Promise<boolean> {
  const expiresAt = new Date(over).toISOString();
  const reservation = { partition, generation, expiresAt, signedOut: false };
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    if ((await store.table.insert(entryOf(store, key, reservation))) === "done") return true;
    const entry = await readSid(store, key);
    if (entry === undefined) continue;
    assertStartedAfter(tombstonesOf(entry), signIn);

    // Its tombstones count whoever has made them; nothing else does that is not ours.
    const origin = originOf(store.keyring, entry);
    if (origin === "forged" && entry.partition !== partition) await endForged(store, entry);
    else if (!entry.signedOut || origin !== "ours") {
      const isSame = entry.partition === partition && entry.generation === generation;
      if (isSame && origin === "ours" && entry.expiresAt >= expiresAt) return true;
      // The entry is the only way to find what it points at, so that has to be gone before it is overwritten.
      if (entry.partition !== partition) await endGeneration(store, entry);
      else if (!isSame && !abandoned.has(entry.generation)) {
        if (!(await preventCreation(store, entry)) && (await isLive(store, entry))) return false;
      }
    }
    if (await rewrite(store, entry, reservation)) return true;
  }
}

async function isLive(store: Store, ref: GenerationRef): Promise<boolean> {
  return (await store.table.get(ref.partition, generationRow(ref.generation))) !== undefined;
}

/**
 * Notes that a `sid` is signed out, by a tombstone that nobody has seen yet.
 * @returns false when the entry was changed since it was read.
 */
export function noteSignedOut(store: Store, entry: Stored<IndexRow>): Promise<boolean> {
  const leftAt = new Date(store.now()).toISOString();
  return rewrite(store, entry, { signedOut: true, tombstone: randomId(store), leftAt });
}

/**
 * Notes that the sign-ins are signed out whose ID tokens were issued up to then.
 * @param until Milliseconds since 1970.
 * @returns false when the entry was changed since it was read.
 */
export function noteIssuedUntil(
  store: Store,
  entry: Stored<IndexRow>,
  until: number,
): Promise<boolean> {
  const time = new Date(until).toISOString();
  const issuedUntil = entry.issuedUntil > time ? entry.issuedUntil : time;
  return rewrite(store, entry, { tokenTombstone: randomId(store), issuedUntil });
}

async function rewrite(store: Store, entry: Stored<IndexRow>, changes: Partial<Content>) {
  const next = entryOf(store, entry.partitionKey, { ...entry, ...changes });
  return (await store.table.replace(next, entry.etag)) === "done";
}
