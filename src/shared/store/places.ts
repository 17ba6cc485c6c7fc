/** A fixed number of places. When all are taken, one that can be spared makes way for one that cannot. */
export interface Places<T> {
  /** @returns who is left without a place: the one that came, the one that made way, or nobody. */
  take(one: T): T | undefined;
  leave(one: T): void;
}

export function createPlaces<T>(count: number, isSpared: (one: T) => boolean): Places<T> {
  const taken = new Set<T>();
  return {
    take(one) {
      let without: T | undefined;
      if (!taken.has(one) && taken.size >= count) {
        without = isSpared(one) ? one : ([...taken].find(isSpared) ?? one);
        taken.delete(without);
      }
      if (without !== one) taken.add(one);
      return without;
    },
    leave: (one) => void taken.delete(one),
  };
}
