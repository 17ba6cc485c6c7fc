/** A property value as Table Storage keeps it. Times are ISO 8601 strings: they sort, and people can read them. */
export type Value = string | number | boolean | Uint8Array;

export interface Entity {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly [property: string]: Value;
}

/** An entity as it was read, with the ETag of that read. */
export type Stored<E extends Entity = Entity> = E & { readonly etag: string };

/**
 * How a conditional write ended.
 * - `done`: it is in the table.
 * - `refused`: its condition did not hold, and nothing of it is or ever will be in the table.
 * - `unsure`: an earlier try of the same write lost its answer and the condition does not hold now,
 *   so either that earlier try is in the table or somebody else's write is. Read to find out.
 */
export type Outcome = "done" | "refused" | "unsure";

/** The few operations of Table Storage that the protocol is made of. No write in here is unconditional but for removals. */
export interface Table {
  /** Point read. */
  get<E extends Entity>(partitionKey: string, rowKey: string): Promise<Stored<E> | undefined>;
  /** Insert Entity: only where there is none. */
  insert(entity: Entity): Promise<Outcome>;
  /** Update Entity with `If-Match`: only over the version that was read. */
  replace(entity: Entity, etag: string): Promise<Outcome>;
  /** One entity group transaction, in one partition: all of the writes, or none. */
  transact(writes: readonly Write[]): Promise<Outcome>;
  /**
   * Delete Entity, with `If-Match` when an ETag is given.
   * @returns false when it was not there, or was not that version any more; undefined when that is so now, and an
   * earlier try lost its answer: it may have been this very request that deleted it.
   */
  remove(partitionKey: string, rowKey: string, etag?: string): Promise<boolean | undefined>;
  /** Entities with `from <= PartitionKey < to`, in key order. */
  list<E extends Entity>(from: string, to: string): AsyncIterable<Stored<E>>;
}

export type Write =
  | { readonly kind: "insert"; readonly entity: Entity }
  | { readonly kind: "replace"; readonly entity: Entity; readonly etag: string }
  /** Whatever version is there: for rows that never change. Of the entity, the key counts. */
  | { readonly kind: "remove"; readonly entity: Entity };

/** Writes of one entity group transaction. */
export const MOST_WRITES = 100;
