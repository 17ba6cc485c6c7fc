import { setImmediate } from "node:timers/promises";

export interface VirtualTime {
  /** Milliseconds. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** How many wait for it to pass. */
  readonly sleepers: () => number;
  /** Lets time pass, and everything happen that is due. */
  pass(milliseconds: number): Promise<void>;
}

/** A clock that stands still until it is told to go on. */
export function virtualTime(): VirtualTime {
  const start = 1_800_000_000_000;
  let time = start;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => time,
    sleepers: () => sleepers.length,
    sleep(milliseconds, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const sleeper = { at: time + milliseconds, wake: resolve };
      sleepers.push(sleeper);
      signal?.addEventListener("abort", () => {
        sleepers = sleepers.filter((other) => other !== sleeper);
        reject(signal.reason);
      });
      return promise;
    },
    async pass(milliseconds) {
      const end = time + milliseconds;
      for (;;) {
        await setImmediate();
        const at = Math.min(...sleepers.map((sleeper) => sleeper.at));
        if (at > end) break;
        time = Math.max(time, at);
        const due = sleepers.filter((sleeper) => sleeper.at <= time);
        sleepers = sleepers.filter((sleeper) => sleeper.at > time);
        for (const { wake } of due) wake();
      }
      time = end;
    },
  };
}
