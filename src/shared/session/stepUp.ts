import { InteractionRequired } from "../base/errors.ts";
import { withIdTokenClaim } from "../identity/claimsRequest.ts";
import type { SignedInSession } from "./session.ts";

/** Requirements of how the user signed in. */
export interface StepUp {
  /** The user authenticated at most so many seconds ago. */
  readonly maxAge?: number | undefined;
  /** The sign-in satisfies this authentication context of Conditional Access, such as `c1`. */
  readonly authenticationContext?: string | undefined;
}

/** Milliseconds. A provider that asks nothing may send a browser back within them, again and again. */
const WAY_BACK_MS = 10_000;

/**
 * Checks a session against requirements. Without `auth_time` from the provider, the authentication counts as too long ago.
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
  const isByTime = isRecentAt(signedInAt) && now - signedInAt > WAY_BACK_MS;
  throw new InteractionRequired([], claims, {
    maxAge: isRecentAt(now) ? undefined : maxAge,
    isByTime: claims === undefined && isByTime,
  });
}
