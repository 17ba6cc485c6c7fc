import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./load.ts";

export interface Pace {
  /** Calls that begin at once. */
  readonly burst: number;
  /** Milliseconds from one burst to the next. */
  readonly every: number;
  readonly milliseconds: number;
}

/**
 * Sends as many calls in a stretch of time, however long they take: who is late catches up. So two subjects get the same
 * load, whatever else the machine does.
 */
export async function pace(call: Call, { burst, every, milliseconds }: Pace): Promise<void> {
  const start = performance.now();
  let number = 0;
  for (let at = 0; at < milliseconds; at += every) {
    await sleep(Math.max(0, start + at - performance.now()));
    await Promise.all(Array.from({ length: burst }, () => call(number++)));
  }
  await sleep(Math.max(0, start + milliseconds - performance.now()));
}
