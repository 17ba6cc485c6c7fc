import type { Log } from "./log.ts";

/** Milliseconds. */
const INTERVAL_MS = 60_000;

/** @param reason A fixed word. */
export type DampedLog = (
  level: Parameters<Log>[0],
  event: string,
  details: { readonly reason: string },
) => void;

/**
 * A log for what strangers can cause as often as they like. It writes one line a minute for each event and reason;
 * `count` says how many times it happened since the last line.
 *
 * @param elapsed Milliseconds, by a monotonic clock.
 */
export function oncePerMinute(log: Log, elapsed: () => number): DampedLog {
  const lines = new Map<string, { count: number; at: number }>();
  return (level, event, details) => {
    const kind = `${event} ${details.reason}`;
    const { count = 0, at = Number.NEGATIVE_INFINITY } = lines.get(kind) ?? {};
    const isDue = elapsed() - at >= INTERVAL_MS;
    lines.set(kind, isDue ? { count: 0, at: elapsed() } : { count: count + 1, at });
    if (isDue) log(level, event, { ...details, count: count + 1 });
  };
}

/** Lines of one kind that are written in a minute. */
const BURST = 20;
const AUDIT = /^signout\./;
/** The fields that say what kind of line it is. The others say whom it is about. */
const KIND = ["reason", "error", "code", "operation"] as const;

/**
 * A log that stays readable when thousands of requests fail alike. Of warnings and errors of one kind it writes
 * twenty a minute; the next line then says how many it stands for (`count`). Lines about sign-outs are all written.
 *
 * @param where What runs, such as a function's name. @param elapsed Milliseconds, by a monotonic clock.
 */
export function twentyPerMinute(log: Log, where: () => string, elapsed: () => number): Log {
  const kinds = new Map<string, { since: number; written: number; heldBack: number }>();
  return (level, event, details = {}) => {
    if (level === "info" || AUDIT.test(event)) return log(level, event, details);
    const key = [where(), event, ...KIND.map((name) => details[name] ?? "")].join("\n");
    const kind = kinds.get(key) ?? { since: elapsed(), written: 0, heldBack: 0 };
    kinds.set(key, kind);
    if (elapsed() - kind.since >= INTERVAL_MS)
      Object.assign(kind, { since: elapsed(), written: 0 });
    if (kind.written >= BURST) {
      kind.heldBack++;
      return;
    }
    const count = kind.heldBack + 1;
    Object.assign(kind, { written: kind.written + 1, heldBack: 0 });
    log(level, event, count > 1 ? { ...details, count } : details);
  };
}
