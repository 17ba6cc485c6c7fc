import { TableClient } from "@azure/data-tables";
import { type Kind, readRow } from "../../src/shared/rows/readRow.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { type Item, inBytes, shorten } from "./item.ts";

const TITLES: Record<Kind, string> = {
  account: "Sealed tokens and sessions",
  head: "Account, without tokens",
  index: "Provider session or user → account",
  expiry: "What expires that day",
  used: "Used, and never again",
  early: "Sign-outs before their sign-in",
};

type Row = Stored & { readonly timestamp: string };

/** The rows of the app's table, newest first: kinds and sizes, never a value. */
export async function readRows(connectionString: string) {
  const table = TableClient.fromConnectionString(connectionString, "lightsout", {
    allowInsecureConnection: true,
  });
  const rows: Row[] = [];
  try {
    for await (const row of table.listEntities()) rows.push(row as object as Row);
  } catch (error) {
    // The app makes its table when it first writes to it.
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  rows.sort((a, b) => b.timestamp.localeCompare(a.timestamp));
  const { tokens = [], index = [] } = Object.groupBy(rows, (row) =>
    kindOf(row) === "account" ? "tokens" : "index",
  );
  return {
    tokens: tokens.map(itemOf),
    index: index.map(itemOf),
    tokenBytes: tokens.reduce((sum, row) => sum + sizeOf(row), 0),
  };
}

function kindOf({ timestamp: _, ...row }: Row): Kind | undefined {
  return readRow(row as Stored)?.kind;
}

function itemOf(row: Row): Item {
  const kind = kindOf(row);
  const key = shorten(`${row.partitionKey} / ${row.rowKey}`);
  return {
    id: key,
    title: kind ? TITLES[kind] : "Row",
    detail: `${key} · ${inBytes(sizeOf(row))}`,
  };
}

/** Bytes of all values. Storage adds a little for names and types. */
function sizeOf({ partitionKey, rowKey, timestamp, etag, ...values }: Row): number {
  return Object.values(values).reduce(
    (sum: number, value) => sum + (value instanceof Uint8Array ? value : String(value)).length,
    0,
  );
}
