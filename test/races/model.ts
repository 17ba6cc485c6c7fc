import type { Page, TableRequests } from "../../src/shared/table/retrying.ts";
import type { Entity, Stored, Write } from "../../src/shared/table/table.ts";
import { assertEntity, assertKeys, assertTransaction } from "./limits.ts";

/*
 * Table Storage as pure functions: a request makes new rows out of rows. Nothing is ever changed in place,
 * so any number of futures can be explored from one moment.
 */
export type Rows = ReadonlyMap<string, Stored>;

/** What the protocol never sends, and broken variants of it do. */
export type AnyWrite = Write | { readonly kind: "upsert"; readonly entity: Entity };

export const NO_ROWS: Rows = new Map();

export function read(rows: Rows, partitionKey: string, rowKey: string): Stored | undefined {
  assertKeys(partitionKey, rowKey);
  return rows.get(keyOf(partitionKey, rowKey));
}

/**
 * One write, or several as one entity group transaction.
 *
 * @param stored Gives what is written an ETag that no version of that row ever had.
 * @returns undefined when a condition does not hold: then none of it is done.
 */
export function write(
  rows: Rows,
  writes: readonly AnyWrite[],
  stored: (entity: Entity) => Stored,
): Rows | undefined {
  for (const { entity, kind } of writes) {
    if (kind === "remove") assertKeys(entity.partitionKey, entity.rowKey);
    else assertEntity(entity);
  }
  if (writes.length > 1) assertTransaction(writes.map(({ entity }) => entity));

  const next = new Map(rows);
  for (const change of writes) {
    const { entity } = change;
    const key = keyOf(entity.partitionKey, entity.rowKey);
    if (!holds(change, next.get(key))) return undefined;
    if (change.kind === "remove") next.delete(key);
    else next.set(key, stored(entity));
  }
  return next;
}

/** @param etag `*` for any version. @returns undefined when there is nothing to delete under that key and ETag. */
export function remove(
  rows: Rows,
  partitionKey: string,
  rowKey: string,
  etag: string,
): Rows | undefined {
  assertKeys(partitionKey, rowKey);
  const key = keyOf(partitionKey, rowKey);
  const row = rows.get(key);
  if (row === undefined || !matches(row, etag)) return undefined;
  const next = new Map(rows);
  next.delete(key);
  return next;
}

/** Rows with `from <= PartitionKey < to`, in key order. */
export function page(
  rows: Rows,
  from: string,
  to: string,
  start: string | undefined,
  size: number,
): Page {
  const found = [...rows]
    .filter(([, { partitionKey }]) => partitionKey >= from && partitionKey < to)
    .filter(([key]) => start === undefined || key >= start)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    entities: found.slice(0, size).map(([, row]) => row),
    next: found[size]?.[0],
  };
}

/** Every request at once carried out and answered: a table service without faults. */
export function modelRequests(
  pageSize: number,
): TableRequests & { rows: Rows; count: Record<"get" | "write" | "remove" | "page", number> } {
  let etags = 0;
  const table = {
    rows: NO_ROWS,
    /** Requests so far. */
    count: { get: 0, write: 0, remove: 0, page: 0 },
    async get<E extends Entity>(partitionKey: string, rowKey: string) {
      table.count.get += 1;
      return read(table.rows, partitionKey, rowKey) as Stored<E> | undefined;
    },
    async write(writes: readonly AnyWrite[]) {
      table.count.write += 1;
      return apply(write(table.rows, writes, (entity) => ({ ...entity, etag: `${++etags}` })));
    },
    async remove(partitionKey: string, rowKey: string, etag = "*") {
      table.count.remove += 1;
      return apply(remove(table.rows, partitionKey, rowKey, etag));
    },
    async page<E extends Entity>(from: string, to: string, start: string | undefined) {
      table.count.page += 1;
      return page(table.rows, from, to, start, pageSize) as Page<E>;
    },
  };
  function apply(next: Rows | undefined): boolean {
    table.rows = next ?? table.rows;
    return next !== undefined;
  }
  return table;
}

function holds(change: AnyWrite, row: Stored | undefined): boolean {
  if (change.kind === "upsert") return true;
  if (change.kind === "insert") return row === undefined;
  return row !== undefined && (change.kind === "remove" || matches(row, change.etag));
}

function matches(row: Stored, etag: string): boolean {
  return etag === "*" || row.etag === etag;
}

/** Sorts as the service does: by PartitionKey, then by RowKey. */
export function keyOf(partitionKey: string, rowKey: string): string {
  return `${partitionKey}\n${rowKey}`;
}
