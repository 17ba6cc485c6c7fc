import type { Entity, Table } from "../../src/shared/table/table.ts";

const PAGE = 200;

/** A table that waits for something first: before each request about a row, and before each page of a list. */
export function slowedTable(
  table: Table,
  before: (partitionKey: string) => Promise<unknown>,
): Table {
  const first =
    <A extends unknown[], T>(request: (...args: A) => T, partitionOf: (...args: A) => string) =>
    async (...args: A): Promise<Awaited<T>> => {
      await before(partitionOf(...args));
      return await request(...args);
    };
  const named = (partitionKey: string) => partitionKey;
  const ofEntity = ({ partitionKey }: Entity) => partitionKey;
  return {
    get: first((...row: [string, string]) => table.get(...row), named) as Table["get"],
    insert: first(table.insert, ofEntity),
    replace: first(table.replace, ofEntity),
    remove: first(table.remove, named),
    transact: first(table.transact, ([write]) => write?.entity.partitionKey ?? ""),
    async *list(from, to) {
      let count = 0;
      for await (const row of table.list<never>(from, to)) {
        if (count++ % PAGE === 0) await before(from);
        yield row;
      }
    },
  };
}
