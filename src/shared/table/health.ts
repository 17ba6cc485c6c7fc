import { kindsOf } from "../base/causes.ts";
import type { Clock, Sleep } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { within } from "../base/within.ts";
import type { Table } from "./table.ts";
import { faultFields } from "./tableFault.ts";

/** Milliseconds. */
const CHECK_EVERY_MS = 5_000;
/** Milliseconds after which a table that has not answered counts as one that does not. */
const LIMIT_MS = 4_000;
/** Nothing is ever stored here. */
const NO_ROW = ["health", "health"] as const;

/**
 * Says whether a sign-out could work: whether the table lets itself be read, and something be deleted.
 * However often it is asked, the table is asked at most every five seconds.
 *
 * @param elapsed Milliseconds, by a monotonic clock.
 */
export function createHealthCheck(
  table: Pick<Table, "get" | "remove">,
  elapsed: Clock,
  sleep: Sleep,
  log: Log,
): () => Promise<boolean> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let healthy: Promise<boolean>;
  return () => {
    if (elapsed() - checkedAt >= CHECK_EVERY_MS) {
      checkedAt = elapsed();
      healthy = within(sleep, LIMIT_MS, check(table, log), () => false);
    }
    return healthy;
  };
}

async function check(table: Pick<Table, "get" | "remove">, log: Log): Promise<boolean> {
  try {
    await table.get(...NO_ROW);
    await table.remove(...NO_ROW);
    return true;
  } catch (error) {
    log("warn", "health.failed", { error: kindsOf(error), ...faultFields(error) });
    return false;
  }
}
