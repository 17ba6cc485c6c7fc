import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 15_000;

/** Waits until something is so. @throws Error when it is not after fifteen seconds */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`It did not come about: ${condition}`);
    await sleep(20);
  }
}
