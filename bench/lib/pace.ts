import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./load.ts";

export interface Pace {
  /** Calls that begin at once. */
  readonly burst: number;
  /** Milliseconds from one burst to the next. */
  readonly every: number;
  readonly milliseconds: number;
}

/** Open loop, so that two subjects get the same load. A burst that is late by a whole period is left out. @returns how many calls were answered. */
export async function pace(call: Call, { burst, every, milliseconds }: Pace): Promise<number> {
  const start = performance.now();
  let number = 0;
  for (let at = 0; at < milliseconds; at += every) {
    const early = start + at - performance.now();
    if (early < -every) continue;
    await sleep(Math.max(0, early));
    await Promise.all(Array.from({ length: burst }, () => call(number++)));
  }
  await sleep(Math.max(0, start + milliseconds - performance.now()));
  return number;
}
