import { assertKnown } from "./options.ts";
import { OptionInvalid } from "./shared/base/errors.ts";
import { isOneScope } from "./shared/http/signInOptions.ts";
import { isClaimsRequest } from "./shared/identity/claimsRequest.ts";
import type { StepUp } from "./shared/session/stepUp.ts";

/**
 * What a handler requires. Without it, the handler does not run.
 *
 * @example
 * const requirements = { scopes: ["Calendars.Read"], roles: ["Auditor"], maxAge: 600, authenticationContext: "c1" };
 */
export interface Requirements extends StepUp {
  /**
   * Scopes of one resource. The token is there before the handler runs, so that a missing consent leaves no work half
   * done; else the user goes to a sign-in that asks for it.
   */
  readonly scopes?: readonly string[] | undefined;
  /** App roles, of which the user needs one; else 403 `urn:lightsout:problem:forbidden`. */
  readonly roles?: readonly string[] | undefined;
}

const NAMES = ["scopes", "roles", "maxAge", "authenticationContext"];
/** Ids of authentication contexts, such as `c1`. Other providers have longer ones. */
const CONTEXT = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/;

/** @throws {OptionInvalid} One line that names the requirement. */
export function checkRequirements(requirements: Requirements): void {
  assertKnown("signedIn", requirements, NAMES);
  const { scopes = [], roles = ["any"], maxAge = 1, authenticationContext = "c1" } = requirements;
  if (!Array.isArray(scopes) || !scopes.every(isOneScope)) {
    throw new OptionInvalid("scopes has to be a list of scope names, such as User.Read.");
  }
  if (!Array.isArray(roles) || roles.length === 0 || !roles.every(isName)) {
    throw new OptionInvalid("roles has to be a list of app roles, of which the user needs one.");
  }
  if (!Number.isInteger(maxAge) || maxAge < 1 || maxAge > MOST_SECONDS) {
    throw new OptionInvalid("maxAge has to be a whole number of seconds, 1 or more.");
  }
  if (typeof authenticationContext !== "string" || !CONTEXT.test(authenticationContext)) {
    throw new OptionInvalid("authenticationContext has to be the id of one, such as c1.");
  }
}

/**
 * Looks at what an app's code asks a token for. The provider's own answer would not say what is wrong.
 *
 * @throws {TypeError}
 */
export function assertTokenRequest(scopes: unknown, claims?: unknown): void {
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isOneScope)) {
    throw new TypeError(
      'A token takes scopes: a list of scope names of one resource, such as ["Calendars.Read"].',
    );
  }
  if (claims && !(typeof claims === "string" && isClaimsRequest(claims))) {
    throw new TypeError(
      "claims has to be the JSON of a claims challenge, of up to 4,096 characters. In the header, it stands in base64.",
    );
  }
}

function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** As many as `/auth/signin` takes. */
const MOST_SECONDS = 999_999_999;
