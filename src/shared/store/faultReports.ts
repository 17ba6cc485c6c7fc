import { kindsOf } from "../base/causes.ts";
import type { StoreUnavailable } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { faultFields } from "../table/tableFault.ts";

/** A sign-out that is tried until it is done. */
interface Tried {
  readonly who: string;
  /** Whether storage knows the `sid`, subject or account. */
  readonly isKnown: boolean;
  /** Of the last try, if it failed. */
  readonly fault: StoreUnavailable | undefined;
}

/** What the log says of sign-outs that a fault of storage holds up. */
interface FaultReports {
  /** How many are delayed, while they can still be done. At most once a minute. */
  delayed(tried: readonly Tried[]): void;
  /** @param reason Its patience has run out, or there was no place for it. */
  givenUp(tried: Tried, reason: "late" | "full"): void;
}

/** Milliseconds between two reports of delay. */
const REPORTS_APART_MS = 60_000;

/** @param now Milliseconds, by a monotonic clock. */
export function createFaultReports(now: () => number, log: Log): FaultReports {
  let reportedAt = Number.NEGATIVE_INFINITY;
  const about = (fault: unknown) => ({ error: kindsOf(fault), ...faultFields(fault) });
  return {
    delayed(tried) {
      const held = tried.filter(({ fault, isKnown }) => fault && isKnown);
      if (held.length === 0 || now() - reportedAt < REPORTS_APART_MS) return;
      reportedAt = now();
      log("warn", "signout.delayed", { delayed: held.length, ...about(held[0]?.fault) });
    },
    givenUp({ who, isKnown, fault }, reason) {
      const details = { who, reason, ...about(fault) };
      // Strangers can make up unknown ones, so these are no error.
      if (isKnown) log("error", "signout.given_up", details);
      else log("warn", "signout.no_tombstone", details);
    },
  };
}
