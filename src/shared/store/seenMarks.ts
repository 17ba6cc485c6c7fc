import { readEarlyMarks } from "./earlySignOuts.ts";
import { marksOf, readSid } from "./sidIndex.ts";
import type { Store } from "./store.ts";

/**
 * The versions of the marks under these keys: a sign-in that starts now starts after those sign-outs.
 *
 * @param keys Partitions, as the browser's sealed cookies name them. None: the table is not asked.
 * @throws {StoreUnavailable}
 */
export async function seenMarks(store: Store, keys: readonly string[]): Promise<string[]> {
  const seen: string[] = [];
  for (const key of new Set(keys)) {
    const entry = await readSid(store, key);
    const marks = [...(entry ? marksOf(entry) : []), ...(await readEarlyMarks(store, key))];
    seen.push(...marks.map(({ version }) => version));
  }
  return seen;
}
