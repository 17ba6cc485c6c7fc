import type { TableRequests } from "../shared/table/retrying.ts";
import type { Entity, Stored, Write } from "../shared/table/table.ts";

/** Table Storage's conditional requests, on a Map of entities by `<PartitionKey>|<RowKey>`. */
export function memoryRequests(rows: Map<string, Stored>): TableRequests {
  let version = 0;

  function holds(write: Write): boolean {
    const there = rows.get(keyOf(write.entity));
    if (write.kind === "remove") return there !== undefined;
    return write.kind === "insert" ? !there : there?.etag === write.etag;
  }

  return {
    async get<E extends Entity>(partitionKey: string, rowKey: string) {
      return rows.get(keyOf({ partitionKey, rowKey })) as Stored<E> | undefined;
    },
    async write(writes) {
      if (!writes.every(holds)) return false;
      for (const { kind, entity } of writes) {
        if (kind === "remove") rows.delete(keyOf(entity));
        else rows.set(keyOf(entity), { ...entity, etag: `v${++version}` });
      }
      return true;
    },
    async remove(partitionKey, rowKey, etag = "*") {
      const key = keyOf({ partitionKey, rowKey });
      const matches = etag === "*" || rows.get(key)?.etag === etag;
      return matches && rows.delete(key);
    },
    async page<E extends Entity>(from: string, to: string) {
      const found = [...rows.values()].filter(
        ({ partitionKey }) => partitionKey >= from && partitionKey < to,
      );
      return { entities: found as Stored<E>[], next: undefined };
    },
  };
}

export function keyOf({ partitionKey, rowKey }: Pick<Entity, "partitionKey" | "rowKey">): string {
  return `${partitionKey}|${rowKey}`;
}
