import { TableClient } from "@azure/data-tables";
import type { Azurite } from "../../local/azurite/azurite.ts";

type Storage = Pick<Azurite, "connectionString">;
export type Row = Record<string, unknown> & { partitionKey: string; rowKey: string };

/** The app's table, for whoever has access to the storage account. */
export function openTable({ connectionString }: Storage): TableClient {
  return TableClient.fromConnectionString(connectionString, "lightsout", {
    allowInsecureConnection: true,
  });
}

/** Every row of it. */
export async function readTable(storage: Storage): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of openTable(storage).listEntities()) rows.push(row as Row);
  return rows;
}

/** The rows that hold tokens. */
export async function readAccountRows(storage: Storage): Promise<Row[]> {
  return (await readTable(storage)).filter(({ rowKey }) => rowKey.startsWith("c."));
}

/** Makes the table what it was when `rows` were read from it, but for their ETags. */
export async function restoreTable(storage: Storage, rows: readonly Row[]): Promise<void> {
  const table = openTable(storage);
  const there = await readTable(storage);
  await Promise.all(there.map((row) => table.deleteEntity(row.partitionKey, row.rowKey)));
  await Promise.all(rows.map((row) => table.createEntity(row)));
}

const LONG_AGO = "2020-01-01";

/** What a row would be if it had been written long ago. */
export function aged(row: Row): Row {
  const { partitionKey, rowKey, tombstones } = row;
  if (rowKey.startsWith("c.")) return { ...row, expiresAt: LONG_AGO };
  if ("changedAt" in row) return { ...row, changedAt: LONG_AGO };
  if (/^[tx]\./.test(partitionKey)) {
    return { ...row, partitionKey: `${partitionKey.slice(0, 2)}${LONG_AGO}` };
  }
  if (!(tombstones instanceof Uint8Array)) return row;
  // Early sign-outs: 20 bytes each, the last four of them the time.
  return { ...row, tombstones: tombstones.map((byte, i) => (i % 20 < 16 ? byte : 0)) };
}
