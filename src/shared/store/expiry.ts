import { expiryPartition } from "./keys.ts";
import type { Store } from "./store.ts";
import { type GenerationRef, randomId } from "./store.ts";
import type { Entity } from "./table.ts";

/** Tells the purge of one day what to look at. Written before anything it names. */
export interface ExpiryEntry extends Entity {
  readonly partition: string;
  readonly generation: string;
  /** Partitions of the entries that point at this generation, separated by spaces. */
  readonly sids: string;
}

/** @param expiresAt Milliseconds since 1970. */
export async function fileForExpiry(
  store: Store,
  { partition, generation }: GenerationRef,
  sids: readonly string[],
  expiresAt: number,
): Promise<void> {
  const entry: ExpiryEntry = {
    partitionKey: expiryPartition(expiresAt),
    rowKey: `${generation}.${randomId(store)}`,
    partition,
    generation,
    sids: sids.join(" "),
  };
  // Its key is new, so a refusal can only be the echo of a try that lost its answer.
  await store.table.insert(entry);
}
