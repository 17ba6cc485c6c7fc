import type { Sleep } from "./clock.ts";

/**
 * Waits for a result, and no longer than so many milliseconds. The work itself goes on.
 * @param late Gives the result that counts then, or throws.
 */
export async function within<T>(
  sleep: Sleep,
  milliseconds: number,
  work: Promise<T>,
  late: () => T,
): Promise<T> {
  const over = new AbortController();
  try {
    return await Promise.race([work, sleep(milliseconds, over.signal).then(late)]);
  } finally {
    over.abort();
  }
}
