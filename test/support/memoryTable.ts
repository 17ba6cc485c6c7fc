import { retrying, type TableRequests, Unanswered } from "../../src/shared/table/retrying.ts";
import type { Entity, Stored, Table, Write } from "../../src/shared/table/table.ts";

export interface MemoryTable extends Table {
  /** `<PartitionKey>|<RowKey>` → entity. */
  readonly rows: Map<string, Stored>;
  /** What was asked of it, such as `get a.…|head`. */
  readonly operations: string[];
  /** Runs before the next write or removal, once: what another request does at that moment. */
  before?: (() => Promise<unknown>) | undefined;
  /** Whether it stays silent. */
  down: boolean;
}

/** Table Storage's conditional writes, in a Map. */
export function memoryTable(): MemoryTable {
  const rows = new Map<string, Stored>();
  const operations: string[] = [];
  let version = 0;

  async function arrive(operation: string, changes: boolean): Promise<void> {
    operations.push(operation);
    const { before } = table;
    if (changes && before) {
      table.before = undefined;
      await before();
    }
    if (table.down) throw new Unanswered();
  }

  function holds(write: Write): boolean {
    const there = rows.get(keyOf(write.entity));
    return write.kind === "insert" ? !there : there?.etag === write.etag;
  }

  const requests: TableRequests = {
    async get<E extends Entity>(partitionKey: string, rowKey: string) {
      const key = keyOf({ partitionKey, rowKey });
      await arrive(`get ${key}`, false);
      return rows.get(key) as Stored<E> | undefined;
    },
    async write(writes) {
      await arrive(writes.map(({ kind, entity }) => `${kind} ${keyOf(entity)}`).join(), true);
      if (!writes.every(holds)) return false;
      for (const { entity } of writes)
        rows.set(keyOf(entity), { ...entity, etag: `v${++version}` });
      return true;
    },
    async remove(partitionKey, rowKey, etag = "*") {
      const key = keyOf({ partitionKey, rowKey });
      await arrive(`remove ${key}`, true);
      const matches = etag === "*" || rows.get(key)?.etag === etag;
      return matches && rows.delete(key);
    },
    async page<E extends Entity>(from: string, to: string) {
      await arrive(`list ${from} ${to}`, false);
      const found = [...rows.values()].filter(
        ({ partitionKey }) => partitionKey >= from && partitionKey < to,
      );
      return { entities: found as Stored<E>[], next: undefined };
    },
  };
  const policy = { delays: [], maxDelay: 0, sleep: async () => {} };
  const table: MemoryTable = { ...retrying(requests, policy), rows, operations, down: false };
  return table;
}

function keyOf({ partitionKey, rowKey }: Pick<Entity, "partitionKey" | "rowKey">): string {
  return `${partitionKey}|${rowKey}`;
}
