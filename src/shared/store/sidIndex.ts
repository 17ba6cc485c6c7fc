import { randomId } from "../base/random.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { type IndexKey, SID } from "../rows/keys.ts";
import { isPointer } from "../rows/readRow.ts";
import type { IndexRow } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";
import { endGeneration } from "./generation.ts";
import type { Store } from "./store.ts";
import { CLOCKS_APART_MS, type Tombstone } from "./tombstones.ts";

type Content = Pick<IndexRow, "partition" | "generation" | "expiresAt" | "signedOut"> &
  Partial<Pick<IndexRow, "tombstone" | "leftAt" | "tokenTombstone" | "issuedUntil">>;

export function indexRowOf(store: Store, key: IndexKey, content: Content): IndexRow {
  const { partition, generation, expiresAt = "" } = content;
  const { signedOut, tombstone = "", leftAt = "" } = content;
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

/** The row with its MAC: AES-GCM without plaintext, the row as additional data (GMAC, NIST SP 800-38D). */
export function authenticated<E extends Entity>(keyring: Keyring, row: E) {
  const { keyId, bytes: mac } = keyring.seal(NOTHING, PURPOSE, contentOf(row));
  return { ...row, keyId, mac };
}

/** Who wrote a row. `unsigned`: the release before. `forged`: somebody without our keys. */
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

/** Ends the generation that a forged row points at, if it points at one. */
export async function endForged(store: Store, row: IndexRow): Promise<void> {
  if (isPointer(row)) await endGeneration(store, row);
}

export function readSid(store: Store, key: IndexKey): Promise<Stored<IndexRow> | undefined> {
  return store.table.get<IndexRow>(key, SID);
}

/** The tombstones in an index row. A sign-in under its key has to have started after these sign-outs. */
export function tombstonesOf(row: IndexRow): Tombstone[] {
  const { tombstone, leftAt, tokenTombstone, issuedUntil, signedOut, changedAt } = row;
  const tombstones: Tombstone[] = [];
  if (tombstone) tombstones.push({ version: tombstone, leftAt: Date.parse(leftAt) });
  // The release before wrote no tombstone.
  else if (signedOut) tombstones.push({ version: "", leftAt: Date.parse(changedAt) });
  if (tokenTombstone)
    tombstones.push({ version: tokenTombstone, issuedUntil: Date.parse(issuedUntil) });
  return tombstones;
}

/** Whether the sessions that it leads to are over, by every instance's clock. */
export function isOver(store: Store, { expiresAt }: IndexRow): boolean {
  return Date.parse(expiresAt) + CLOCKS_APART_MS <= store.now();
}

/**
 * Notes in an index row that its `sid` is signed out, with a new tombstone.
 * @returns false when the row has changed since it was read.
 */
export function noteSignedOut(store: Store, row: Stored<IndexRow>): Promise<boolean> {
  const leftAt = new Date(store.now()).toISOString();
  return rewrite(store, row, { signedOut: true, tombstone: randomId(store), leftAt });
}

/**
 * Notes in an index row that sign-ins are signed out if their ID tokens were issued up to a time.
 * @param until Milliseconds since 1970.
 * @returns false when the row has changed since it was read.
 */
export function noteIssuedUntil(
  store: Store,
  row: Stored<IndexRow>,
  until: number,
): Promise<boolean> {
  const time = new Date(until).toISOString();
  const issuedUntil = row.issuedUntil > time ? row.issuedUntil : time;
  return rewrite(store, row, { tokenTombstone: randomId(store), issuedUntil });
}

export async function rewrite(store: Store, row: Stored<IndexRow>, changes: Partial<Content>) {
  const next = indexRowOf(store, row.partitionKey, { ...row, ...changes });
  return (await store.table.replace(next, row.etag)) === "done";
}
