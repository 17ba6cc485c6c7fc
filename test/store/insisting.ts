import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { Log } from "../../src/shared/base/log.ts";
import { stubborn } from "../../src/shared/store/stubborn.ts";
import { virtualTime } from "../support/virtualTime.ts";

export const PATIENCE_MS = 100_000;

export interface Called {
  outcome: "waiting" | "done" | unknown;
  /** Milliseconds. */
  at: number;
}

export const outcomesOf = (calls: readonly Called[]) => calls.map(({ outcome }) => outcome);
export const unavailable = () => Promise.reject(new StoreUnavailable());

/** Sign-outs of which three are held, and four have a loop, on a table that does what it is told. */
export function insisting() {
  const time = virtualTime();
  let start = time.now();
  const elapsed = () => time.now() - start;
  const logged: Parameters<Log>[] = [];
  /** What is said while nothing has come to an end. */
  const delays: Parameters<Log>[] = [];
  const log: Log = (...line) => void (line[1] === "signout.delayed" ? delays : logged).push(line);
  const stage = {
    time,
    elapsed,
    logged,
    delays,
    random: 0,
    /** When each try began, in milliseconds. */
    began: [] as number[],
    /** What every try does. */
    table: async () => {},
    signOuts: stubborn(
      { now: time.now, sleep: time.sleep, random: (): number => stage.random, log },
      { held: 3, loops: 4 },
    ),

    beginAnew() {
      start = time.now();
      stage.began = [];
    },
    /** A table that is away until then. */
    beAwayUntil(end: number) {
      stage.table = () => (elapsed() < end ? unavailable() : Promise.resolve());
    },
    /** Makes tries wait until their entry is called. */
    holdTries(): (() => void)[] {
      const tries: (() => void)[] = [];
      stage.table = () => {
        const { promise, resolve } = Promise.withResolvers<void>();
        tries.push(resolve);
        return promise;
      };
      return tries;
    },

    call(sid: string, patience = PATIENCE_MS): Called {
      const called: Called = { outcome: "waiting", at: Number.NaN };
      const tryOnce = (looked: (isKnown: boolean) => void) => {
        stage.began.push(elapsed());
        if (sid.startsWith("made up")) looked(false);
        return stage.table();
      };
      const settle = (outcome: unknown) => Object.assign(called, { outcome, at: elapsed() });
      const signOut = { who: `s.${sid}`, patience, tryOnce };
      stage.signOuts.insist(signOut, sid).then(() => settle("done"), settle);
      return called;
    },
    callAll: (...sids: readonly string[]) => sids.map((sid) => stage.call(sid)),
  };
  return stage;
}
