import { generationRow, HEAD, type PartitionKey } from "../rows/keys.ts";
import type { HeadRow } from "../rows/rows.ts";
import type { Stored } from "../table/table.ts";
import type { Account } from "./account.ts";
import { readAccount } from "./accountRow.ts";
import { listPartition } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import type { Store } from "./store.ts";

/** An account's live generation, as it was read. */
export interface LiveGeneration {
  readonly account: Account;
  readonly etag: string;
}

/** What a sign-in finds: the account's head, and its live generation. */
type Current =
  | { readonly head: Stored<HeadRow>; readonly live: LiveGeneration }
  | { readonly head: Stored<HeadRow> | undefined; readonly live?: undefined };

/** @throws {SealingKeyMissing} @throws {StoreUnavailable} */
export async function readCurrent(
  store: Store,
  partition: PartitionKey,
  round = 0,
): Promise<Current> {
  await beginRound(store, round);
  const rows = new Map<string, Stored>();
  for await (const row of listPartition(store, partition)) rows.set(row.rowKey, row);
  const head = rows.get(HEAD) as Stored<HeadRow> | undefined;
  const entity = head?.generation ? rows.get(generationRow(head.generation)) : undefined;
  if (!head || !entity) return { head };
  const account = readAccount(store, entity);
  if (account !== undefined) return { head, live: { account, etag: entity.etag } };
  // Nobody can use it: its sessions are over, or somebody tampered with it.
  await store.table.remove(partition, entity.rowKey, entity.etag);
  return { head };
}
