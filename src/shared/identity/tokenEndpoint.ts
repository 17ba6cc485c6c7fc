import {
  ClientAuthError,
  type ConfidentialClientApplication,
  InteractionRequiredAuthError,
} from "@azure/msal-node";
import {
  InteractionRequired,
  ProviderUnavailable,
  SignedOut,
  SignInRejected,
} from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { isUserGone } from "../oauth/aadsts.ts";
import type { GrantType } from "../oauth/refusal.ts";
import { accountPartition, type HomeAccountId } from "../rows/keys.ts";
import type { TokenCache } from "../tokens/tokenCache.ts";
import { OPENID_SCOPES } from "./authorize.ts";
import type { IdTokenClaims } from "./claims.ts";
import type { ClientFactory, TokenAnswer } from "./client.ts";
import { clientInfoOf } from "./clientInfo.ts";
import type { IdTokenValidator } from "./idToken.ts";
import { readRefusal } from "./readRefusal.ts";
import { examine, filed, type RefreshRequest } from "./refreshAnswer.ts";
import type { Transaction } from "./transaction.ts";

/** The provider's token endpoint (RFC 6749 §3.2). Every refusal is logged. */
export interface TokenEndpoint {
  /**
   * Redeems an authorization code (RFC 6749 §4.1.3). The caller has to validate the ID token.
   *
   * @throws {SignInRejected} The code is refused, or the answer cannot be trusted.
   * @throws {InteractionRequired} The user has to agree to something, or to satisfy a policy.
   * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
   */
  redeem(
    code: string,
    redirectUri: string,
    scopes: readonly string[],
    transaction: Transaction,
  ): Promise<Redeemed>;

  /**
   * Gets a new access token with the cache's refresh token (RFC 6749 §6). If an ID token comes along and is not the
   * session's (OpenID Connect Core §12.2), the whole answer is thrown away.
   *
   * @throws {InteractionRequired} The user has to agree to something, or to satisfy a policy.
   * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
   */
  refresh(cache: TokenCache, request: RefreshRequest): Promise<Refreshed | GrantRefused>;
}

export interface Redeemed {
  readonly idToken: string;
  readonly homeAccountId: HomeAccountId;
  readonly cache: TokenCache;
}

export interface Refreshed {
  readonly accessToken: string;
  readonly cache: TokenCache;
  /** Of the ID token, where one came along. */
  readonly claims: IdTokenClaims | undefined;
}

/** The refresh token is refused. Another request may have used it and stored its successor. */
export interface GrantRefused {
  /** What to answer: {@link SignedOut} if the grant is dead. */
  readonly refused: SignedOut | InteractionRequired;
  /** Whether every grant of the user's is dead: who is disabled or deleted has none. */
  readonly isUserGone: boolean;
}

export function createTokenEndpoint(
  createClient: ClientFactory,
  idTokens: IdTokenValidator,
  log: Log,
): TokenEndpoint {
  const read = (cause: unknown, grantType: GrantType, account?: string) =>
    readRefusal(log, cause, grantType, account);

  async function claimsOf(answer: TokenAnswer, request: RefreshRequest) {
    const examined = await examine(answer, request, idTokens);
    if ("claims" in examined) return examined.claims;
    const { mismatch: reason } = examined;
    log("warn", "token.rejected", { account: accountPartition(request.homeAccountId), reason });
    throw new ProviderUnavailable(
      "The provider answered with tokens that are not this sign-in's. They were thrown away.",
    );
  }

  return {
    async redeem(code, redirectUri, scopes, { codeVerifier, nonce }) {
      const client = await createClient();
      const result = await client
        .acquireTokenByCode({ code, redirectUri, codeVerifier, nonce, scopes: [...scopes] })
        .catch((cause: unknown) => {
          const refusal = read(cause, "authorization_code");
          if (refusal?.verdict === "user") {
            const missing = scopes.filter((scope) => !OPENID_SCOPES.includes(scope));
            throw new InteractionRequired(missing, refusal.claims, { cause });
          }
          if (refusal) throw new SignInRejected("code_refused", undefined, { cause });
          const reason = cause instanceof ClientAuthError && ID_TOKEN_FAULTS.get(cause.errorCode);
          if (reason) throw new SignInRejected(reason, undefined, { cause });
          throw new ProviderUnavailable(undefined, { cause });
        });
      if (!result.idToken || !result.account) throw new SignInRejected("id_token_missing");
      const homeAccountId = result.account.homeAccountId as HomeAccountId;
      return { idToken: result.idToken, homeAccountId, cache: cacheOf(client) };
    },

    async refresh(cache, request) {
      const { homeAccountId, tenantId, scopes, claims: challenge } = request;
      let answer: TokenAnswer = {};
      const client = await createClient(tenantId, (received) => {
        answer = received;
        // MSAL would trust the ID token, and file the tokens under the account that the answer names.
        const { id_token: _, ...tokens } = received;
        return { ...tokens, client_info: clientInfoOf(homeAccountId) };
      });
      const stored = client.getTokenCache();
      stored.deserialize(JSON.stringify(cache));
      const account = await stored.getAccountByHomeId(homeAccountId);
      if (!account) return { refused: new SignedOut(), isUserGone: false };

      try {
        const { accessToken } = await client.acquireTokenSilent({
          // A guest has one account and tokens of several tenants.
          account: { ...account, tenantId },
          scopes: [...scopes],
          // Otherwise MSAL may answer from the cache, and refresh in the background.
          forceRefresh: true,
          ...(challenge && { claims: challenge }),
        });
        const claims = await claimsOf(answer, request);
        if (!accessToken) throw new ProviderUnavailable("The provider answered without a token.");
        return { accessToken, cache: filed(cacheOf(client), cache, accessToken, request), claims };
      } catch (cause) {
        const refusal = read(cause, "refresh_token", accountPartition(homeAccountId));
        if (refusal?.verdict === "dead") {
          const refused = new SignedOut((say) => say.revoked, { cause });
          return { refused, isUserGone: isUserGone(refusal.number) };
        }
        const asked = new InteractionRequired(scopes, refusal?.claims ?? challenge, { cause });
        if (refusal?.verdict === "grant") return { refused: asked, isUserGone: false };
        // MSAL has no refresh token, or an expired one.
        if (refusal || cause instanceof InteractionRequiredAuthError) throw asked;
        throw new ProviderUnavailable(undefined, { cause });
      }
    },
  };
}

/** The faults of an ID token that MSAL notices. The validation comes afterwards. */
const ID_TOKEN_FAULTS = new Map([
  ["nonce_mismatch", "id_token_nonce"],
  ["token_parsing_error", "id_token_malformed"],
]);

function cacheOf(client: ConfidentialClientApplication): TokenCache {
  return JSON.parse(client.getTokenCache().serialize());
}
