import { StoreUnavailable } from "../base/errors.ts";
import type { Entity, Outcome, Stored, Table, Write } from "./table.ts";

/** One try of one request to the table service. @throws {Unanswered} Nobody can tell what became of it. */
export interface TableRequests {
  get<E extends Entity>(partitionKey: string, rowKey: string): Promise<Stored<E> | undefined>;
  /** @returns false when the condition did not hold. */
  write(writes: readonly Write[]): Promise<boolean>;
  /** @returns false when there was nothing to delete under that key and ETag. */
  remove(partitionKey: string, rowKey: string, etag?: string): Promise<boolean>;
  /** Entities with `from <= PartitionKey < to`, in key order, from where the page before ended. */
  page<E extends Entity>(from: string, to: string, start: string | undefined): Promise<Page<E>>;
}

export interface Page<E extends Entity = Entity> {
  readonly entities: readonly Stored<E>[];
  /** The continuation token: where the next page starts, if there is one. */
  readonly next: string | undefined;
}

/** A request without an answer: it may have been carried out, may never be, or may still be on its way. */
export class Unanswered extends Error {
  /** Milliseconds the service asked to wait (`Retry-After`), if it did. */
  readonly retryAfter: number | undefined;
  /** What to say when it is given up, where more is known than that there was no answer. */
  readonly says: string | undefined;

  constructor(options: UnansweredOptions = {}) {
    super("The table service did not answer.", options);
    this.retryAfter = options.retryAfter;
    this.says = options.message;
  }
}

interface UnansweredOptions extends ErrorOptions {
  readonly retryAfter?: number | undefined;
  readonly message?: string | undefined;
}

export interface RetryPolicy {
  /** Milliseconds before the second, third, … try. */
  readonly delays: readonly number[];
  /** The longest `Retry-After` that is waited for, in milliseconds. */
  readonly maxDelay: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * Four tries. Each ends after 2 seconds: a request takes at most 9 seconds, or 14 where the service asks for pauses.
 * Milliseconds.
 */
export const SHORT_FAULTS = { delays: [100, 300, 600], maxDelay: 2_000 };

/**
 * Sends a request again while it stays unanswered.
 *
 * This is done here and not by the SDK, because after a lost answer the second try meets the first one's
 * own work and reports a conflict. Only the code that counts the tries can tell that from a real conflict.
 */
export function retrying(
  requests: TableRequests,
  policy: RetryPolicy,
  onRetry?: (error: Unanswered) => void,
): Table {
  async function attempt<T>(request: () => Promise<T>): Promise<{ answer: T; tries: number }> {
    for (let tries = 1; ; tries++) {
      try {
        return { answer: await request(), tries };
      } catch (error) {
        if (!(error instanceof Unanswered)) throw error;
        const delay = policy.delays[tries - 1];
        if (delay === undefined) throw new StoreUnavailable(error.says, { cause: error });
        onRetry?.(error);
        await policy.sleep(Math.min(Math.max(delay, error.retryAfter ?? 0), policy.maxDelay));
      }
    }
  }

  async function write(writes: readonly Write[]): Promise<Outcome> {
    const { answer, tries } = await attempt(() => requests.write(writes));
    if (answer) return "done";
    return tries === 1 ? "refused" : "unsure";
  }

  return {
    get: async (partitionKey, rowKey) =>
      (await attempt(() => requests.get<never>(partitionKey, rowKey))).answer,
    insert: (entity) => write([{ kind: "insert", entity }]),
    replace: (entity, etag) => write([{ kind: "replace", entity, etag }]),
    transact: write,
    async remove(partitionKey, rowKey, etag) {
      const { answer, tries } = await attempt(() => requests.remove(partitionKey, rowKey, etag));
      return answer || (tries === 1 ? false : undefined);
    },
    async *list(from, to) {
      let start: string | undefined;
      do {
        const { answer } = await attempt(() => requests.page<never>(from, to, start));
        yield* answer.entities;
        start = answer.next;
      } while (start !== undefined);
    },
  };
}
