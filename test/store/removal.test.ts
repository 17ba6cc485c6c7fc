import { setImmediate } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import { removeRows } from "../../src/shared/store/removal.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { keysOf, memoryStore, withTable } from "./samples.ts";

const MOST = 100;

/** Rows of partitions that have so many. */
const rowsOf = (...counts: readonly number[]) =>
  counts.flatMap((count, partition) =>
    Array.from({ length: count }, (_, row) => ({
      partitionKey: `p${partition}`,
      rowKey: String(row),
    })),
  );

it.each([
  [[], 0],
  [[1], 1],
  [[MOST], 1],
  [[MOST + 1], 2],
  [[3, 1, 2 * MOST + 1, 1], 6],
])("rows of partitions of %j go with %i requests", async (counts, requests) => {
  const store = memoryStore();
  const rows = rowsOf(...counts);
  for (const row of rows) await store.table.insert(row);
  store.table.operations.length = 0;
  await removeRows(store, rows as never);
  expect(keysOf(store)).toEqual([]);
  expect(store.table.operations).toHaveLength(requests);
  for (const operation of store.table.operations) {
    const partitions = operation.split(",").map((one) => /^remove (\w+)\|/.exec(one)?.[1]);
    expect(new Set(partitions).size).toBe(1);
    expect(partitions.length).toBeLessThanOrEqual(MOST);
  }
});

it.each([
  [1, 1],
  [2, 3],
  [MOST, MOST + 1],
])("of %i rows the others go, too, where one is gone: %i requests", async (count, requests) => {
  const store = memoryStore();
  const rows = rowsOf(count);
  for (const row of rows.slice(1)) await store.table.insert(row);
  store.table.operations.length = 0;
  await removeRows(
    withTable(
      store,
      slowedTable(store.table, () => setImmediate()),
    ),
    rows as never,
  );
  expect(keysOf(store)).toEqual([]);
  expect(store.table.operations).toHaveLength(requests);
});
