import type { Log } from "./store/store.ts";

/** Milliseconds. */
const INTERVAL = 60_000;

/** @param reason A fixed word. */
export type DampedLog = (
  level: Parameters<Log>[0],
  event: string,
  details: { readonly reason: string },
) => void;

/**
 * A log for what strangers can bring about as often as they like: a line for each event and reason at most
 * once a minute. Its `count` is how often that has been since the line before.
 *
 * @param now Milliseconds since 1970.
 */
export function damped(log: Log, now: () => number): DampedLog {
  const lines = new Map<string, { count: number; at: number }>();
  return (level, event, details) => {
    const kind = `${event} ${details.reason}`;
    const { count = 0, at = Number.NEGATIVE_INFINITY } = lines.get(kind) ?? {};
    const isDue = Math.abs(now() - at) >= INTERVAL;
    lines.set(kind, isDue ? { count: 0, at: now() } : { count: count + 1, at });
    if (isDue) log(level, event, { ...details, count: count + 1 });
  };
}
