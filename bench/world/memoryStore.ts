import type { Store } from "../../src/shared/store/store.ts";
import { composeApp } from "./app.ts";
import { createMemoryTable, type MemoryTable } from "./memoryTable.ts";
import { CLIENT_ID, CLIENT_SECRET, sealingKeys } from "./setUp.ts";

export const TENANT = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";
export const AUTHORITY = `https://login.microsoftonline.com/${TENANT}`;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** A store that nothing else is needed for. */
export function storeInMemory(now: () => number): Store & { readonly table: MemoryTable } {
  const { store } = composeApp({
    ENTRA_CLIENT_ID: CLIENT_ID,
    ENTRA_TENANT_ID: TENANT,
    ENTRA_CLIENT_SECRET: CLIENT_SECRET,
    TOKEN_CACHE_STORAGE: "UseDevelopmentStorage=true",
    TOKEN_CACHE_KEYS: sealingKeys(),
  });
  return { ...store, table: createMemoryTable(), now };
}
