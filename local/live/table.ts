import { TableClient } from "@azure/data-tables";
import type { Item } from "./state.ts";

/** By the first letter of the partition key. */
const KINDS: Record<string, string> = {
  a: "Account, without tokens",
  s: "Provider session → account",
  u: "User → account",
  x: "What expires that day",
  t: "Used, and never again",
  e: "Sign-outs before their sign-in",
};

type Row = Record<string, unknown> & { partitionKey: string; rowKey: string; timestamp?: string };

/** What is in the app's table, newest first: kinds and sizes, never a value. */
export async function readRows(connectionString: string) {
  const table = TableClient.fromConnectionString(connectionString, "lightsout", {
    allowInsecureConnection: true,
  });
  const rows: Row[] = [];
  try {
    for await (const row of table.listEntities()) rows.push(row as Row);
  } catch (error) {
    // The app makes its table when it first writes to it.
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  }
  rows.sort((a, b) => (b.timestamp ?? "").localeCompare(a.timestamp ?? ""));
  const { tokens = [], index = [] } = Object.groupBy(rows, ({ rowKey }) =>
    rowKey.startsWith("c.") ? "tokens" : "index",
  );
  return {
    tokens: tokens.map((row) => itemOf(row, "Sealed tokens and sessions")),
    index: index.map((row) => itemOf(row, KINDS[row.partitionKey.slice(0, 1)] ?? "Row")),
    tokenBytes: tokens.reduce((sum, row) => sum + sizeOf(row), 0),
  };
}

function itemOf(row: Row, title: string): Item {
  const key = shorten(`${row.partitionKey} / ${row.rowKey}`);
  return { id: key, title, detail: `${key} · ${inBytes(sizeOf(row))}` };
}

/** Bytes of all values; the storage service adds a little for names and types. */
function sizeOf({ partitionKey, rowKey, timestamp, etag, ...values }: Row): number {
  return Object.values(values).reduce(
    (sum: number, value) => sum + (value instanceof Uint8Array ? value : String(value)).length,
    0,
  );
}

/** Cuts hashes and random ids to what tells them apart. */
export function shorten(text: string): string {
  return text.replace(/[\w.-]{22,}/g, (id) => `${id.slice(0, 8)}…`);
}

export function inBytes(size: number): string {
  return size < 1_000 ? `${size} bytes` : `${(size / 1_000).toFixed(1)} kB`;
}
