import { type Generation, generationRow, type IndexKey } from "../rows/keys.ts";
import type { IndexRow } from "../rows/rows.ts";
import type { Stored } from "../table/table.ts";
import { endGeneration, preventCreation } from "./generation.ts";
import { beginRound } from "./rounds.ts";
import { endForged, indexRowOf, originOf, readSid, rewrite, tombstonesOf } from "./sidIndex.ts";
import type { GenerationRef, Store } from "./store.ts";
import { assertStartedAfter, type Started } from "./tombstones.ts";

/** What a `sid` is to lead to. */
interface Reservation extends GenerationRef {
  /** When the session is over. Milliseconds since 1970. */
  readonly over: number;
}

/**
 * Points a new `sid` at the generation that its sign-in is going to be stored in.
 * @returns false when there is a row for it, which may be of this very sign-in.
 */
export async function reserveSid(
  store: Store,
  key: IndexKey,
  reservation: Reservation,
): Promise<boolean> {
  return (await store.table.insert(indexRowOf(store, key, contentOf(reservation)))) === "done";
}

/**
 * The same for a `sid` that has a row. The tombstones in it stay: they stop other sign-ins too.
 *
 * @param read The row.
 * @param ended Generations that are not live and never will be, as far as this sign-in knows.
 * @returns false when the `sid` already belongs to a generation that has been created in the meantime, or the row has
 * gone.
 * @throws {SignInOvertaken} The provider has signed this session out since the sign-in was started.
 */
export async function takeSidOver(
  store: Store,
  key: IndexKey,
  read: Stored<IndexRow>,
  reservation: Reservation,
  ended: ReadonlySet<Generation>,
  signIn: Started,
): Promise<boolean> {
  const { partition, generation } = reservation;
  const content = contentOf(reservation);
  let row: Stored<IndexRow> | undefined = read;
  for (let round = 0; ; row = await readSid(store, key)) {
    if (row === undefined) return false;
    assertStartedAfter(tombstonesOf(row), signIn);

    // Its tombstones count whoever has made them; nothing else does that is not ours.
    const origin = originOf(store.keyring, row);
    if (origin === "forged" && row.partition !== partition) await endForged(store, row);
    else if (!row.signedOut || origin !== "ours") {
      const isSame = row.partition === partition && row.generation === generation;
      if (isSame && origin === "ours" && row.expiresAt >= content.expiresAt) return true;
      // The row is the only way to find what it points at, so that has to be gone before it is overwritten.
      if (row.partition !== partition) await endGeneration(store, row);
      else if (!isSame && !ended.has(row.generation)) {
        if (!(await preventCreation(store, row)) && (await isLive(store, row))) return false;
      }
    }
    if (await rewrite(store, row, content)) return true;
    await beginRound(store, ++round);
  }
}

function contentOf({ partition, generation, over }: Reservation) {
  return { partition, generation, expiresAt: new Date(over).toISOString(), signedOut: false };
}

export async function isLive(store: Store, ref: GenerationRef): Promise<boolean> {
  return (await store.table.get(ref.partition, generationRow(ref.generation))) !== undefined;
}
