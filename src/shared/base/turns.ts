import { TooManyCalls } from "./errors.ts";

/** Bounds how many run at once: in all, and for each key, so that one key cannot take every place. */
export interface Turns {
  /**
   * Runs something when its turn comes.
   * @param key Whose turn it is.
   * @throws {TooManyCalls} Its turn did not come in time.
   */
  take<T>(key: string, run: () => Promise<T>): Promise<T>;
}

interface TurnLimits {
  readonly atOnce: number;
  /** Of one key. */
  readonly ofEach: number;
  /** Milliseconds. */
  readonly patience: number;
}

interface Waiting {
  readonly key: string;
  readonly begin: () => void;
}

export function createTurns({ atOnce, ofEach, patience }: TurnLimits): Turns {
  const running = new Map<string, number>();
  const waiting = new Set<Waiting>();
  let total = 0;

  const isFree = (key: string) => total < atOnce && (running.get(key) ?? 0) < ofEach;

  function begin(key: string): void {
    total += 1;
    running.set(key, (running.get(key) ?? 0) + 1);
  }

  function end(key: string): void {
    total -= 1;
    const left = (running.get(key) ?? 0) - 1;
    if (left > 0) running.set(key, left);
    else running.delete(key);
    for (const next of waiting) {
      if (total >= atOnce) return;
      if (isFree(next.key)) next.begin();
    }
  }

  async function turnOf(key: string): Promise<void> {
    if (isFree(key)) return begin(key);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const entry: Waiting = {
      key,
      begin() {
        clearTimeout(timer);
        waiting.delete(entry);
        begin(key);
        resolve();
      },
    };
    const timer = setTimeout(() => {
      waiting.delete(entry);
      reject(new TooManyCalls());
    }, patience);
    waiting.add(entry);
    await promise;
  }

  return {
    async take(key, run) {
      await turnOf(key);
      try {
        return await run();
      } finally {
        end(key);
      }
    },
  };
}
