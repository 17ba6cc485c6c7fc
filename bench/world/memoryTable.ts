import { retrying } from "../../src/shared/table/retrying.ts";
import type { Entity, Stored, Table } from "../../src/shared/table/table.ts";
import { memoryRequests } from "../../src/testing/memoryTable.ts";

export interface MemoryTable extends Table {
  readonly rows: ReadonlyMap<string, Stored>;
  /** Its rows, which it then has no more. */
  take(): Entity[];
}

/** A table in memory: the store's own functions make rows in it that are then filled in quickly. */
export function createMemoryTable(): MemoryTable {
  const rows = new Map<string, Stored>();
  const table = retrying(memoryRequests(rows), { delays: [], maxDelay: 0, sleep: async () => {} });
  return {
    ...table,
    rows,
    take() {
      const taken = [...rows.values()].map(({ etag: _, ...entity }) => entity as Entity);
      rows.clear();
      return taken;
    },
  };
}
