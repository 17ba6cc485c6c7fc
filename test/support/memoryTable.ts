import { retrying, type TableRequests, Unanswered } from "../../src/shared/table/retrying.ts";
import type { Entity, Stored, Table } from "../../src/shared/table/table.ts";
import { keyOf, memoryRequests } from "../../src/testing/memoryTable.ts";

export interface MemoryTable extends Table {
  /** `<PartitionKey>|<RowKey>` → entity. */
  readonly rows: Map<string, Stored>;
  /** What was asked of it, such as `get a.…|head`. */
  readonly operations: string[];
  /** Runs before the next write or removal, once: what another request does at that moment. */
  before?: (() => Promise<unknown>) | undefined;
  /** What another request does after so many of them, once. */
  interruption?: { after: number; readonly by: () => Promise<unknown> } | undefined;
  /** Whether it stays silent. */
  down: boolean;
}

/** A table in memory that tests watch and disturb. */
export function memoryTable(): MemoryTable {
  const rows = new Map<string, Stored>();
  const operations: string[] = [];
  const { get, write, remove, page } = memoryRequests(rows);

  async function arrive(operation: string, changes: boolean): Promise<void> {
    operations.push(operation);
    const { before, interruption } = table;
    if (interruption && interruption.after-- === 0) {
      table.interruption = undefined;
      await interruption.by();
    }
    if (changes && before) {
      table.before = undefined;
      await before();
    }
    if (table.down) throw new Unanswered();
  }

  const requests: TableRequests = {
    async get<E extends Entity>(partitionKey: string, rowKey: string) {
      await arrive(`get ${keyOf({ partitionKey, rowKey })}`, false);
      return get<E>(partitionKey, rowKey);
    },
    async write(writes) {
      await arrive(writes.map(({ kind, entity }) => `${kind} ${keyOf(entity)}`).join(), true);
      return write(writes);
    },
    async remove(partitionKey, rowKey, etag) {
      await arrive(`remove ${keyOf({ partitionKey, rowKey })}`, true);
      return remove(partitionKey, rowKey, etag);
    },
    async page<E extends Entity>(from: string, to: string, start: string | undefined) {
      await arrive(`list ${from} ${to}`, false);
      return page<E>(from, to, start);
    },
  };
  const policy = { delays: [], maxDelay: 0, sleep: async () => {} };
  const table: MemoryTable = { ...retrying(requests, policy), rows, operations, down: false };
  return table;
}
