import { StoreUnavailable } from "../base/errors.ts";
import type { Store } from "./store.ts";

const ROUNDS = 24;
export const TOO_MANY_CHANGES = "Too many changes to this account at once. Try again in a moment.";
/** Milliseconds before the second round; twice as much before each further one, up to the longest. */
const PAUSE = { first: 5, longest: 320 };

/**
 * Comes at the beginning of each round of a loop in which a read is followed by a write on the condition of that
 * read: a round that others' writes have spoilt is followed by another one, after a pause that is not theirs.
 *
 * @param round From 0.
 * @throws {StoreUnavailable} There have been too many.
 */
export async function beginRound(store: Store, round: number): Promise<void> {
  if (round === 0) return;
  if (round >= ROUNDS) throw new StoreUnavailable(TOO_MANY_CHANGES);
  const [random = 0] = store.randomBytes(1);
  const pause = Math.min(PAUSE.first * 2 ** (round - 1), PAUSE.longest);
  await store.sleep(pause * (1 - random / 512));
}
