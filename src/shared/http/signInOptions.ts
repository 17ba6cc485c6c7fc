import { BadRequest } from "../errors.ts";
import type { AuthorizeOptions } from "../identity/authorize.ts";
import { isClaimsRequest } from "../identity/claimsRequest.ts";

const PROMPTS = new Set(["login", "select_account", "consent", "none"]);
/** A scope token (RFC 6749 §3.3); resource scopes are URLs. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;
/** They travel in `state`. Characters, all of them together. */
const MAX_SCOPES = 2_000;
const HINT = /^[^\p{Cc}]{1,320}$/u;

/** What a sign-in can be asked for. */
export interface SignInOptions extends AuthorizeOptions {
  /** An address of this app; any other one counts as its home page. */
  readonly returnTo: string | undefined;
}

/** What `/auth/signin` passes on to the provider. @throws {BadRequest} */
export function signInOptions(query: URLSearchParams): SignInOptions {
  const get = (name: string) => query.get(name) || undefined;
  return {
    returnTo: get("returnTo"),
    prompt: checked("prompt", get("prompt"), (value) => PROMPTS.has(value)),
    loginHint: checked("loginHint", get("loginHint"), (value) => HINT.test(value)),
    domainHint: checked("domainHint", get("domainHint"), (value) => HINT.test(value)),
    scopes: scopesOf(get("scope")),
    claims: checked("claims", get("claims"), isClaimsRequest),
  };
}

/** Whether a text can be a `scope` parameter: names with spaces between them (RFC 6749 §3.3). */
export function isScope(text: string): boolean {
  return text.length <= MAX_SCOPES && text.split(" ").every((name) => !name || SCOPE.test(name));
}

function scopesOf(value = ""): string[] {
  if (isScope(value)) return value.split(" ").filter(Boolean);
  throw new BadRequest(
    "The scope parameter is malformed. Give scope names with spaces between them.",
  );
}

function checked(name: string, value: string | undefined, isValid: (value: string) => boolean) {
  if (value === undefined || isValid(value)) return value;
  throw new BadRequest(`The ${name} parameter is malformed.`);
}
