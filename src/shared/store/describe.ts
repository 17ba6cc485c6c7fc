import type { Keyring } from "../crypto/keyring.ts";
import {
  accountPartition,
  generationRow,
  type HomeAccountId,
  type PartitionKey,
} from "../rows/keys.ts";
import type { HeadRow } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";
import { unsealAccount } from "./accountRow.ts";
import { readHead } from "./generation.ts";
import type { Store } from "./store.ts";

/** What is held for an account, in numbers. Never a token, never a key. */
export interface AccountDescription {
  /** False for a row that none of our keys unseals. */
  readonly readable: boolean;
  /** Bytes in the table. */
  readonly sealedBytes: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly sessions: readonly DescribedSession[];
}

interface DescribedSession {
  readonly device: string;
  readonly signedInAt: string;
  readonly expiresAt: string;
  /** Whether it counts only on the device that signed in. */
  readonly bound: boolean;
  /** Of its user and tokens, which only its browser can unseal. */
  readonly sealedBytes: number;
}

/** @returns undefined when nothing is held. */
export function describeAccount(
  store: Store,
  homeAccountId: HomeAccountId,
): Promise<AccountDescription | undefined> {
  return describePartition(store, accountPartition(homeAccountId));
}

/** The same, by the account's partition, as log and table have it. */
export async function describePartition(
  store: Store,
  partition: PartitionKey,
): Promise<AccountDescription | undefined> {
  const head = await readHead(store, partition);
  if (!head?.generation) return undefined;
  const entity = await store.table.get(partition, generationRow(head.generation));
  return entity && describeEntity(store.keyring, head, entity);
}

/** @param head The account's head, which names the entity. */
export function describeEntity(
  keyring: Keyring,
  head: Pick<HeadRow, "changedAt">,
  entity: Stored<Entity>,
): AccountDescription {
  const account = unsealAccount(keyring, entity);
  return {
    readable: account !== undefined,
    sealedBytes: Object.values(entity).reduce(
      (sum: number, value) => sum + (value instanceof Uint8Array ? value.length : 0),
      0,
    ),
    createdAt: head.changedAt,
    expiresAt: String(entity.expiresAt),
    sessions: Object.values(account?.sessions ?? {}).map((session) => ({
      device: session.device,
      signedInAt: new Date(session.signedInAt).toISOString(),
      expiresAt: new Date(session.expiresAt).toISOString(),
      bound: session.binding !== undefined,
      sealedBytes: session.segment.bytes.length,
    })),
  };
}
