/**
 * One run at a time for each key. Calls that come during a run share the next one, so that every caller is answered
 * by a run that began after the call.
 */
export function together<T>(
  run: (key: string, items: readonly T[]) => Promise<void>,
): (key: string, item: T) => Promise<void> {
  const running = new Set<string>();
  const waiting = new Map<string, PromiseWithResolvers<void> & { readonly items: T[] }>();

  async function begin(key: string, items: readonly T[]): Promise<void> {
    running.add(key);
    try {
      await run(key, items);
    } finally {
      running.delete(key);
      const next = waiting.get(key);
      waiting.delete(key);
      if (next) begin(key, next.items).then(next.resolve, next.reject);
    }
  }

  return (key, item) => {
    if (!running.has(key)) return begin(key, [item]);
    const next = waiting.get(key) ?? { items: [], ...Promise.withResolvers<void>() };
    waiting.set(key, next);
    next.items.push(item);
    return next.promise;
  };
}
