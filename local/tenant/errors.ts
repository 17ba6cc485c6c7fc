import { randomUUID } from "node:crypto";

/** AADSTS number → OAuth 2.0 error code, as Entra pairs them. */
const OAUTH_ERRORS = {
  16000: "interaction_required",
  28000: "invalid_request",
  50011: "invalid_request",
  50020: "interaction_required",
  50034: "invalid_grant",
  50057: "invalid_grant",
  50058: "login_required",
  50076: "interaction_required",
  50079: "invalid_grant",
  50147: "invalid_request",
  50148: "invalid_grant",
  50173: "invalid_grant",
  50194: "unauthorized_client",
  50196: "invalid_grant",
  53003: "invalid_grant",
  54005: "invalid_grant",
  65001: "invalid_grant",
  65004: "access_denied",
  70000: "invalid_grant",
  70003: "unsupported_grant_type",
  70005: "unsupported_response_type",
  70007: "invalid_request",
  70008: "invalid_grant",
  70011: "invalid_scope",
  70043: "invalid_grant",
  90002: "invalid_request",
  90023: "invalid_request",
  90033: "temporarily_unavailable",
  90055: "temporarily_unavailable",
  90100: "invalid_request",
  500011: "invalid_resource",
  500112: "invalid_client",
  501481: "invalid_grant",
  501491: "invalid_request",
  650052: "invalid_client",
  650053: "invalid_client",
  700005: "invalid_grant",
  700016: "unauthorized_client",
  700021: "invalid_client",
  700023: "invalid_client",
  700024: "invalid_client",
  700025: "invalid_client",
  700027: "invalid_client",
  700038: "unauthorized_client",
  700054: "unsupported_response_type",
  700082: "invalid_grant",
  700211: "invalid_client",
  700212: "invalid_client",
  700213: "invalid_client",
  900144: "invalid_request",
  900561: "invalid_request",
  900971: "invalid_request",
  7000112: "unauthorized_client",
  7000215: "invalid_client",
  7000218: "invalid_client",
  7000222: "invalid_client",
  9002313: "invalid_grant",
  9002327: "invalid_request",
  9002331: "invalid_request",
  9002332: "invalid_request",
} as const;

/** Microsoft documents none of these. */
const WITHOUT_URI: ReadonlySet<number> = new Set([70003, 700038]);

export type ErrorNumber = keyof typeof OAUTH_ERRORS;

/** A failure with its AADSTS number, shown as a page, sent to the redirect URI or answered as JSON. */
export class EntraError extends Error {
  override name = "EntraError";
  readonly number: ErrorNumber;
  readonly error: string;
  readonly suberror: string | undefined;
  readonly claims: string | undefined;

  constructor(
    number: ErrorNumber,
    message: string,
    more: { error?: string; suberror?: string; claims?: string } = {},
  ) {
    super(`AADSTS${number}: ${message}`);
    this.number = number;
    this.error = more.error ?? OAUTH_ERRORS[number];
    this.suberror = more.suberror;
    this.claims = more.claims;
  }

  /** HTTP status of a JSON answer. */
  get status(): number {
    return this.error === "invalid_client" && this.number !== 500112 ? 401 : 400;
  }
}

/** The JSON body of a failed request. `at` in milliseconds. */
export function errorBody(error: EntraError, at: number, correlationId: string = randomUUID()) {
  const traceId = randomUUID();
  const timestamp = timestampOf(at);
  return {
    error: error.error,
    error_description: `${error.message} Trace ID: ${traceId} Correlation ID: ${correlationId} Timestamp: ${timestamp}`,
    error_codes: [error.number],
    timestamp,
    trace_id: traceId,
    correlation_id: correlationId,
    ...(!WITHOUT_URI.has(error.number) && { error_uri: errorUri(error) }),
    ...(error.suberror !== undefined && { suberror: error.suberror }),
    ...(error.claims !== undefined && { claims: error.claims }),
  };
}

/** Where Microsoft explains the number. */
export function errorUri(error: EntraError): string {
  return `https://login.microsoftonline.com/error?code=${error.number}`;
}

function timestampOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace("T", " ")}Z`;
}

/** @throws EntraError 900144 when the parameter is missing. */
export function required(params: Record<string, string>, name: string): string {
  const value = params[name];
  if (!value) {
    throw new EntraError(
      900144,
      `The request body must contain the following parameter: '${name}'.`,
    );
  }
  return value;
}
