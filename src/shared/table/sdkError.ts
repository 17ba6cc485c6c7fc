import { RestError } from "@azure/data-tables";
import { retryAfterOf } from "../net/retryAfter.ts";

/* What the errors of the SDK say. */

/** What the service, or something in between, has answered. */
export function saidBy(error: unknown) {
  if (!(error instanceof RestError)) return {};
  const { statusCode: status, response } = error;
  const details = error.details as { odataError?: { code?: string } } | undefined;
  // The SDK's code for an answer that does not come from a table service.
  const own = error.code === RestError.PARSE_ERROR ? undefined : error.code;
  const code = details?.odataError?.code ?? own ?? response?.headers.get("x-ms-error-code");
  return { status, code, requestId: response?.headers.get("x-ms-request-id") };
}

/** Of an error without an answer. */
export function networkCodeOf(error: unknown): string | undefined {
  if (error instanceof RestError) return undefined;
  const { code, name } = error as NodeJS.ErrnoException;
  return code ?? name;
}

/** A 4xx other than "slow down" will be the same next time: a missing role, a wrong key, a bad request. */
export function isPermanent(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** The pause that the service asks for, in milliseconds. */
export function pauseOf(error: unknown): number | undefined {
  const { headers } = (error instanceof RestError && error.response) || {};
  const seconds = retryAfterOf({
    "retry-after": headers?.get("retry-after"),
    date: headers?.get("date"),
  });
  return seconds && seconds * 1_000;
}
