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

/**
 * Milliseconds after which no request to the table can still be under way: thirty times the
 * `functionTimeout` in host.json, and a request is given up long before that.
 */
export const REQUESTS_OVER = 60 * 60_000;

/** @param expiresAt Milliseconds since 1970. */
export async function fileForExpiry(
  store: Store,
  { partition, generation }: GenerationRef,
  sids: readonly string[],
  expiresAt: number,
): Promise<void> {
  // Not before whatever it names is in the table, or never will be.
  const day = Math.max(expiresAt, store.now() + REQUESTS_OVER);
  const entry: ExpiryEntry = {
    partitionKey: expiryPartition(day),
    rowKey: `${generation}.${randomId(store)}`,
    partition,
    generation,
    sids: sids.join(" "),
  };
  // Its key is new, so a refusal can only be the echo of a try that lost its answer.
  await store.table.insert(entry);
}
