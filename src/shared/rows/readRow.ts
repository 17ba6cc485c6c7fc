import type { Entity, Stored } from "../table/table.ts";
import {
  EARLY_SIGN_OUTS,
  type Generation,
  generationOf,
  HEAD,
  type IndexKey,
  type PartitionKey,
  SID,
} from "./keys.ts";
import {
  type AccountRow,
  EARLY,
  type EarlyRow,
  type ExpiryRow,
  type HeadRow,
  type IndexRow,
  type UsedRow,
} from "./rows.ts";

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

const HASH = /^[\w-]{43}$/;
const GENERATION = /^[\w-]{22}$/;
/** What a row points at is ended or purged, so these let more pass than anybody has written. */
const ANY_ACCOUNT = /^a\.[\w-]+$/;
const ANY_GENERATION = /^[\w-]+$/;

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
      const generation = generationOf(rowKey);
      return generation && isAccount(row, generation)
        ? { kind: "account", row, partition, generation }
        : undefined;
    }
    default:
      return HASH.test(name) && rowKey === SID && isIndex(row)
        ? { kind: "index", row, key: partitionKey as IndexKey }
        : undefined;
  }
}

function isHead(row: Stored<Entity>): row is Stored<HeadRow> {
  return typeof row.generation === "string" && isTime(row.changedAt);
}

function isAccount(row: Stored<Entity>, generation: Generation): row is Stored<AccountRow> {
  const { partitionKey, rowKey, etag, format, keyId, fingerprint, chunks, expiresAt, ...data } =
    row;
  const parts = Object.keys(data);
  const isWhole = parts.length === chunks && parts.every((name) => /^d\d+$/.test(name));
  if (!isWhole || !GENERATION.test(generation)) return false;
  return isTime(expiresAt) && typeof keyId === "string";
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
  return ANY_ACCOUNT.test(String(partition)) && ANY_GENERATION.test(String(generation));
}

function isExpiry(row: Stored<Entity>): row is Stored<ExpiryRow> {
  const { partition, generation, sids } = row;
  return (
    ANY_ACCOUNT.test(String(partition)) &&
    typeof generation === "string" &&
    (generation === "" || ANY_GENERATION.test(generation)) &&
    /^([su]\.[\w-]+ ?)*$/.test(String(sids ?? "?"))
  );
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
