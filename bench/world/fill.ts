import type { Context } from "../../src/shared/context.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import type { Entity, Table } from "../../src/shared/table/table.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { storeUser } from "./accounts.ts";
import { createMemoryTable } from "./memoryTable.ts";
import { cacheOfUser } from "./tokens.ts";

export interface Filled {
  readonly number: number;
  readonly ref: HeldSession;
  readonly sid: string;
}

interface FillOptions {
  readonly tenantId: string;
  readonly model: TokenCache;
  readonly accounts: number;
  /** Every account with a number that this divides has expired, days ago. */
  readonly expiredEvery: number;
  /** Which accounts to tell about. */
  readonly remember: (number: number) => boolean;
  /** After every portion. */
  readonly onPortion: (stored: number) => Promise<void>;
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
/** Accounts whose rows are in memory at a time. */
const PORTION = 1_000;

/**
 * Stores accounts as sign-ins would have: the rows are made by the store's own sign-in, in memory, and then
 * inserted with as few requests as they fit into.
 */
export async function fill({ store, settings }: Context, options: FillOptions): Promise<Filled[]> {
  const { tenantId, model, accounts, expiredEvery, remember, onPortion } = options;
  const table = createMemoryTable();
  const remembered: Filled[] = [];
  for (let number = 0; number < accounts; ) {
    for (const end = Math.min(number + PORTION, accounts); number < end; number++) {
      const expired = number % expiredEvery === 0;
      const days = expired ? -3 : 2 + (number % LAST_DAYS);
      const now = () => Date.now() + days * DAY;
      const cache = cacheOfUser(model, number);
      const own = { ...store, table, now };
      const stored = await storeUser(own, tenantId, settings.sessionLifetime, cache, number);
      if (!expired && remember(number)) remembered.push({ number, ...stored });
    }
    await insert(store.table, table.take());
    await onPortion(number);
  }
  return remembered;
}

async function insert(table: Table, entities: readonly Entity[]): Promise<void> {
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
