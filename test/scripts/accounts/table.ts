import { createInspection, type Residue } from "../../../scripts/accounts/residue.ts";
import type { Keyring } from "../../../src/shared/crypto/keyring.ts";
import type { HomeAccountId, Sid } from "../../../src/shared/rows/keys.ts";
import type { HeldSession } from "../../../src/shared/store/segments.ts";
import { storeSignIn } from "../../../src/shared/store/signIn.ts";
import type { Store } from "../../../src/shared/store/store.ts";
import { cacheOf, HOUR, type MemoryStore, sessionOf, TENANT } from "../../store/samples.ts";

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
  const now = store.now();
  const session = sessionOf({
    homeAccountId: homeAccountId(user),
    issuedAt: now,
    confirmedAt: now,
    signedInAt: now,
    expiresAt: now + hours * HOUR,
  });
  return storeSignIn(store, {
    session,
    cache: cacheOf(),
    sids: sids as Sid[],
    subject,
    start: { at: now, seen: [] },
    replaces,
  });
}

/** What is wrong with the table, at the store's time. */
export function residueOf(
  store: MemoryStore,
  keys: Keyring | "no keys" = store.keyring,
): readonly Residue[] {
  const inspection = createInspection(keys === "no keys" ? undefined : keys, store.time);
  for (const row of store.table.rows.values()) inspection.add(row);
  return inspection.end();
}
