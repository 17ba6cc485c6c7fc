import type { TableClient } from "@azure/data-tables";
import type { ICacheClient } from "@azure/msal-node";
import type { Entity } from "../../src/shared/table/table.ts";

/** Bytes of the largest binary property. */
const CHUNK = 64 * 1024;

/** Keeps MSAL's serialized cache of one account in one row. Upsert, as the interface has no word for anything else. */
export function createCacheClient(table: TableClient): ICacheClient {
  return {
    async get(key) {
      try {
        const row = await table.getEntity<Record<string, unknown>>(key, key);
        const chunks: Uint8Array[] = [];
        for (let i = 0; row[`d${i}`] instanceof Uint8Array; i++) {
          chunks.push(row[`d${i}`] as Uint8Array);
        }
        return Buffer.concat(chunks).toString();
      } catch (error) {
        if ((error as { statusCode?: number }).statusCode === 404) return "";
        throw error;
      }
    },
    async set(key, value) {
      await table.upsertEntity(cacheRow(key, value), "Replace");
      return value;
    },
  };
}

export function cacheRow(key: string, value: string): Entity {
  const bytes = Buffer.from(value);
  const chunks: Record<string, Uint8Array> = {};
  for (let at = 0; at < bytes.length; at += CHUNK) {
    chunks[`d${at / CHUNK}`] = bytes.subarray(at, at + CHUNK);
  }
  return { partitionKey: key, rowKey: key, ...chunks };
}
