import { setTimeout as sleep } from "node:timers/promises";

const PATIENCE_MS = 60_000;

/** Asks until the answer is a yes. @returns that answer @throws Error when it takes too long */
export async function eventually<T>(probe: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const answer = await probe();
    if (answer) return answer;
    await sleep(20);
  }
  throw new Error(`It did not come about: ${probe}`);
}
