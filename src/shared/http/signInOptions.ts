import { BadRequest } from "../errors.ts";
import { isClaimsRequest } from "../identity/claimsRequest.ts";

const PROMPTS = new Set(["login", "select_account", "consent", "none"]);
/** A scope token (RFC 6749 §3.3); resource scopes are URLs. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/;
/** They travel in a cookie, and there may be several of those. Characters, all of them together. */
const MAX_SCOPES = 256;
const HINT = /^[^\p{Cc}]{1,320}$/u;

/** What `/auth/signin` passes on to the provider. @throws {BadRequest} */
export function signInOptions(query: URLSearchParams) {
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

function scopesOf(value: string | undefined): string[] {
  const scopes = value?.split(" ").filter(Boolean) ?? [];
  if ((value?.length ?? 0) <= MAX_SCOPES && scopes.every((scope) => SCOPE.test(scope)))
    return scopes;
  throw new BadRequest(
    "The scope parameter is malformed. Give scope names with spaces between them.",
  );
}

function checked(name: string, value: string | undefined, isValid: (value: string) => boolean) {
  if (value === undefined || isValid(value)) return value;
  throw new BadRequest(`The ${name} parameter is malformed.`);
}
