import {
  AppRefused,
  BadRequest,
  CrossSiteRequest,
  GraphUnavailable,
  IndexForged,
  InteractionRequired,
  type LightsoutError,
  ManagedIdentityUnavailable,
  NotPermitted,
  ProviderUnavailable,
  RequestTooLarge,
  SealingKeyMissing,
  SettingInvalid,
  SignedOut,
  SignInOvertaken,
  SignInRejected,
  StoreUnavailable,
  TooManyCalls,
} from "../base/errors.ts";
import { isScope } from "../http/signInOptions.ts";
import { isClaimsRequest } from "../identity/claimsRequest.ts";
import { faultFields } from "../table/tableFault.ts";

/** What a client is told about an error (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** Where signing in solves it: the scopes and claims to ask for. */
  readonly signIn?: { readonly scopes: readonly string[]; readonly claims: string | undefined };
  /** Seconds. */
  readonly retryAfter?: number;
}

const TABLE: readonly [new (...args: never[]) => LightsoutError, number, string][] = [
  [BadRequest, 400, "Bad request"],
  [SignInRejected, 400, "Sign-in not completed"],
  [SignedOut, 401, "Signed out"],
  [InteractionRequired, 401, "Sign-in needed"],
  [CrossSiteRequest, 403, "Cross-site request"],
  [NotPermitted, 403, "Not offered"],
  [SignInOvertaken, 409, "Signed out meanwhile"],
  [RequestTooLarge, 413, "Request too large"],
  [TooManyCalls, 429, "Too many calls at once"],
  [AppRefused, 500, "App refused by the sign-in service"],
  [ManagedIdentityUnavailable, 503, "Managed identity not available"],
  [ProviderUnavailable, 503, "Sign-in service not available"],
  [IndexForged, 503, "Sign-out not certain"],
  [SealingKeyMissing, 503, "Key not available"],
  [StoreUnavailable, 503, "Storage not available"],
];

/** Users can do nothing about a setting, and its name is nobody else's business. */
const NOT_SET_UP =
  "A setting of this app is missing or wrong. Whoever runs it finds in its log which one, and how to put it right.";

/** Where nobody says how long. Seconds. */
const RETRY_AFTER_SECONDS = 2;

/** The one place where errors become HTTP. Whatever is not ours is a 500 that says nothing. */
export function problemOf(error: unknown): Problem {
  if (error instanceof GraphUnavailable) {
    return problem(error, error.timedOut ? 504 : 502, "Microsoft Graph not available");
  }
  if (error instanceof SettingInvalid) {
    const known = problem(error, 503, "App not set up");
    return { ...known, detail: NOT_SET_UP, retryAfter: RETRY_AFTER_SECONDS };
  }
  for (const [type, status, title] of TABLE) {
    if (!(error instanceof type)) continue;
    const known = problem(error, status, title);
    if (status === 503 || status === 429) {
      const asked = error instanceof ProviderUnavailable ? error.retryAfter : undefined;
      return { ...known, retryAfter: asked || RETRY_AFTER_SECONDS };
    }
    if (error instanceof InteractionRequired) return { ...known, signIn: error };
    return status === 401 ? { ...known, signIn: { scopes: [], claims: undefined } } : known;
  }
  return {
    type: "about:blank",
    title: "Internal error",
    status: 500,
    detail: "Something went wrong here. The log says what.",
  };
}

function problem(error: LightsoutError, status: number, title: string): Problem {
  const name = error.code.replace("ERR_", "").toLowerCase().replaceAll("_", "-");
  return { type: `urn:lightsout:problem:${name}`, title, status, detail: detailOf(error) };
}

const NO_IDENTITY =
  "The app cannot prove who it is at the moment. Its log says why. Try again in a moment.";

/** Where the identity's endpoint is, is no business of who calls. */
function detailOf(error: LightsoutError): string {
  const { code = error.code } = faultFields(error);
  return code === ManagedIdentityUnavailable.code ? NO_IDENTITY : error.message;
}

/** Longer request lines are refused by the host, which takes 8,192 bytes. Characters. */
export const MAX_URL = 8_000;

/** `/auth/signin` with everything that the problem says is missing, as far as it is accepted there. */
export function signInUrl(
  baseUrl: string,
  signIn: NonNullable<Problem["signIn"]>,
  returnTo?: string,
): string {
  const { claims } = signIn;
  const scope = signIn.scopes.join(" ");
  const parameters = new URLSearchParams({
    ...(returnTo && { returnTo }),
    ...(scope && isScope(scope) && { scope }),
    ...(claims && isClaimsRequest(claims) && { claims }),
  });
  for (const name of ["returnTo", "claims", "scope"]) {
    if (parameters.toString().length > MAX_URL) parameters.delete(name);
  }
  const url = new URL(`${baseUrl}/auth/signin`);
  url.search = parameters.toString();
  return url.href;
}
