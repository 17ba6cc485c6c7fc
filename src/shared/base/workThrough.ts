/**
 * Works through items, so many at once, until it is time to stop. The first error ends it, when the others are done.
 * @returns whether nothing is left.
 */
export async function workThrough<T>(
  items: AsyncIterable<T>,
  atOnce: number,
  isOver: () => boolean,
  work: (item: T) => Promise<void>,
): Promise<boolean> {
  const left = items[Symbol.asyncIterator]();
  async function worker(): Promise<boolean> {
    while (!isOver()) {
      const { value: item, done } = await left.next();
      if (done) return true;
      await work(item);
    }
    return false;
  }
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  return ends
    .map((end) => {
      if (end.status === "rejected") throw end.reason;
      return end.value;
    })
    .every(Boolean);
}

export async function* batchesOf<T>(
  items: AsyncIterable<T>,
  size: number,
): AsyncGenerator<T[], undefined> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

export async function* all<T>(items: Iterable<T>): AsyncGenerator<T, undefined> {
  yield* items;
}
