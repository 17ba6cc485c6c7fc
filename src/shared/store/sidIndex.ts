import { SignInOvertaken } from "../errors.ts";
import { endGeneration, preventOpening } from "./generation.ts";
import { generationRow, SID } from "./keys.ts";
import { beginRound } from "./rounds.ts";
import type { GenerationRef, Store } from "./store.ts";
import type { Entity, Stored } from "./table.ts";

/** Where the tokens of an identity provider session are. Written before the tokens, so that sign-out always finds them. */
export interface SidEntry extends Entity {
  readonly partition: string;
  readonly generation: string;
  /** Set when the provider has signed this session out. It will never sign in again. */
  readonly signedOut: boolean;
  /** ISO 8601. */
  readonly changedAt: string;
}

export function readSid(store: Store, partitionKey: string): Promise<Stored<SidEntry> | undefined> {
  return store.table.get<SidEntry>(partitionKey, SID);
}

/**
 * Points a `sid` at the generation that its sign-in is going to be stored in.
 *
 * @param abandoned Generations this same sign-in tried before and that are known never to have been opened.
 * @returns false when the `sid` already belongs to a generation that has been opened in the meantime.
 * @throws {SignInOvertaken} The provider has signed this session out.
 */
export async function claimSid(
  store: Store,
  partitionKey: string,
  { partition, generation }: GenerationRef,
  abandoned: ReadonlySet<string>,
): Promise<boolean> {
  const claim: SidEntry = {
    partitionKey,
    rowKey: SID,
    partition,
    generation,
    signedOut: false,
    changedAt: new Date(store.now()).toISOString(),
  };
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    if ((await store.table.insert(claim)) === "done") return true;
    const entry = await readSid(store, partitionKey);
    if (entry === undefined) continue;
    if (entry.signedOut) throw new SignInOvertaken();
    if (entry.partition === partition && entry.generation === generation) return true;

    // The entry is the only way to find what it points at, so that has to be gone before it is overwritten.
    if (entry.partition !== partition) await endGeneration(store, entry);
    else if (!abandoned.has(entry.generation)) {
      if (!(await preventOpening(store, entry)) && (await isOpen(store, entry))) return false;
    }
    if ((await store.table.replace(claim, entry.etag)) === "done") return true;
  }
}

async function isOpen(store: Store, ref: GenerationRef): Promise<boolean> {
  return (await store.table.get(ref.partition, generationRow(ref.generation))) !== undefined;
}

/** Marks a `sid` as signed out. @returns false when a sign-in has claimed it since `entry` was read. */
export async function markSignedOut(store: Store, entry: Stored<SidEntry>): Promise<boolean> {
  const { etag, ...claim } = entry;
  const changedAt = new Date(store.now()).toISOString();
  return (await store.table.replace({ ...claim, signedOut: true, changedAt }, etag)) === "done";
}
