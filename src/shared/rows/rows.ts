import type { Entity, Stored } from "../table/table.ts";
import {
  EARLY_SIGN_OUTS,
  type Generation,
  generationRow,
  HEAD,
  type IndexKey,
  type PartitionKey,
  SID,
} from "./keys.ts";

/*
 * All that is kept, by kind. Every row is found by another one: an expiry row by its day, everything else by an
 * expiry row, and tokens by their head and by their index rows too.
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

/** Something was used that may be used once. */
interface UsedRow extends Entity {
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

/** A row that is as the protocol writes it, as far as can be told without a key. */
export type Row =
  | { readonly kind: "head"; readonly row: Stored<HeadRow>; readonly partition: PartitionKey }
  | {
      readonly kind: "account";
      readonly row: Stored<AccountRow>;
      readonly partition: PartitionKey;
      readonly generation: Generation;
    }
  | { readonly kind: "index"; readonly row: Stored<IndexRow>; readonly key: IndexKey }
  | { readonly kind: "expiry"; readonly row: Stored<ExpiryRow>; readonly day: string }
  | { readonly kind: "used"; readonly row: Stored<UsedRow>; readonly day: string }
  | { readonly kind: "early"; readonly row: Stored<EarlyRow> };

export type Kind = Row["kind"];

const ACCOUNT_PARTITION = /^a\.[\w-]+$/;
const GENERATION = /^[\w-]+$/;

/** What a row is. @returns undefined for one that Lightsout does not write. */
export function readRow(row: Stored<Entity>): Row | undefined {
  const { partitionKey, rowKey } = row;
  if (partitionKey === EARLY_SIGN_OUTS) {
    return isEarly(row) ? { kind: "early", row } : undefined;
  }
  const [, section, name = ""] = /^([asutx])\.(.+)$/.exec(partitionKey) ?? [];
  switch (section) {
    case "t":
      return isDay(name) && HASH.test(rowKey)
        ? { kind: "used", row: row as Stored<UsedRow>, day: name }
        : undefined;
    case "x":
      return isDay(name) && isExpiry(row) ? { kind: "expiry", row, day: name } : undefined;
    case "a": {
      if (!HASH.test(name)) return undefined;
      const partition = partitionKey as PartitionKey;
      if (rowKey === HEAD) return isHead(row) ? { kind: "head", row, partition } : undefined;
      const generation = rowKey.slice(generationRow("" as Generation).length) as Generation;
      return isAccount(row, generation)
        ? { kind: "account", row, partition, generation }
        : undefined;
    }
    default:
      return HASH.test(name) && rowKey === SID && isIndex(row)
        ? { kind: "index", row, key: partitionKey as IndexKey }
        : undefined;
  }
}

const HASH = /^[\w-]{43}$/;

function isHead(row: Stored<Entity>): row is Stored<HeadRow> {
  return typeof row.generation === "string" && isTime(row.changedAt);
}

function isAccount(row: Stored<Entity>, generation: Generation): row is Stored<AccountRow> {
  const { partitionKey, rowKey, etag, format, keyId, fingerprint, chunks, expiresAt, ...data } =
    row;
  const parts = Object.keys(data);
  const isWhole = parts.length === chunks && parts.every((name) => /^d\d+$/.test(name));
  if (!/^[\w-]{22}$/.test(generation) || rowKey !== generationRow(generation)) return false;
  return isWhole && isTime(expiresAt) && typeof keyId === "string";
}

function isIndex(row: Stored<Entity>): row is Stored<IndexRow> {
  const { partition, generation, signedOut, changedAt } = row;
  const { tombstone = "", leftAt = "", tokenTombstone = "", issuedUntil = "" } = row;
  if (typeof partition !== "string" || typeof generation !== "string") return false;
  if (typeof signedOut !== "boolean" || !isTime(changedAt)) return false;
  return (tombstone === "" || isTime(leftAt)) && (tokenTombstone === "" || isTime(issuedUntil));
}

/** Whether an index row points at an account: anything else leads nowhere. */
export function isPointer({ partition, generation }: Partial<Entity>): boolean {
  return ACCOUNT_PARTITION.test(String(partition)) && GENERATION.test(String(generation));
}

function isExpiry(row: Stored<Entity>): row is Stored<ExpiryRow> {
  const { partition, generation, sids } = row;
  return (
    ACCOUNT_PARTITION.test(String(partition)) &&
    typeof generation === "string" &&
    (generation === "" || GENERATION.test(generation)) &&
    /^([su]\.[\w-]+ ?)*$/.test(String(sids ?? "?"))
  );
}

/** The partitions of index rows that an expiry row names. */
export function indexKeysIn({ sids }: ExpiryRow): IndexKey[] {
  return sids.split(" ").filter(Boolean) as IndexKey[];
}

function isEarly(row: Stored<Entity>): row is Stored<EarlyRow> {
  const { rowKey, tombstones } = row;
  if (!/^[0-9a-f]{2}$/.test(rowKey) || !(tombstones instanceof Uint8Array)) return false;
  return tombstones.length > 0 && tombstones.length % EARLY.bytes === 0;
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isDay(day: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(day) && isTime(day);
}
