import { type Entity, MOST_WRITES, type Stored } from "../table/table.ts";
import type { Store } from "./store.ts";

/**
 * Removes rows that never change, as many of one partition as a transaction holds with one request. Where one of them
 * is gone, another purge may have taken it, or an earlier try of this one whose answer was lost: then they are removed
 * one by one. Nobody makes them anew: their day is over.
 */
export async function removeRows(store: Store, rows: readonly Stored<Entity>[]): Promise<void> {
  for (const batch of transactionsOf(rows)) {
    const removals = batch.map(({ partitionKey, rowKey }) => {
      return { kind: "remove", entity: { partitionKey, rowKey } } as const;
    });
    if ((await store.table.transact(removals)) === "done" || batch.length === 1) continue;
    for (const { partitionKey, rowKey } of batch) await store.table.remove(partitionKey, rowKey);
  }
}

function transactionsOf<E extends Entity>(rows: readonly E[]): E[][] {
  return [...Map.groupBy(rows, ({ partitionKey }) => partitionKey).values()].flatMap((alike) =>
    Array.from({ length: Math.ceil(alike.length / MOST_WRITES) }, (_, i) =>
      alike.slice(i * MOST_WRITES, (i + 1) * MOST_WRITES),
    ),
  );
}
