import type { Context } from "../../src/shared/context.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import type { Entity, Table } from "../../src/shared/table/table.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { storeUser } from "./accounts.ts";
import { createMemoryTable } from "./memoryTable.ts";
import { cacheOfUser } from "./tokens.ts";

export interface Filled {
  readonly ref: HeldSession;
  readonly sid: string;
}

export interface FillOptions {
  readonly tenantId: string;
  readonly model: TokenCache;
  /** The number of the first user. */
  readonly first: number;
  readonly accounts: number;
  /** So many of them have expired, days ago. */
  readonly expired?: number;
}

const DAY = 24 * 3_600_000;
/**
 * The sessions end on so many different days, and none of them ends today: the emulator, unlike Table
 * Storage, searches a partition row by row, and what ends on one day is in one partition.
 */
const LAST_DAYS = 500;
/** Operations in one transaction, at most. */
const BATCH = 100;
const AT_ONCE = 16;

/**
 * Stores accounts as sign-ins would have: the rows are made by the store's own sign-in, in memory, and then
 * inserted with as few requests as they fit into. @returns those that have not expired.
 */
export async function fill(
  { store, settings }: Context,
  { tenantId, model, first, accounts, expired = 0 }: FillOptions,
): Promise<Filled[]> {
  const table = createMemoryTable();
  const filled: Filled[] = [];
  for (let i = 0; i < accounts; i++) {
    const days = i < expired ? -3 : 2 + (i % LAST_DAYS);
    const now = () => Date.now() + days * DAY;
    const number = first + i;
    const cache = cacheOfUser(model, number);
    const own = { ...store, table, now };
    const stored = await storeUser(own, tenantId, settings.sessionLifetime, cache, number);
    if (i >= expired) filled.push(stored);
  }
  await insert(store.table, table.take());
  return filled;
}

/** Rows that are in no table yet. */
export async function insert(table: Table, entities: readonly Entity[]): Promise<void> {
  const batches = batchesOf(entities);
  async function inserter(): Promise<void> {
    for (let batch = batches.pop(); batch; batch = batches.pop()) {
      const writes = batch.map((entity) => ({ kind: "insert" as const, entity }));
      if ((await table.transact(writes)) === "refused") throw new Error("A row was there already.");
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, inserter));
}

/** A transaction takes rows of one partition only. */
function batchesOf(entities: readonly Entity[]): Entity[][] {
  const partitions = Map.groupBy(entities, ({ partitionKey }) => partitionKey);
  return [...partitions.values()].flatMap((rows) =>
    Array.from({ length: Math.ceil(rows.length / BATCH) }, (_, i) =>
      rows.slice(i * BATCH, (i + 1) * BATCH),
    ),
  );
}
