/**
 * How long a server asks to wait (RFC 9110 §10.2.3): seconds, or a date, which is compared with the answer's own:
 * clocks may differ.
 *
 * @returns Seconds, 0 at least; undefined where it does not ask.
 */
export function retryAfterOf(headers: {
  readonly "retry-after"?: string | undefined;
  readonly date?: string | undefined;
}): number | undefined {
  const value = headers["retry-after"] ?? "";
  const seconds = /^\d+$/.test(value)
    ? Number(value)
    : Math.ceil((timeOf(value) - timeOf(headers.date)) / 1_000);
  return Number.isFinite(seconds) ? Math.max(seconds, 0) : undefined;
}

/** An HTTP-date (RFC 9110 §5.6.7). `Date.parse` takes more. */
function timeOf(value = ""): number {
  return value.endsWith(" GMT") ? Date.parse(value) : Number.NaN;
}
