import { BadRequest } from "../base/errors.ts";
import type { AuthorizeOptions } from "../identity/authorize.ts";
import { isClaimsRequest } from "../identity/claimsRequest.ts";

const PROMPTS = new Set(["login", "select_account", "consent", "none", "create"]);
/** A scope token (RFC 6749 §3.3). Scopes of a resource are URLs. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;
/** For all scopes together, because they travel in `state`. Characters. */
const MAX_SCOPES = 2_000;
/** Language tags (RFC 5646), the preferred one first. */
const LOCALES =
  /^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,8}( [A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8}){0,8}){0,9}$/;
const ACR_VALUES = /^[\x21-\x7e]{1,128}( [\x21-\x7e]{1,128}){0,9}$/;
/** Up to about thirty years. */
const SECONDS = /^\d{1,9}$/;
const HINT = /^[^\p{Cc}]{1,320}$/u;

/** What a sign-in can ask for. */
export interface SignInOptions extends AuthorizeOptions {
  /** `iss` of a third-party-initiated login (OpenID Connect Core §4). It has to be the provider's. */
  readonly issuer?: string | undefined;
  /** An address of this app. Any other counts as its home page. */
  readonly returnTo: string | undefined;
}

/** The parameters of `/auth/signin`. The last three are of a third-party-initiated login. */
const NAMES = [
  "returnTo",
  "prompt",
  "loginHint",
  "domainHint",
  "scope",
  "claims",
  "maxAge",
  "uiLocales",
  "acrValues",
  "iss",
  "login_hint",
  "target_link_uri",
] as const;

/** Reads the parameters of `/auth/signin`. @throws {BadRequest} */
export function signInOptions(query: URLSearchParams): SignInOptions {
  const get = (name: (typeof NAMES)[number]) => query.get(name) || undefined;
  const issuer = get("iss");
  const target = get("target_link_uri");
  const hint = checked("login_hint", get("login_hint"), (value) => HINT.test(value));
  if (issuer === undefined && (target ?? hint) !== undefined) {
    throw new BadRequest((say) => say.missingIssuer);
  }
  const maxAge = checked("maxAge", get("maxAge"), (value) => SECONDS.test(value));
  return {
    issuer,
    returnTo: get("returnTo") ?? target,
    prompt: checked("prompt", get("prompt"), (value) => PROMPTS.has(value)),
    loginHint: checked("loginHint", get("loginHint"), (value) => HINT.test(value)) ?? hint,
    domainHint: checked("domainHint", get("domainHint"), (value) => HINT.test(value)),
    scopes: scopesOf(get("scope")),
    claims: checked("claims", get("claims"), isClaimsRequest),
    maxAge: maxAge === undefined ? undefined : Number(maxAge),
    uiLocales: checked("uiLocales", get("uiLocales"), (value) => LOCALES.test(value)),
    acrValues: checked("acrValues", get("acrValues"), (value) => ACR_VALUES.test(value)),
  };
}

/** The parameters that `/auth/signin` knows, without the others. */
export function signInQuery(parameters: URLSearchParams): URLSearchParams {
  const known = new URLSearchParams();
  for (const name of NAMES) {
    const value = parameters.get(name);
    if (value) known.set(name, value);
  }
  return known;
}

/** Whether a text can be a `scope` parameter: names with spaces between them (RFC 6749 §3.3). */
export function isScope(text: string): boolean {
  return text.length <= MAX_SCOPES && text.split(" ").every((name) => !name || SCOPE.test(name));
}

/** Whether a value can be one of them. */
export function isOneScope(scope: unknown): boolean {
  return typeof scope === "string" && scope !== "" && !scope.includes(" ") && isScope(scope);
}

function scopesOf(value = ""): string[] {
  if (isScope(value)) return value.split(" ").filter(Boolean);
  throw new BadRequest((say) => say.malformedScope);
}

function checked(name: string, value: string | undefined, isValid: (value: string) => boolean) {
  if (value === undefined || isValid(value)) return value;
  throw new BadRequest((say) => say.malformedParameter(name));
}
