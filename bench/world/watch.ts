import type { TableRequests } from "../../src/shared/table/retrying.ts";

/** What was asked of the table. */
export interface Trace {
  /** Such as `read` or `delete`, in order. */
  readonly requests: readonly string[];
  /** How many of them had to wait for one another: the longest chain. */
  readonly roundTrips: number;
  /** The same, until the row with the tokens was deleted. */
  readonly untilGone: number | undefined;
}

export interface Watch {
  readonly watching: (requests: TableRequests) => TableRequests;
  /** What came since the last call. */
  take(): Trace;
}

/** Counts the requests to a table, and how many of them follow one another. */
export function createWatch(): Watch {
  let requests: string[] = [];
  let answered = 0;
  let untilGone: number | undefined;

  async function count<T>(name: string, send: () => Promise<T>, deletesTokens = false): Promise<T> {
    requests.push(name);
    const depth = answered + 1;
    try {
      return await send();
    } finally {
      answered = Math.max(answered, depth);
      if (deletesTokens) untilGone ??= depth;
    }
  }

  return {
    watching: ({ get, write, remove, page }) => ({
      get: (partitionKey, rowKey) => count("read", () => get<never>(partitionKey, rowKey)),
      write: (writes) =>
        count(writes.length > 1 ? "transaction" : (writes[0]?.kind ?? ""), () => write(writes)),
      remove: (partitionKey, rowKey, etag) =>
        count("delete", () => remove(partitionKey, rowKey, etag), rowKey.startsWith("c.")),
      page: (from, to, start) => count("list", () => page<never>(from, to, start)),
    }),
    take() {
      const trace: Trace = { requests, roundTrips: answered, untilGone };
      requests = [];
      answered = 0;
      untilGone = undefined;
      return trace;
    },
  };
}
