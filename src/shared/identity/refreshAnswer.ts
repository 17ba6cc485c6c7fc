import { SignInRejected } from "../base/errors.ts";
import type { HomeAccountId } from "../rows/keys.ts";
import { challengeId, type TokenCache } from "../tokens/tokenCache.ts";
import type { Identity, IdTokenClaims } from "./claims.ts";
import type { TokenAnswer } from "./client.ts";
import { accountIn, clientInfoOf } from "./clientInfo.ts";
import type { IdTokenValidator } from "./idToken.ts";

/** What a refresh is for. */
export interface RefreshRequest {
  readonly homeAccountId: HomeAccountId;
  readonly tenantId: string;
  readonly identity: Identity;
  /** None: the grant is to be confirmed, and nobody needs the token. */
  readonly scopes: readonly string[];
  /** A claims challenge to satisfy: sent once, never kept. */
  readonly claims?: string | undefined;
}

/** What an answer has that is not the session's, as a fixed word for the log; else the claims of its ID token. */
type Examined = { readonly mismatch: string } | { readonly claims: IdTokenClaims | undefined };

/**
 * Whether the answer to a refresh is the session's (OpenID Connect Core §12.2).
 *
 * @throws {ProviderUnavailable} An ID token came along, and the keys for it cannot be fetched.
 */
export async function examine(
  { id_token: idToken, client_info: clientInfo }: TokenAnswer,
  { homeAccountId, tenantId, identity }: RefreshRequest,
  idTokens: IdTokenValidator,
): Promise<Examined> {
  const account = clientInfo ?? clientInfoOf(homeAccountId);
  if (accountIn(account)?.toLowerCase() !== homeAccountId.toLowerCase()) {
    return { mismatch: "client_info" };
  }
  // OpenID Connect Core §12.2 makes it optional.
  if (idToken === undefined || idToken === null) return { claims: undefined };
  try {
    const claims = await idTokens.validate(String(idToken));
    const expected = { ...identity, tid: tenantId };
    const differs = (["iss", "sub", "oid", "tid"] as const).find(
      (name) => claims[name] !== expected[name],
    );
    return differs ? { mismatch: `id_token_${differs}` } : { claims };
  } catch (error) {
    if (error instanceof SignInRejected) return { mismatch: error.reason };
    throw error;
  }
}

/**
 * The cache with the fresh token under its tenant's GUID and its claims challenge. MSAL files it under the authority's
 * name for the tenant, which may be a domain, and drops fields that it does not know.
 *
 * @param cache From MSAL. @param before As MSAL got it. @param fresh The secret of the token.
 */
export function filed(
  cache: TokenCache,
  before: TokenCache,
  fresh: string,
  { tenantId: realm, claims }: RefreshRequest,
): TokenCache {
  const challenge = claims && { challenge: challengeId(claims) };
  const tokens = Object.entries(cache.AccessToken).map(([key, token]) => {
    if (token.secret === fresh) return [key, { ...token, realm, ...challenge }];
    const known = before.AccessToken[key];
    return [key, known?.secret === token.secret ? known : token];
  });
  return { ...cache, AccessToken: Object.fromEntries(tokens) };
}
