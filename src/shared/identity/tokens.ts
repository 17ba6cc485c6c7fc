import {
  type AuthenticationResult,
  ClientAuthError,
  type ConfidentialClientApplication,
  InteractionRequiredAuthError,
  ServerError,
} from "@azure/msal-node";
import { InteractionRequired, ProviderUnavailable, SignedOut, SignInRejected } from "../errors.ts";
import type { TokenCache } from "../store/tokenCache.ts";
import type { Attempt } from "./attempt.ts";
import type { ClientFactory } from "./client.ts";

export interface Redeemed {
  readonly idToken: string;
  readonly homeAccountId: string;
  readonly cache: TokenCache;
}

/** Redeems an authorization code (RFC 6749 §4.1.3). @throws {SignInRejected} @throws {ProviderUnavailable} */
export async function redeemCode(
  createClient: ClientFactory,
  code: string,
  redirectUri: string,
  scopes: readonly string[],
  { codeVerifier, nonce }: Attempt,
): Promise<Redeemed> {
  const client = await createClient();
  const result = await client
    .acquireTokenByCode({ code, redirectUri, codeVerifier, nonce, scopes: [...scopes] })
    .catch((cause: unknown) => {
      if (cause instanceof ServerError || cause instanceof InteractionRequiredAuthError) {
        if (isClientFault(cause))
          throw new ProviderUnavailable(credentialRefused(cause), { cause });
        throw new SignInRejected("code_refused", undefined, { cause });
      }
      const reason = cause instanceof ClientAuthError && ID_TOKEN_FAULTS.get(cause.errorCode);
      if (reason) throw new SignInRejected(reason, undefined, { cause });
      throw new ProviderUnavailable(undefined, { cause });
    });
  if (!result.idToken || !result.account) throw new SignInRejected("id_token_missing");
  const { homeAccountId } = result.account;
  return { idToken: result.idToken, homeAccountId, cache: cacheOf(client) };
}

/** What MSAL notices of an ID token, which is not much: the validation comes afterwards. */
const ID_TOKEN_FAULTS = new Map([
  ["nonce_mismatch", "id_token_nonce"],
  ["token_parsing_error", "id_token_malformed"],
]);

export interface Refreshed {
  readonly accessToken: string;
  readonly cache: TokenCache;
}

export interface RefreshRequest {
  readonly homeAccountId: string;
  readonly tenantId: string;
  readonly scopes: readonly string[];
  /** A claims challenge to satisfy: sent once, never kept. */
  readonly claims?: string | undefined;
}

/**
 * Gets a new access token with the cache's refresh token.
 *
 * @throws {SignedOut} The provider has withdrawn the grant: the refresh token is worth nothing any more.
 * @throws {InteractionRequired} The user has to consent, or to satisfy a policy.
 * @throws {ProviderUnavailable} Anything else. The grant may be as good as before.
 */
export async function refreshTokens(
  createClient: ClientFactory,
  cache: TokenCache,
  { homeAccountId, tenantId, scopes, claims }: RefreshRequest,
): Promise<Refreshed> {
  const client = await createClient(tenantId);
  const tokens = client.getTokenCache();
  tokens.deserialize(JSON.stringify(cache));
  const account = await tokens.getAccountByHomeId(homeAccountId);
  if (!account) throw new SignedOut();

  const result = await client
    .acquireTokenSilent({
      // A guest has one account and tokens of several tenants.
      account: { ...account, tenantId },
      scopes: [...scopes],
      // Only calls that need a refresh come here; MSAL must not answer and refresh in the background.
      forceRefresh: true,
      ...(claims && { claims }),
    })
    .catch((cause: unknown) => {
      if (isRevoked(cause)) throw new SignedOut("Your sign-in has been revoked.", { cause });
      if (cause instanceof InteractionRequiredAuthError) {
        throw new InteractionRequired(scopes, cause.claims || claims, { cause });
      }
      if (cause instanceof ServerError && isClientFault(cause)) {
        throw new ProviderUnavailable(credentialRefused(cause), { cause });
      }
      throw new ProviderUnavailable(undefined, { cause });
    });
  assertTenant(result, tenantId);
  return { accessToken: result.accessToken, cache: cacheOf(client) };
}

/** A guest asking a shared endpoint would get a token of the home tenant: the wrong organization's data. */
function assertTenant(result: AuthenticationResult, tenantId: string): void {
  if (result.tenantId === tenantId) return;
  throw new ProviderUnavailable(
    "The provider issued a token of another tenant. It was thrown away.",
  );
}

/** MSAL files `bad_token`, which Entra adds for a revoked or expired refresh token, under what interaction solves. */
function isRevoked(cause: unknown): boolean {
  if (cause instanceof InteractionRequiredAuthError) return cause.subError === "bad_token";
  return cause instanceof ServerError && cause.errorCode === "invalid_grant";
}

function cacheOf(client: ConfidentialClientApplication): TokenCache {
  return JSON.parse(client.getTokenCache().serialize());
}

function isClientFault({ errorCode }: { errorCode: string }): boolean {
  return errorCode === "invalid_client" || errorCode === "unauthorized_client";
}

/** AADSTS codes are documented and harmless; the rest of the provider's text stays out of our messages. */
function credentialRefused({ errorMessage }: { errorMessage: string }): string {
  const code = /AADSTS\d+/.exec(errorMessage)?.[0] ?? "invalid_client";
  return `Microsoft Entra ID refuses the app's credential (${code}). Check ENTRA_CLIENT_ID and the client secret, certificate or federated credential.`;
}
