import { isGuid } from "../base/guid.ts";
import { type Verdict, verdictOfNumber } from "./aadsts.ts";

/** An error answer of the token endpoint (RFC 6749 §5.2). */
export interface TokenError {
  /** Of the HTTP answer. */
  readonly status: number;
  /** Its JSON, whatever that is; undefined when it was none. */
  readonly body: unknown;
}

/** A refusal. Of the provider's text it holds only known codes and ids, which are safe to log. */
export interface Refusal {
  readonly verdict: Exclude<Verdict, "scope">;
  /** The AADSTS number, where the provider is Entra ID and gives one. */
  readonly number: number | undefined;
  /** `AADSTS50173`, or an OAuth error code. For log and messages. */
  readonly code: string;
  /** To find the refusal in Entra ID's sign-in log. */
  readonly correlationId: string | undefined;
  /** JSON of the claims that a new sign-in has to carry. */
  readonly claims: string | undefined;
}

export type GrantType = "authorization_code" | "refresh_token";

/** By the error code alone: RFC 6749 §5.2, OpenID Connect Core §3.1.2.6, RFC 8707 §2, and Entra ID's `invalid_resource`. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  invalid_grant: "grant",
  invalid_scope: "scope",
  interaction_required: "user",
  login_required: "user",
  consent_required: "user",
  access_denied: "user",
  temporarily_unavailable: "time",
  server_error: "time",
  invalid_client: "credential",
  unauthorized_client: "app",
  unsupported_grant_type: "app",
  invalid_request: "app",
  invalid_resource: "app",
  invalid_target: "app",
};

export function refusalOf({ status, body }: TokenError, grantType: GrantType): Refusal {
  const fields = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const error = knownError(fields.error);
  const number = numberOf(fields);
  const verdict = verdictOf(status, error, fields.suberror, number, grantType);
  const { correlation_id: id, claims } = fields;
  return {
    // A refresh asks for less than the user may agree to; a sign-in has just asked for all of it.
    verdict: verdict === "scope" ? (grantType === "refresh_token" ? "user" : "app") : verdict,
    number,
    code: number === undefined ? (error ?? String(status)) : `AADSTS${number}`,
    correlationId: isGuid(id) ? id.toLowerCase() : undefined,
    claims: typeof claims === "string" && claims !== "" ? claims : undefined,
  };
}

function verdictOf(
  status: number,
  error: string | undefined,
  suberror: unknown,
  number: number | undefined,
  grantType: GrantType,
): Verdict {
  // A busy provider, or a proxy in its place, says nothing about the grant.
  if (status < 400 || status === 429 || status >= 500) return "time";
  if (suberror === "bad_token") return "dead";
  const byNumber = number === undefined ? undefined : verdictOfNumber(number);
  // Anybody can post a made-up code: that it is malformed is not the app's fault.
  if (byNumber === "app" && error === "invalid_grant" && grantType === "authorization_code") {
    return "grant";
  }
  if (byNumber !== undefined) return byNumber;
  const byError = error === undefined ? "app" : (VERDICTS[error] as Verdict);
  // Entra ID answers `invalid_client` to much that is not the credential's fault; its numbers say what is.
  return byError === "credential" && number !== undefined ? "app" : byError;
}

function knownError(error: unknown): string | undefined {
  return typeof error === "string" && Object.hasOwn(VERDICTS, error) ? error : undefined;
}

function numberOf({ error_codes: codes, error_description: text }: Record<string, unknown>) {
  const [code]: unknown[] = Array.isArray(codes) ? codes : [];
  const digits = /^AADSTS(\d{4,9})\b/.exec(typeof text === "string" ? text : "")?.[1];
  const number = typeof code === "number" ? code : Number(digits);
  return Number.isInteger(number) && number > 0 && number < 1e9 ? number : undefined;
}
