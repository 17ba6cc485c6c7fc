import { randomId } from "../base/random.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { generationRow, SID } from "../rows/keys.ts";
import type { Entity, Stored } from "../table/table.ts";
import { endGeneration, preventCreation } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import type { GenerationRef, Store } from "./store.ts";
import { assertStartedAfter, CLOCKS_APART, type Started, type Tombstone } from "./tombstones.ts";

/** Where the tokens of an identity provider session are. Written before the tokens, so that sign-out always finds them. */
export interface SidEntry extends Entity {
  readonly partition: string;
  readonly generation: string;
  /** When the last session that it leads to is over, as the purge has it filed. ISO 8601. Absent in rows of the release before. */
  readonly expiresAt: string;
  /** Whether a sign-out has ended what it points at for good, and no sign-in has claimed it since. */
  readonly signedOut: boolean;
  /** The last sign-out by the front channel: its {@link Tombstone}'s version and time (ISO 8601). Empty: none. */
  readonly tombstone: string;
  readonly leftAt: string;
  /** The last by the back channel: its version, and the newest `iat` of a logout token so far (ISO 8601). Empty: none. */
  readonly tokenTombstone: string;
  readonly issuedUntil: string;
  /** ISO 8601. */
  readonly changedAt: string;
  /** A MAC over the row's key and all its fields, and the key that made it. Absent in rows of the release before. */
  readonly keyId: string;
  readonly mac: Uint8Array;
}

type Content = Pick<SidEntry, "partition" | "generation" | "expiresAt"> &
  Partial<Pick<SidEntry, "signedOut" | "tombstone" | "leftAt" | "tokenTombstone" | "issuedUntil">>;

/** The one place where the row is made. */
function entryOf(store: Store, partitionKey: string, content: Content): SidEntry {
  const { partition, generation, expiresAt = "" } = content;
  const { signedOut = false, tombstone = "", leftAt = "" } = content;
  const { tokenTombstone = "", issuedUntil = "" } = content;
  return authenticated(store.keyring, {
    partitionKey,
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
  const { keyId, mac, partition, generation } = row;
  const isPointer = PARTITION.test(String(partition)) && GENERATION.test(String(generation));
  if (mac === undefined && isPointer) return "unsigned";
  if (!(mac instanceof Uint8Array) || typeof keyId !== "string") return "forged";
  const isOurs = keyring.unseal({ keyId, bytes: mac }, PURPOSE, contentOf(row)) !== undefined;
  return isOurs ? "ours" : "forged";
}

function contentOf({ etag: _, keyId: __, mac: ___, ...row }: Entity): string {
  return JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const PARTITION = /^a\.[\w-]+$/;
const GENERATION = /^[\w-]+$/;

/** Ends what a row leads to, as far as it leads to anything: nobody knows who has written it. */
export async function endForged(store: Store, { partition, generation }: SidEntry): Promise<void> {
  if (!PARTITION.test(String(partition)) || !GENERATION.test(String(generation))) return;
  await endGeneration(store, { partition, generation });
}

export function readSid(store: Store, partitionKey: string): Promise<Stored<SidEntry> | undefined> {
  return store.table.get<SidEntry>(partitionKey, SID);
}

/** The sign-outs that a sign-in with this `sid` has to have been started after. */
export function tombstonesOf(entry: SidEntry): Tombstone[] {
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
export function isOver(store: Store, { expiresAt }: SidEntry): boolean {
  return Date.parse(expiresAt) + CLOCKS_APART <= store.now();
}

/**
 * Points a `sid` at the generation that its sign-in is going to be stored in. The tombstones in the entry stay:
 * they stop other sign-ins too.
 *
 * @param over When the session is over. Milliseconds since 1970.
 * @param abandoned Generations this same sign-in tried before and that are known never to have been opened.
 * @returns false when the `sid` already belongs to a generation that has been opened in the meantime.
 * @throws {SignInOvertaken} The provider has signed this session out since the sign-in was started.
 */
export async function reserveSid(
  store: Store,
  partitionKey: string,
  { partition, generation }: GenerationRef,
  over: number,
  abandoned: ReadonlySet<string>,
  signIn: Started,
): Promise<boolean> {
  const expiresAt = new Date(over).toISOString();
  const claim = { partition, generation, expiresAt, signedOut: false };
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    if ((await store.table.insert(entryOf(store, partitionKey, claim))) === "done") return true;
    const entry = await readSid(store, partitionKey);
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
        if (!(await preventCreation(store, entry)) && (await isOpen(store, entry))) return false;
      }
    }
    if (await rewrite(store, entry, claim)) return true;
  }
}

async function isOpen(store: Store, ref: GenerationRef): Promise<boolean> {
  return (await store.table.get(ref.partition, generationRow(ref.generation))) !== undefined;
}

/**
 * Marks a `sid` as signed out, with a tombstone that nobody has seen yet.
 * @returns false when the entry was changed since it was read.
 */
export function noteSignedOut(store: Store, entry: Stored<SidEntry>): Promise<boolean> {
  const leftAt = new Date(store.now()).toISOString();
  return rewrite(store, entry, { signedOut: true, tombstone: randomId(store), leftAt });
}

/**
 * Marks the sign-ins whose ID tokens were issued up to then as signed out.
 * @param until Milliseconds since 1970.
 * @returns false when the entry was changed since it was read.
 */
export function noteIssuedUntil(
  store: Store,
  entry: Stored<SidEntry>,
  until: number,
): Promise<boolean> {
  const time = new Date(until).toISOString();
  const issuedUntil = entry.issuedUntil > time ? entry.issuedUntil : time;
  return rewrite(store, entry, { tokenTombstone: randomId(store), issuedUntil });
}

async function rewrite(store: Store, entry: Stored<SidEntry>, changes: Partial<Content>) {
  const next = entryOf(store, entry.partitionKey, { ...entry, ...changes });
  return (await store.table.replace(next, entry.etag)) === "done";
}
