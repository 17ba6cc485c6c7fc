import { InteractionRequired } from "../base/errors.ts";
import { withIdTokenClaim } from "../identity/claimsRequest.ts";
import type { SignedInSession } from "./session.ts";

/** How a user has to have signed in. */
export interface StepUp {
  /** How many seconds ago the user may have authenticated. */
  readonly maxAge?: number | undefined;
  /** An authentication context of Conditional Access, such as `c1`, that the sign-in has to satisfy. */
  readonly authenticationContext?: string | undefined;
}

/**
 * Holds a sign-in against what is required. Where the provider has not said when the user authenticated, that is too
 * long ago.
 *
 * @throws {InteractionRequired} It asks for exactly what is missing.
 */
export function assertStepUp(
  { authenticatedAt = 0, signedInAt, acrs }: SignedInSession,
  { maxAge, authenticationContext }: StepUp,
  now: number,
): void {
  const isRecentAt = (time: number) =>
    maxAge === undefined || time - authenticatedAt <= maxAge * 1_000;
  const claims =
    authenticationContext === undefined || acrs.includes(authenticationContext)
      ? undefined
      : withIdTokenClaim(undefined, "acrs", authenticationContext);
  if (isRecentAt(now) && claims === undefined) return;
  throw new InteractionRequired([], claims, {
    maxAge: isRecentAt(now) ? undefined : maxAge,
    isByTime: claims === undefined && isRecentAt(signedInAt),
  });
}
