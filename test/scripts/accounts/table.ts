import { randomBytes } from "node:crypto";
import { createInspection, type Residue } from "../../../scripts/accounts/residue.ts";
import type { Keyring } from "../../../src/shared/crypto/keyring.ts";
import type { HomeAccountId, Sid } from "../../../src/shared/rows/keys.ts";
import type { HeldSession } from "../../../src/shared/store/segments.ts";
import type { Store } from "../../../src/shared/store/store.ts";
import { keyring } from "../../support/keyring.ts";
import { type MemoryTable, memoryTable } from "../../support/memoryTable.ts";
import { signInSomebody } from "../../support/somebody.ts";

export const HOUR = 3_600_000;
const TENANT = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";

export interface TestStore extends Store {
  readonly table: MemoryTable;
  /** Milliseconds since 1970. */
  time: number;
}

/** The app's store on a table in memory, at noon. */
export function testStore(...keyIds: [string, ...string[]]): TestStore {
  const store: TestStore = {
    table: memoryTable(),
    keyring: keyring(...keyIds),
    time: Date.parse("2026-03-01T12:00:00Z"),
    now: () => store.time,
    sleep: async () => {},
    randomBytes,
    log: () => {},
  };
  return store;
}

export function homeAccountId(user: number): HomeAccountId {
  return `00000000-0000-4000-8000-${String(user).padStart(12, "0")}.${TENANT}` as HomeAccountId;
}

interface SomeSignIn {
  readonly user?: number;
  readonly sids?: readonly string[];
  readonly subject?: string;
  readonly replaces?: HeldSession | undefined;
  readonly hours?: number;
}

export function signIn(
  store: Store,
  { user = 1, sids = ["a sid"], subject, replaces, hours = 12 }: SomeSignIn = {},
): Promise<HeldSession> {
  return signInSomebody(store, hours * HOUR, {
    homeAccountId: homeAccountId(user),
    sids: sids as Sid[],
    subject,
    start: { at: store.now(), seen: [] },
    replaces,
  });
}

/** What is wrong with the table, at the store's time. */
export function residueOf(
  store: TestStore,
  keys: Keyring | "no keys" = store.keyring,
): readonly Residue[] {
  const inspection = createInspection(keys === "no keys" ? undefined : keys, store.time);
  for (const row of store.table.rows.values()) inspection.add(row);
  return inspection.end();
}
