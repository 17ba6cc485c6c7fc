import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import {
  dayOf,
  generationRow,
  type IndexKey,
  type PartitionKey,
} from "../../src/shared/rows/keys.ts";
import { readRow } from "../../src/shared/rows/readRow.ts";
import {
  type AccountRow,
  EARLY,
  type EarlyRow,
  type HeadRow,
  type IndexRow,
  indexKeysIn,
} from "../../src/shared/rows/rows.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import { originOf } from "../../src/shared/store/sidIndex.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";

/** A row that should not be there. */
export interface Residue {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly kind: ResidueKind;
}

/** What can be wrong with a row, and its consequence. */
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

const DAY = 24 * 3_600_000;

/**
 * Takes all rows of the table, one by one and in any order, and says which of them should not be there. By the protocol
 * (docs/sign-out-guarantee.md), an expiry row leads to each row of an account and to each index row, and to tokens their
 * head and their index rows too. All other rows go by their time.
 *
 * @param keyring Undefined without keys.
 * @param now Milliseconds since 1970.
 */
export function createInspection(keyring: Keyring | undefined, now: number) {
  const found: Residue[] = [];
  /** Rows with tokens, by account and generation. */
  const tokens = new Map<string, AccountRow>();
  const heads = new Map<PartitionKey, HeadRow>();
  const pointers = new Map<IndexKey, IndexRow>();
  /** The index rows that expiry rows name, by account. */
  const filed = new Map<string, IndexKey[]>();
  const filedPointers = new Set<IndexKey>();

  function report({ partitionKey, rowKey }: Entity, kind: ResidueKind): void {
    found.push({ partitionKey, rowKey, kind });
  }

  function add(entity: Stored<Entity>): void {
    const read = readRow(entity);
    switch (read?.kind) {
      case undefined:
        report(entity, "malformed");
        return;
      case "account": {
        const { row, partition, generation } = read;
        tokens.set(`${partition} ${generation}`, row);
        if (isOverdue(dayOf(Date.parse(row.expiresAt)), now)) report(row, "overdue");
        if (keyring && unsealAccount(keyring, row) === undefined) report(row, "unreadable");
        return;
      }
      case "head":
        heads.set(read.partition, read.row);
        return;
      case "index":
        pointers.set(read.key, read.row);
        if (keyring && originOf(keyring, read.row) === "forged") report(read.row, "forged");
        return;
      case "expiry": {
        const { row, day } = read;
        const named = indexKeysIn(row);
        filed.set(row.partition, [...(filed.get(row.partition) ?? []), ...named]);
        for (const pointer of named) filedPointers.add(pointer);
        if (isOverdue(day, now)) report(row, "overdue");
        return;
      }
      case "used":
        if (isOverdue(read.day, now)) report(read.row, "overdue");
        return;
      case "early":
        if (newestIn(read.row) + DAY < now) report(read.row, "overdue");
    }
  }

  /** The residue that shows only when all rows are known. */
  function compare(): void {
    const pointedAt = new Set(
      [...pointers.values()].map(({ partition, generation }) => `${partition} ${generation}`),
    );
    for (const [key, row] of tokens) {
      const head = heads.get(row.partitionKey as PartitionKey);
      if (!head || generationRow(head.generation) !== row.rowKey) report(row, "unnamed");
      const sids = filed.get(row.partitionKey);
      if (sids === undefined) report(row, "unfiled");
      // A sign-in without a sid claim and a session_state has no index row.
      if ((sids === undefined || sids.length > 0) && !pointedAt.has(key)) report(row, "unindexed");
    }
    for (const [partition, row] of heads) {
      if (!filed.has(partition)) report(row, "unfiled");
    }
    for (const [key, row] of pointers) {
      if (!filedPointers.has(key)) report(row, "unfiled");
    }
  }

  return {
    add,
    /** @returns the residue. Call it when every row has been added. */
    end(): readonly Residue[] {
      compare();
      return found;
    },
  };
}

/** When the newest tombstone was left. Milliseconds since 1970. */
function newestIn({ tombstones }: EarlyRow): number {
  const last = tombstones.length - EARLY.bytes;
  return Buffer.from(tombstones).readUInt32BE(last + EARLY.leftAt) * 1_000;
}

/** A row counts as overdue a day after the purge should have removed it. */
function isOverdue(day: string, now: number): boolean {
  return Date.parse(day) + 2 * DAY < now;
}
