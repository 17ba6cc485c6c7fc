import { TableClient } from "@azure/data-tables";
import type { Azurite } from "../../local/azurite/azurite.ts";

/** Every row of the app's table, as anybody with access to the storage account sees it. */
export async function readTable({ connectionString }: Pick<Azurite, "connectionString">) {
  const client = TableClient.fromConnectionString(connectionString, "lightsout", {
    allowInsecureConnection: true,
  });
  const rows: Record<string, unknown>[] = [];
  for await (const row of client.listEntities()) rows.push(row);
  return rows;
}

/** The rows that hold tokens. */
export async function readAccountRows(azurite: Pick<Azurite, "connectionString">) {
  return (await readTable(azurite)).filter((row) => String(row.rowKey).startsWith("c."));
}
