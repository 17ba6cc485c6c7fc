import { SealingKeyMissing } from "../base/errors.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { generationRow } from "../rows/keys.ts";
import type { AccountRow } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";
import { type Account, expiryOf, type KeptSession, liveSessions, type Segment } from "./account.ts";
import { missingKeyOf } from "./missingKey.ts";
import type { GenerationRef, Store } from "./store.ts";

/*
 * An account as a row, and back.
 *
 * The length of the directory in 4 bytes · the directory: what is known of each session, and where its segment is,
 * sealed under the app's keys · the segments, one for each session, which take their browser's share as well.
 */

interface Directory {
  /** In the order of the segments. */
  readonly sessions: Readonly<
    Record<string, Omit<KeptSession, "segment"> & { segment: SegmentPlace }>
  >;
}

interface SegmentPlace extends Omit<Segment, "bytes"> {
  /** Of the segment, in bytes. */
  readonly length: number;
  /** Its last bytes, base64url: no other segment can be put in its place. */
  readonly tag: string;
}

const FORMAT = 6;
const PURPOSE = "account";
const LENGTH_BYTES = 4;
const TAG_BYTES = 16;
/** The largest binary property of Table Storage. */
const CHUNK_BYTES = 64 * 1024;
/** Eleven chunks are 704 KiB, and 939 KiB in base64: below the limit of 1 MiB whichever way an entity is counted. */
const MAX_CHUNKS = 11;
/** More than the directory takes for one session, and than its length, nonce, tag and braces beside that. */
const ENTRY_BYTES = 1024;

/** Bytes that are free for a segment beside those of the other sessions. May be less than none. */
export function roomBeside(others: readonly KeptSession[]): number {
  const taken = others.reduce((sum, { segment }) => sum + segment.bytes.length + ENTRY_BYTES, 0);
  return MAX_CHUNKS * CHUNK_BYTES - ENTRY_BYTES - taken;
}

/** The account's row in the version to be stored now: sealed for exactly this row, and cut into chunks. */
export function rowOf(
  { keyring, now }: Pick<Store, "keyring" | "now">,
  { partition, generation }: GenerationRef,
  account: Account,
): AccountRow {
  const sessions = liveSessions(account, now());
  const rowKey = generationRow(generation);
  const directory: Directory = {
    sessions: Object.fromEntries(
      Object.entries(sessions).map(([key, { segment, ...entry }]) => [
        key,
        { ...entry, segment: placeOf(segment) },
      ]),
    ),
  };
  const plaintext = Buffer.from(JSON.stringify(directory));
  const { keyId, bytes: sealed } = keyring.seal(plaintext, PURPOSE, `${partition}/${rowKey}`);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(sealed.length);
  const segments = Object.values(sessions).map(({ segment }) => segment.bytes);
  const bytes = Buffer.concat([length, sealed, ...segments]);

  const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
  const data: Record<string, Uint8Array> = {};
  for (let i = 0; i < chunks; i++) {
    data[`d${i}`] = bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
  }
  return {
    partitionKey: partition,
    rowKey,
    format: FORMAT,
    keyId,
    fingerprint: keyring.fingerprints.get(keyId) ?? "",
    chunks,
    expiresAt: new Date(expiryOf({ sessions })).toISOString(),
    ...data,
  };
}

function placeOf({ keyId, fingerprint, bytes }: Segment): SegmentPlace {
  return { keyId, fingerprint, length: bytes.length, tag: tagOf(bytes) };
}

function tagOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.subarray(-TAG_BYTES)).toString("base64url");
}

/** @returns undefined for anything that {@link rowOf} did not make for this row with a key we hold. */
export function unsealAccount(keyring: Keyring, row: Stored<Entity>): Account | undefined {
  const { format, keyId, partitionKey, rowKey } = row;
  if (format !== FORMAT || typeof keyId !== "string") return undefined;
  const bytes = bytesOf(row);
  if (bytes === undefined || bytes.length < LENGTH_BYTES) return undefined;
  const end = LENGTH_BYTES + bytes.readUInt32BE();
  const sealed = { keyId, bytes: bytes.subarray(LENGTH_BYTES, end) };
  const plaintext = keyring.unseal(sealed, PURPOSE, `${partitionKey}/${rowKey}`);
  if (plaintext === undefined) return undefined;

  const { sessions }: Directory = JSON.parse(plaintext.toString());
  const kept: Record<string, KeptSession> = {};
  let at = end;
  for (const [key, { segment, ...entry }] of Object.entries(sessions)) {
    const { keyId, fingerprint, length, tag } = segment;
    const part = bytes.subarray(at, at + length);
    at += length;
    if (part.length !== length || tagOf(part) !== tag) return undefined;
    kept[key] = { ...entry, segment: { keyId, fingerprint, bytes: part } };
  }
  return at === bytes.length ? { sessions: kept } : undefined;
}

function bytesOf({ chunks, ...row }: Stored<Entity>): Buffer | undefined {
  if (typeof chunks !== "number" || !(chunks >= 1 && chunks <= MAX_CHUNKS)) return undefined;
  const parts: Uint8Array[] = [];
  for (let i = 0; i < chunks; i++) {
    const part = row[`d${i}`];
    if (!(part instanceof Uint8Array)) return undefined;
    parts.push(part);
  }
  const [first, ...more] = parts as [Uint8Array, ...Uint8Array[]];
  if (more.length > 0) return Buffer.concat(parts);
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}

/**
 * What a row holds; undefined, and a line in the log, where that is nothing.
 * @throws {SealingKeyMissing} Another instance may have the key, or get it back. Nobody gives the row up for that
 * before its time.
 */
export function readAccount(store: Store, row: Stored<Entity>): Account | undefined {
  const account = unsealAccount(store.keyring, row);
  if (account !== undefined) return account;
  const key = missingKeyOf(store.keyring, row);
  if (key !== undefined && Date.parse(String(row.expiresAt)) > store.now()) {
    throw new SealingKeyMissing(key);
  }
  store.log("warn", "cache.unreadable", { account: row.partitionKey });
  return undefined;
}
