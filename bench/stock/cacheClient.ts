import type { TableClient } from "@azure/data-tables";
import type { ICacheClient } from "@azure/msal-node";

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
      const bytes = Buffer.from(value);
      const row: Record<string, unknown> = {};
      for (let at = 0; at < bytes.length; at += CHUNK) {
        row[`d${at / CHUNK}`] = bytes.subarray(at, at + CHUNK);
      }
      await table.upsertEntity({ partitionKey: key, rowKey: key, ...row }, "Replace");
      return value;
    },
  };
}
