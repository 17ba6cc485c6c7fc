import { SignInRejected } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { redirectUri, scopesToRedeem } from "../identity/authorize.ts";
import type { IdTokenClaims } from "../identity/claims.ts";
import { CLOCK_TOLERANCE_SECONDS } from "../identity/keySet.ts";
import type { HomeAccountId } from "../rows/keys.ts";
import type { KnownSignIn } from "../session/signInCookie.ts";
import type { TokenCache } from "../tokens/tokenCache.ts";

/** The tokens, and whose they are. */
export interface RedeemedCode {
  readonly homeAccountId: HomeAccountId;
  readonly cache: TokenCache;
  /** Of the validated ID token. */
  readonly claims: IdTokenClaims;
  /** When the code was sent. The answer confirms the grant as of then. Milliseconds since 1970. */
  readonly confirmedAt: number;
}

/**
 * Redeems the code of a sign-in. All of the answer has to be about one user, and be what the sign-in asked for.
 *
 * @param scopes The scopes that it asked for, without those of every sign-in.
 * @throws {SignInRejected} @throws {InteractionRequired} @throws {AppRefused} @throws {ProviderUnavailable}
 * @throws {ManagedIdentityUnavailable}
 */
export async function redeemCode(
  { settings, scopes: usual, tokens, idTokens, now }: Context,
  code: string,
  { pending, transaction }: KnownSignIn,
  scopes: readonly string[],
): Promise<RedeemedCode> {
  const asked = scopesToRedeem(usual, scopes);
  const confirmedAt = now();
  const { idToken, homeAccountId, cache } = await tokens.redeem(
    code,
    redirectUri(settings),
    asked,
    transaction,
  );
  const claims = await idTokens.validate(idToken, transaction.nonce);
  assertSameUser(homeAccountId, claims);
  assertRecent(claims, pending);
  return { homeAccountId, cache, claims, confirmedAt };
}

/** `client_info` names the account and is not signed. In the user's home tenant it has to agree with the ID token. */
function assertSameUser(homeAccountId: string, { oid, tid }: IdTokenClaims): void {
  const [uid, homeTenant] = homeAccountId.toLowerCase().split(".");
  const agrees = homeTenant !== tid.toLowerCase() || uid === oid.toLowerCase();
  if (!homeTenant || !agrees) throw new SignInRejected("client_info_mismatch");
}

/** With `max_age`, `auth_time` has to be there and recent (OpenID Connect Core §3.1.3.7, rule 13). */
function assertRecent(
  { auth_time }: IdTokenClaims,
  { startedAt, maxAge }: KnownSignIn["pending"],
): void {
  if (maxAge === undefined) return;
  const oldest = startedAt / 1_000 - maxAge - CLOCK_TOLERANCE_SECONDS;
  if (auth_time !== undefined && auth_time >= oldest) return;
  throw new SignInRejected("auth_time", (say) => say.notRecent);
}
