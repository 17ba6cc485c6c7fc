import { kindsOf } from "../base/causes.ts";
import { StoreUnavailable } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { faultFields } from "../table/tableFault.ts";

/** A sign-out to be carried through. */
export interface SignOut {
  /** How the log names it: a hash, as in the table. */
  readonly who: string;
  /** Milliseconds from the call until it is given up. */
  readonly patience: number;
  /** One try. A {@link StoreUnavailable} is worth another, whatever storage has said; anything else is not. */
  readonly pass: () => Promise<unknown>;
}

export interface Stubborn {
  /**
   * Tries until it is done.
   *
   * @param key Calls with the same key share one loop, however many they are. Each is answered by a pass that
   * began after it had come: a sign-in may have started in between, which has seen what an earlier pass left.
   * @throws {StoreUnavailable} Its patience is at an end, or too many are waiting. @throws what a pass throws.
   */
  insist(signOut: SignOut, key?: string): Promise<void>;
  /** By `who`: what has not been done yet. */
  open(): string[];
}

export interface Limits {
  /** Calls that are kept waiting. The ones above it are answered at once, and worked off all the same. */
  readonly held: number;
  /** Loops. What comes on top of it is not taken on. */
  readonly open: number;
}

/** What it takes from the outside world. */
interface World {
  /** Milliseconds, on a clock that nobody puts right. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

interface Call {
  readonly until: number;
  /** Undefined when nobody is kept waiting for it. */
  readonly answer: ((error?: unknown) => void) | undefined;
}

interface Loop {
  readonly who: string;
  readonly pass: () => Promise<unknown>;
  /** Milliseconds. */
  readonly longestPause: number;
  readonly calls: Set<Call>;
  /** The last call that nobody is kept waiting for stands for all of them. */
  unheld: Call | undefined;
  /** Of the last pass that failed. */
  fault: StoreUnavailable | undefined;
}

/** Milliseconds before the second pass; twice as much before each further one, up to the longest. */
const PAUSE = { first: 250, longest: 5_000 };
/** Of the patience that there is, the most that one pause may take. */
const LONGEST_SHARE = 1 / 10;
/** Milliseconds between looks at whose patience is at an end. */
const TICK = 1_000;
/** Milliseconds between lines that say how many are delayed. */
const REPORTS_APART = 60_000;
const TOO_MANY = "Too many sign-outs are waiting for Table Storage. Try again in a moment.";

export function stubborn({ now, sleep, random, log }: World, limits: Limits): Stubborn {
  const loops = new Map<unknown, Loop>();
  let held = 0;
  let isWatched = false;
  let reportedAt = Number.NEGATIVE_INFINITY;

  async function run(key: unknown, loop: Loop): Promise<void> {
    let failures = 0;
    while (loop.calls.size > 0) {
      const served = [...loop.calls];
      try {
        await loop.pass();
        failures = 0;
        loop.fault = undefined;
        for (const call of served) end(loop, call);
      } catch (error) {
        if (error instanceof StoreUnavailable) {
          loop.fault = error;
          await sleep(pauseAfter(failures++, loop.longestPause));
        } else {
          for (const call of served) end(loop, call, error);
        }
      }
    }
    loops.delete(key);
  }

  /** Between half of it and all, so that what failed together does not come back together. */
  function pauseAfter(failures: number, longest: number): number {
    return Math.min(PAUSE.first * 2 ** failures, longest) * (1 - random() / 2);
  }

  /** A pass may take long: whose patience is at an end does not wait for it. */
  async function watch(): Promise<void> {
    isWatched = true;
    while (loops.size > 0) {
      await sleep(TICK);
      for (const loop of loops.values()) giveUp(loop);
      reportDelay();
    }
    isWatched = false;
  }

  function giveUp(loop: Loop): void {
    const late = [...loop.calls].filter(({ until }) => until <= now());
    if (late.length === 0) return;
    const error = loop.fault ?? new StoreUnavailable();
    report(loop.who, "late", error);
    for (const call of late) end(loop, call, error);
  }

  /** While there is still something to be done about it. */
  function reportDelay(): void {
    const delayed = [...loops.values()].filter(({ fault, calls }) => fault && calls.size > 0);
    if (delayed.length === 0 || now() - reportedAt < REPORTS_APART) return;
    reportedAt = now();
    const error = delayed[0]?.fault;
    const open = delayed.length;
    log("warn", "signout.delayed", { open, error: kindsOf(error), ...faultFields(error) });
  }

  function end(loop: Loop, call: Call, error?: unknown): void {
    if (!loop.calls.delete(call) || call.answer === undefined) return;
    held -= 1;
    call.answer(error);
  }

  function report(who: string, reason: "late" | "full", error: StoreUnavailable): void {
    log("error", "signout.given_up", { who, reason, error: kindsOf(error), ...faultFields(error) });
  }

  function begin(key: unknown, { who, pass, patience }: SignOut): Loop {
    if (loops.size >= limits.open) {
      const error = new StoreUnavailable(TOO_MANY);
      report(who, "full", error);
      throw error;
    }
    const loop: Loop = {
      who,
      pass,
      longestPause: Math.min(PAUSE.longest, patience * LONGEST_SHARE),
      calls: new Set(),
      unheld: undefined,
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
      const isHeld = held < limits.held;
      const call: Call = {
        until: now() + signOut.patience,
        answer: isHeld ? (error) => (error === undefined ? resolve() : reject(error)) : undefined,
      };
      loop.calls.add(call);
      if (isHeld) {
        held += 1;
      } else {
        if (loop.unheld) loop.calls.delete(loop.unheld);
        loop.unheld = call;
      }
      if (known === undefined) void run(key, loop);
      if (!isWatched) void watch();
      if (!isHeld) throw new StoreUnavailable(TOO_MANY);
      await promise;
    },

    open: () => [...loops.values()].filter(({ calls }) => calls.size > 0).map(({ who }) => who),
  };
}
