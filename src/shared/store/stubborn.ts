import { StoreUnavailable } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { createFaultReports } from "./faultReports.ts";
import { createPlaces } from "./places.ts";

/** A sign-out to be carried through. */
export interface SignOut {
  /** How the log names it: a hash, as in the table. */
  readonly who: string;
  /** Milliseconds from the call until it is given up. */
  readonly patience: number;
  /**
   * Repeated after a {@link StoreUnavailable}, and after no other error.
   * @param looked Called when storage has answered: whether it knows the `sid`, subject or account.
   */
  readonly tryOnce: (looked: (isKnown: boolean) => void) => Promise<unknown>;
}

interface Stubborn {
  /**
   * Tries until it is done.
   *
   * @param key Calls with the same key share one loop. A try answers only calls that came before it began: a sign-in may
   * have started since an earlier try, and have seen its tombstone.
   * @throws {StoreUnavailable} Its patience has run out, or a try failed and too many calls wait. Only calls whose try
   * failed count; one for a known `sid` displaces one for an unknown `sid`. @throws what a try throws.
   */
  insist(signOut: SignOut, key?: string): Promise<void>;
  /** The `who` of each sign-out that is not done yet. */
  unfinished(): string[];
}

export interface Limits {
  /** Calls that are kept waiting. Further ones fail at once, and their sign-outs go on. */
  readonly held: number;
  /** Loops. Further sign-outs are given up. */
  readonly loops: number;
}

interface Environment {
  /** Milliseconds, by a monotonic clock. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

interface Call {
  readonly loop: Loop;
  readonly until: number;
  /** Undefined when nobody waits for it. */
  answer: ((error?: unknown) => void) | undefined;
}

interface Loop extends Pick<SignOut, "who" | "tryOnce"> {
  /** Milliseconds. */
  readonly longestPause: number;
  readonly calls: Set<Call>;
  /** Of the calls that nobody waits for, the one with the most patience stands for all. */
  unheld: Call | undefined;
  /** What storage answered last: whether it knows the `sid`, subject or account. True until it has answered. */
  isKnown: boolean;
  /** Of the last try, if it failed. */
  fault: StoreUnavailable | undefined;
}

/** Milliseconds before the second try. Doubles before each further one, up to the longest. */
const PAUSE = { first: 250, longest: 5_000 };
/** The longest pause, as a share of the patience. */
const LONGEST_SHARE = 1 / 10;
/** Milliseconds between checks for calls whose patience has run out. */
const TICK_MS = 1_000;
const TOO_MANY = "Too many sign-outs are waiting for Table Storage. Try again in a moment.";

export function stubborn({ now, sleep, random, log }: Environment, limits: Limits): Stubborn {
  const loops = new Map<unknown, Loop>();
  const failing = createPlaces<Loop>(limits.loops, ({ isKnown }) => !isKnown);
  const held = createPlaces<Call>(limits.held, ({ loop }) => !loop.isKnown);
  let isWatched = false;
  const reports = createFaultReports(now, log);

  async function run(key: unknown, loop: Loop): Promise<void> {
    let failures = 0;
    while (loop.calls.size > 0) {
      const served = [...loop.calls];
      try {
        await loop.tryOnce((isKnown) => {
          loop.isKnown = isKnown;
        });
        failures = 0;
        loop.fault = undefined;
        for (const call of served) end(call);
      } catch (error) {
        if (error instanceof StoreUnavailable) {
          noteFault(loop, error);
          await sleep(pauseAfter(failures++, loop.longestPause));
        } else {
          for (const call of served) end(call, error);
        }
      }
    }
    failing.leave(loop);
    loops.delete(key);
  }

  /** Random, so that sign-outs that failed together do not come back together. */
  function pauseAfter(failures: number, longest: number): number {
    return Math.min(PAUSE.first * 2 ** failures, longest) * (1 - random() / 2);
  }

  function noteFault(loop: Loop, fault: StoreUnavailable): void {
    loop.fault = fault;
    const displaced = failing.take(loop);
    if (displaced) giveUp(displaced, "full", displaced.calls);
    for (const call of loop.calls) hold(call);
  }

  function hold(call: Call): void {
    if (call.answer === undefined) return;
    const displaced = held.take(call);
    if (displaced === undefined) return;
    displaced.answer?.(new StoreUnavailable(TOO_MANY));
    displaced.answer = undefined;
    const { calls, unheld } = displaced.loop;
    const isLast = unheld === undefined || unheld.until <= displaced.until;
    if (unheld) calls.delete(isLast ? unheld : displaced);
    if (isLast) displaced.loop.unheld = displaced;
  }

  /** Gives up calls whose patience has run out, also while a try is running. */
  async function watch(): Promise<void> {
    isWatched = true;
    while (loops.size > 0) {
      await sleep(TICK_MS);
      for (const loop of loops.values()) {
        const late = [...loop.calls].filter(({ until }) => until <= now());
        if (late.length > 0) giveUp(loop, "late", late);
      }
      reports.delayed([...loops.values()].filter(({ calls }) => calls.size > 0));
    }
    isWatched = false;
  }

  function giveUp(loop: Loop, reason: "late" | "full", calls: Iterable<Call>): void {
    const { fault = new StoreUnavailable() } = loop;
    reports.givenUp({ ...loop, fault }, reason);
    const error = reason === "full" ? new StoreUnavailable(TOO_MANY) : fault;
    for (const call of calls) end(call, error);
  }

  function end(call: Call, error?: unknown): void {
    call.loop.calls.delete(call);
    held.leave(call);
    call.answer?.(error);
    call.answer = undefined;
  }

  function begin(key: unknown, { who, tryOnce, patience }: SignOut): Loop {
    const longestPause = Math.min(PAUSE.longest, patience * LONGEST_SHARE);
    const loop: Loop = {
      who,
      tryOnce,
      longestPause,
      calls: new Set(),
      unheld: undefined,
      isKnown: true,
      fault: undefined,
    };
    loops.set(key, loop);
    return loop;
  }

  return {
    async insist(signOut, key: unknown = {}) {
      const known = loops.get(key);
      const loop = known ?? begin(key, signOut);
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const answer = (error?: unknown) => (error === undefined ? resolve() : reject(error));
      const call: Call = { loop, until: now() + signOut.patience, answer };
      loop.calls.add(call);
      if (loop.fault) hold(call);
      if (known === undefined) void run(key, loop);
      if (!isWatched) void watch();
      await promise;
    },

    unfinished: () =>
      [...loops.values()]
        .filter(({ calls, isKnown }) => isKnown && calls.size > 0)
        .map(({ who }) => who),
  };
}
