import { generationRow, HEAD } from "../../src/shared/rows/keys.ts";
import type { HeadRow } from "../../src/shared/rows/rows.ts";
import { type AccountDescription, describeEntity } from "../../src/shared/store/describe.ts";
import { missingKeyOf } from "../../src/shared/store/missingKey.ts";

import type { Store } from "../../src/shared/store/store.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import type { Progress } from "./progress.ts";

export interface ListedAccount extends AccountDescription {
  /** The account's hashed id. */
  readonly account: string;
  /** Id and fingerprint of the key that sealed its row, if that key is not in TOKEN_CACHE_KEYS. */
  readonly missingKey?: string | undefined;
}

/** All accounts that hold tokens. `verify` finds tokens that no head names. */
export async function listAccounts(
  { table, keyring }: Store,
  progress: Progress,
): Promise<ListedAccount[]> {
  const accounts: ListedAccount[] = [];
  let rows: Stored<Entity>[] = [];
  function finish(): void {
    const head = rows.find(({ rowKey }) => rowKey === HEAD) as Stored<HeadRow> | undefined;
    const live = head && rows.find(({ rowKey }) => rowKey === generationRow(head.generation));
    if (live) {
      const missingKey = missingKeyOf(keyring, live);
      const description = describeEntity(keyring, head, live);
      accounts.push({ account: live.partitionKey, ...description, missingKey });
    }
    rows = [];
  }
  // The rows of an account come one after the other.
  for await (const row of table.list("a.", "b")) {
    progress.row(row.partitionKey);
    if (row.partitionKey !== rows[0]?.partitionKey) finish();
    rows.push(row);
  }
  finish();
  progress.end();
  return accounts;
}
