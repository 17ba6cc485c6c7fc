import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import { generationRow, HEAD, SID } from "../../src/shared/rows/keys.ts";
import { unsealAccount } from "../../src/shared/store/accountEntity.ts";
import { originOf } from "../../src/shared/store/sidIndex.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";

/** A row that should not be there. */
export interface Residue {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly kind: ResidueKind;
}

/** What may be wrong with a row, and what follows from it. */
export const KINDS = {
  unnamed: "Tokens that the account's head does not name: only an operator's sign-out finds them.",
  unindexed: "Tokens that no sid leads to: no sign-out in another app finds them.",
  unfiled: "Nothing says when it expires: no purge will remove it.",
  overdue:
    "Its time was over more than a day ago: the purge does not run, or does not get that far.",
  unreadable: "Sealed with a key that is not in TOKEN_CACHE_KEYS, or tampered with.",
  forged:
    "It leads to sessions, and its MAC is of no key in TOKEN_CACHE_KEYS: somebody else has written it, or with a lost key.",
  malformed: "Lightsout writes no such row.",
} as const;

export type ResidueKind = keyof typeof KINDS;

type Row = Stored<Entity>;

const DAY = 24 * 3_600_000;
const HASH = /^[\w-]{43}$/;
const ID = /^[\w-]{22}$/;

/**
 * Takes all rows of the table, one by one and in any order, and says which of them should not be there. The
 * rules are those of the protocol (docs/sign-out-guarantee.md), in which every row is found by another one: an
 * expiry row by its day, everything else by an expiry row, and tokens by their head and their sid rows too.
 *
 * @param keyring Undefined when there are no keys to try.
 * @param now Milliseconds since 1970.
 */
export function createInspection(keyring: Keyring | undefined, now: number) {
  const found: Residue[] = [];
  /** Rows with tokens, by account and generation. */
  const tokens = new Map<string, Row>();
  /** The generation each account's head names. */
  const heads = new Map<string, { row: Row; generation: string }>();
  /** Where each sid or subject row leads: account and generation. */
  const pointers = new Map<string, { row: Row; to: string }>();
  /** What the expiry rows name. */
  const filed = { generations: new Map<string, string[]>(), accounts: new Set<string>() };
  const filedPointers = new Set<string>();

  function report({ partitionKey, rowKey }: Row, kind: ResidueKind): void {
    found.push({ partitionKey, rowKey, kind });
  }

  /** @returns false when the row is not what its partition is for. */
  function take(row: Row): boolean {
    const { partitionKey, rowKey } = row;
    const [, section, name = ""] = /^([asutx])\.(.+)$/.exec(partitionKey) ?? [];
    if (partitionKey === "e") return takeEarlySignOuts(row);
    if (section === "t") return takeUsed(row, name);
    if (section === "x") return takeExpiry(row, name);
    if (section === undefined || !HASH.test(name)) return false;
    if (section === "a") return rowKey === HEAD ? takeHead(row) : takeTokens(row);
    return rowKey === SID && takePointer(row);
  }

  function takeTokens(row: Row): boolean {
    const { partitionKey, rowKey, keyId, fingerprint, chunks, expiresAt, format, etag, ...data } =
      row;
    const generation = rowKey.slice(2);
    const time = Date.parse(String(expiresAt));
    const parts = Object.keys(data);
    const isWhole = parts.length === chunks && parts.every((name) => /^d\d+$/.test(name));
    if (!ID.test(generation) || rowKey !== generationRow(generation)) return false;
    if (Number.isNaN(time) || !isWhole || typeof keyId !== "string") return false;
    tokens.set(`${partitionKey} ${generation}`, row);
    if (isOverdue(dayOf(time), now)) report(row, "overdue");
    if (keyring && unsealAccount(keyring, row) === undefined) report(row, "unreadable");
    return true;
  }

  function takeHead(row: Row): boolean {
    const { partitionKey, generation, changedAt } = row;
    if (typeof generation !== "string" || !isTime(changedAt)) return false;
    heads.set(partitionKey, { row, generation });
    return true;
  }

  function takePointer(row: Row): boolean {
    const { partitionKey, partition, generation, signedOut, changedAt } = row;
    if (typeof partition !== "string" || typeof generation !== "string") return false;
    if (typeof signedOut !== "boolean" || !isTime(changedAt)) return false;
    const { tombstone = "", leftAt = "", tokenTombstone = "", issuedUntil = "" } = row;
    if (tombstone !== "" && !isTime(leftAt)) return false;
    if (tokenTombstone !== "" && !isTime(issuedUntil)) return false;
    pointers.set(partitionKey, { row, to: `${partition} ${generation}` });
    if (keyring && originOf(keyring, row) === "forged") report(row, "forged");
    return true;
  }

  function takeExpiry(row: Row, day: string): boolean {
    const { partition, generation, sids } = row;
    if (typeof partition !== "string" || typeof generation !== "string") return false;
    if (typeof sids !== "string" || !isDay(day)) return false;
    const key = `${partition} ${generation}`;
    const named = sids.split(" ").filter(Boolean);
    filed.generations.set(key, [...(filed.generations.get(key) ?? []), ...named]);
    filed.accounts.add(partition);
    for (const pointer of named) filedPointers.add(pointer);
    if (isOverdue(day, now)) report(row, "overdue");
    return true;
  }

  function takeUsed(row: Row, day: string): boolean {
    if (!isDay(day) || !HASH.test(row.rowKey)) return false;
    if (isOverdue(day, now)) report(row, "overdue");
    return true;
  }

  /** Tombstones of 32 bytes, oldest first, with the time in seconds after the first 16. */
  function takeEarlySignOuts(row: Row): boolean {
    const { rowKey, tombstones } = row;
    if (!/^[0-9a-f]{2}$/.test(rowKey) || !(tombstones instanceof Uint8Array)) return false;
    if (tombstones.length === 0 || tombstones.length % 32 !== 0) return false;
    const newest = Buffer.from(tombstones).readUInt32BE(tombstones.length - 16) * 1_000;
    if (newest + DAY < now) report(row, "overdue");
    return true;
  }

  /** What only shows when all rows are known. */
  function compare(): void {
    const pointedAt = new Set([...pointers.values()].map(({ to }) => to));
    for (const [key, row] of tokens) {
      const { partitionKey, rowKey } = row;
      const head = heads.get(partitionKey);
      if (!head || generationRow(head.generation) !== rowKey) report(row, "unnamed");
      const sids = filed.generations.get(key);
      if (sids === undefined) report(row, "unfiled");
      // Without a claim or a session_state there is no sid to be found by.
      if ((sids === undefined || sids.length > 0) && !pointedAt.has(key)) report(row, "unindexed");
    }
    for (const [partition, { row, generation }] of heads) {
      // The entry of any generation removes the head of an account that never had one.
      const isFiled = generation
        ? filed.generations.has(`${partition} ${generation}`)
        : filed.accounts.has(partition);
      if (!isFiled) report(row, "unfiled");
    }
    for (const [partition, { row }] of pointers) {
      if (!filedPointers.has(partition)) report(row, "unfiled");
    }
  }

  return {
    add(row: Row): void {
      if (!take(row)) report(row, "malformed");
    },
    /** @returns all of it, once every row has been added. */
    end(): readonly Residue[] {
      compare();
      return found;
    },
  };
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && !Number.isNaN(Date.parse(value));
}

function isDay(day: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(day) && isTime(day);
}

/** UTC. */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The purge is due when the day is over, and this is another day later. */
function isOverdue(day: string, now: number): boolean {
  return Date.parse(day) + 2 * DAY < now;
}
