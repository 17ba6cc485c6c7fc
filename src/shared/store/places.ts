/** A fixed number of places. When all are taken, one that can be spared makes way for one that cannot. */
export interface Places<T> {
  /** @returns who is left without a place: the one that came, the one that made way, or nobody. */
  take(one: T): T | undefined;
  leave(one: T): void;
}

export function createPlaces<T>(count: number, mayGo: (one: T) => boolean): Places<T> {
  const taken = new Set<T>();
  return {
    take(one) {
      let displaced: T | undefined;
      if (!taken.has(one) && taken.size >= count) {
        displaced = mayGo(one) ? one : ([...taken].find(mayGo) ?? one);
        taken.delete(displaced);
      }
      if (displaced !== one) taken.add(one);
      return displaced;
    },
    leave: (one) => void taken.delete(one),
  };
}
