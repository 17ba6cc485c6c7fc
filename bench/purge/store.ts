import type { Store } from "../../src/shared/store/store.ts";
import { retrying } from "../../src/shared/table/retrying.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { memoryRequests } from "../../src/testing/memoryTable.ts";
import { composeApp } from "../world/app.ts";
import { CLIENT_ID, CLIENT_SECRET, sealingKeys } from "../world/setUp.ts";

export const TENANT = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";
export const AUTHORITY = `https://login.microsoftonline.com/${TENANT}`;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A store with a table in memory. */
export function storeInMemory(rows: Map<string, Stored>, now: () => number): Store {
  const { store } = composeApp({
    ENTRA_CLIENT_ID: CLIENT_ID,
    ENTRA_TENANT_ID: TENANT,
    ENTRA_CLIENT_SECRET: CLIENT_SECRET,
    TOKEN_CACHE_STORAGE: "UseDevelopmentStorage=true",
    TOKEN_CACHE_KEYS: sealingKeys(),
  });
  const sleep = async () => {};
  const table = retrying(memoryRequests(rows), { delays: [], maxDelay: 0, sleep });
  return { ...store, table, now };
}
