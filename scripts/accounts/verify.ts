import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import type { Table } from "../../src/shared/table/table.ts";
import type { Progress } from "./progress.ts";
import { createInspection, type Residue } from "./residue.ts";

export interface Verification {
  readonly rows: number;
  readonly residue: readonly Residue[];
}

/** Sorts after the partition keys of all rows of this app. */
const END = "\uf8ff";

/**
 * Checks every row of the table. Users sign in and out meanwhile, so rows that are read at different times may not fit
 * each other. Residue counts only if a second reading finds it again.
 *
 * @param keyring Undefined without keys.
 * @throws {StoreUnavailable}
 */
export async function verify(
  table: Table,
  keyring: Keyring | undefined,
  now: () => number,
  progress: Progress,
): Promise<Verification> {
  async function inspect(): Promise<Verification> {
    const inspection = createInspection(keyring, now());
    let rows = 0;
    for await (const row of table.list("", END)) {
      progress.row(row.partitionKey);
      inspection.add(row);
      rows++;
    }
    progress.end();
    return { rows, residue: inspection.end() };
  }

  const first = await inspect();
  if (first.residue.length === 0) return first;
  const seen = new Set(first.residue.map(nameOf));
  const { rows, residue } = await inspect();
  return { rows, residue: residue.filter((one) => seen.has(nameOf(one))) };
}

function nameOf({ partitionKey, rowKey, kind }: Residue): string {
  return `${partitionKey}\n${rowKey}\n${kind}`;
}
