import type { Context } from "../../src/shared/context.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import { entitySize } from "../lib/entitySize.ts";
import { AUTHORITY, DAY, storeInMemory, TENANT } from "../world/memoryStore.ts";
import { msalCache } from "../world/tokens.ts";
import { withSessions } from "./account.ts";

/** What Table Storage takes, in bytes. */
export const LARGEST = { row: 1024 * 1024, property: 64 * 1024 } as const;

/** The row of an account in which as many sessions are as it takes. */
export interface Full {
  readonly tokens: number;
  /** Of as many sign-ins as were made. */
  readonly signIns: number;
  readonly kept: number;
  readonly row: number;
  readonly property: number;
}

export async function fullAccount(signIns: number, tokens: number): Promise<Full> {
  const store = storeInMemory(Date.now);
  const settings = { sessionLifetime: DAY } as Context["settings"];
  const model = await msalCache(TENANT, AUTHORITY, tokens);
  const { rows } = await withSessions({ store, settings }, TENANT, model, 0, signIns);
  const row = largestOf(rows);
  const properties = Object.values(row).filter((value) => value instanceof Uint8Array);
  const account = unsealAccount(store.keyring, row as Stored<Entity>);
  return {
    tokens,
    signIns,
    kept: Object.keys(account?.sessions ?? {}).length,
    row: entitySize(row),
    property: Math.max(...properties.map(({ length }) => length)),
  };
}

/** The row with the tokens. */
export function largestOf(rows: readonly Entity[]): Entity {
  return rows.reduce((a, b) => (entitySize(b) > entitySize(a) ? b : a));
}
