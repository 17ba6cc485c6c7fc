import { StoreUnavailable } from "../base/errors.ts";
import type { Store } from "./store.ts";

const ROUNDS = 24;
export const TOO_MANY_CHANGES = "Too many changes to this account at once. Try again in a moment.";
/** Milliseconds before the second round. Doubles before each further one, up to the longest. */
const PAUSE = { first: 5, longest: 320 };

/**
 * Begins a round of a loop that reads, then writes on the condition of what it read. A round that failed because of
 * another write is followed by a next one, after a random pause.
 *
 * @param round From 0.
 * @throws {StoreUnavailable} There were too many rounds.
 */
export async function beginRound(store: Store, round: number): Promise<void> {
  if (round === 0) return;
  if (round >= ROUNDS) throw new StoreUnavailable(TOO_MANY_CHANGES);
  const [random = 0] = store.randomBytes(1);
  const pause = Math.min(PAUSE.first * 2 ** (round - 1), PAUSE.longest);
  await store.sleep(pause * (1 - random / 512));
}
