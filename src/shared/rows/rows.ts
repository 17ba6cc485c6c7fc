import type { Entity } from "../table/table.ts";
import type { Generation, IndexKey, PartitionKey } from "./keys.ts";

/*
 * All that is kept, by kind. Rows that expire by themselves, and expiry rows, are found by their day. Early tombstones
 * are in one partition. Everything else is found by an expiry row, and tokens by their head and index rows too.
 */

/**
 * The head of an account names the generation that was created last. It holds no tokens, and it stays when a
 * generation ends: a sign-in creates the next one in a transaction whose condition is this row's ETag, so
 * whatever was sent before the head last changed can never create anything.
 */
export interface HeadRow extends Entity {
  readonly generation: Generation;
  /** ISO 8601. */
  readonly changedAt: string;
  /** Random: makes every version of the row a different one. */
  readonly change: string;
}

/** One generation: an account's tokens and sessions, sealed, in binary properties `d0`, `d1`, … */
export interface AccountRow extends Entity {
  readonly format: number;
  readonly keyId: string;
  /** Of that key. Absent in rows of the release before. */
  readonly fingerprint: string;
  readonly chunks: number;
  /** When the last session in it ends. ISO 8601; for the purge, which does not unseal. */
  readonly expiresAt: string;
}

/** Where the tokens of an identity provider session are. Written before the tokens, so that sign-out always finds them. */
export interface IndexRow extends Entity {
  readonly partitionKey: IndexKey;
  readonly partition: PartitionKey;
  readonly generation: Generation;
  /** When the last session that it leads to is over, as the purge has it filed. ISO 8601. Absent in rows of the release before. */
  readonly expiresAt: string;
  /** Whether a sign-out has ended what it points at for good, and no sign-in has reserved it since. */
  readonly signedOut: boolean;
  /** The last sign-out by the front channel: its tombstone's version and time (ISO 8601). Empty: none. */
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

/** Tells the purge of one day what to look at. Written before anything it names. */
export interface ExpiryRow extends Entity {
  readonly partition: PartitionKey;
  /** Empty: the account's head says which. In rows of the release before, the one that was to be created. */
  readonly generation: Generation;
  /** Partitions of the index rows that point at this account, separated by spaces. */
  readonly sids: string;
}

/** The partitions of index rows that an expiry row names. */
export function indexKeysIn({ sids }: ExpiryRow): IndexKey[] {
  return sids.split(" ").filter(Boolean) as IndexKey[];
}

/** Something was used that may be used once. */
export interface UsedRow extends Entity {
  /** Random: who has used it. */
  readonly taker: string;
}

/** A sign-in to this account has come so far that it looks for early tombstones. Among the used rows. */
export interface AnnouncedRow extends Entity {
  readonly partition: PartitionKey;
}

/** Sign-outs that named a `sid` or `sub` which nobody had reserved yet. */
export interface EarlyRow extends Entity {
  /**
   * Tombstones of {@link EARLY.bytes} bytes, oldest first: 16 bytes of hash, 4 of time in seconds, 4 of the logout
   * token's time (0: the front channel's), 8 of the version.
   */
  readonly tombstones: Uint8Array;
}

/** Where in a tombstone of an {@link EarlyRow} is what. Bytes. */
export const EARLY = { bytes: 32, leftAt: 16, issuedUntil: 20, version: 24 } as const;
