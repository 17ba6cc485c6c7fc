import type { Clock, Sleep } from "../base/clock.ts";
import { SignedOut } from "../base/errors.ts";
import { within } from "../base/within.ts";
import type { SignedInSession } from "./session.ts";

/** Lets something run, and gives up on it once the user is signed out. @throws {SignedOut} */
export type WhileSignedIn = <T>(work: Promise<T>) => Promise<T>;

/** Begins to watch a session, which has just been found. Nothing is watched while no work runs. */
export type WatchSignOut = (session: Pick<SignedInSession, "isLive">) => WhileSignedIn;

/*
 * Whatever runs ends at most 30 s after the sign-out: the session is looked up every 20 s, and counts as gone where no
 * answer comes within 10 s.
 */
const LOOK_EVERY_MS = 20_000;
const PATIENCE_MS = 10_000;

export function createSignOutWatch(sleep: Sleep, elapsed: Clock): WatchSignOut {
  return (session) => {
    let lookedAt = elapsed();

    async function look(): Promise<void> {
      const at = elapsed();
      const answer = session.isLive().catch(() => false);
      const isThere = await within(sleep, PATIENCE_MS, answer, () => false);
      if (!isThere) throw new SignedOut();
      lookedAt = at;
    }

    async function keepLooking(over: AbortSignal): Promise<void> {
      while (!over.aborted) {
        await sleep(Math.max(lookedAt + LOOK_EVERY_MS - elapsed(), 0), over);
        if (!over.aborted) await look();
      }
    }

    return async function whileSignedIn<T>(work: Promise<T>): Promise<T> {
      const over = new AbortController();
      const { promise: cut, reject } = Promise.withResolvers<never>();
      keepLooking(over.signal).catch(reject);
      cut.catch(() => {});
      try {
        const done = await Promise.race([work, cut]);
        // It has rested meanwhile.
        if (elapsed() - lookedAt >= LOOK_EVERY_MS) await look();
        return done;
      } finally {
        over.abort();
      }
    };
  };
}
