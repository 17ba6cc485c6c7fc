import type { Entity, Outcome, Stored, Table, Write } from "../../src/shared/table/table.ts";

/** A table in memory, to let the store's own functions make rows that are then filled in quickly. */
export function createMemoryTable(): Table & { take(): Entity[] } {
  const rows = new Map<string, Stored>();
  let version = 0;
  const keyOf = (partitionKey: string, rowKey: string) => `${partitionKey}\n${rowKey}`;

  async function put(writes: readonly Write[]): Promise<Outcome> {
    for (const { kind, entity } of writes) {
      if (kind === "remove") rows.delete(keyOf(entity.partitionKey, entity.rowKey));
      else
        rows.set(keyOf(entity.partitionKey, entity.rowKey), { ...entity, etag: String(version++) });
    }
    return "done";
  }

  return {
    get: async (partitionKey, rowKey) => rows.get(keyOf(partitionKey, rowKey)) as never,
    insert: (entity) => put([{ kind: "insert", entity }]),
    replace: (entity, etag) => put([{ kind: "replace", entity, etag }]),
    transact: put,
    remove: async (partitionKey, rowKey) => rows.delete(keyOf(partitionKey, rowKey)),
    async *list() {},
    take() {
      const taken = [...rows.values()].map(({ etag: _, ...entity }) => entity as Entity);
      rows.clear();
      return taken;
    },
  };
}
