import type { Settings } from "../config/settings.ts";
import { withIdTokenClaim } from "./claimsRequest.ts";
import type { ClientFactory } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** For an ID token and a refresh token. Every sign-in asks for these. */
export const OPENID_SCOPES: readonly string[] = ["openid", "profile", "offline_access"];
/** Scopes that belong to no resource (OpenID Connect Core §5.4, §11). */
const WITHOUT_RESOURCE = [...OPENID_SCOPES, "email", "address", "phone"];

/**
 * All scopes of an authorization request: those of every sign-in, and more, of any number of resources. `.default` does
 * not go together with permissions by name (AADSTS70011).
 *
 * @param usual What every sign-in of this app asks for beside the scopes of OpenID Connect.
 */
export function scopesToAsk(usual: readonly string[], more: readonly string[]): string[] {
  const isWhole = more.some((scope) => /(^|\/)\.default$/i.test(scope));
  return [...new Set([...OPENID_SCOPES, ...(isWhole ? [] : usual), ...more])];
}

/**
 * The scopes that the code is redeemed for. A token request names scopes of one resource (AADSTS28000). This takes the
 * first resource beyond the usual ones, because the sign-in may answer its claims challenge. Tokens of the others come by
 * refresh, when they are needed.
 */
export function scopesToRedeem(usual: readonly string[], more: readonly string[]): string[] {
  const ofResource = (scope: string) => !WITHOUT_RESOURCE.includes(scope);
  const resource = resourceOf([...more, ...usual].find(ofResource) ?? "");
  return scopesToAsk(usual, more).filter(
    (scope) => !ofResource(scope) || resourceOf(scope) === resource,
  );
}

/** The part before the permission's name. Empty for Microsoft Graph. */
function resourceOf(scope: string): string {
  return scope.slice(0, scope.lastIndexOf("/") + 1).toLowerCase();
}

/** The redirect URI of the app registration (platform Web). */
export function redirectUri({ baseUrl }: Pick<Settings, "baseUrl">): string {
  return `${baseUrl}/auth/callback`;
}

export interface AuthorizeOptions {
  readonly scopes: readonly string[];
  readonly prompt?: string | undefined;
  readonly loginHint?: string | undefined;
  readonly domainHint?: string | undefined;
  readonly claims?: string | undefined;
  /** Seconds since the user last authenticated (`max_age`, OpenID Connect Core §3.1.2.1). */
  readonly maxAge?: number | undefined;
  /** `ui_locales` and `acr_values` of the same section. */
  readonly uiLocales?: string | undefined;
  readonly acrValues?: string | undefined;
}

/** New in every request. `state` says where the sign-in is going: see session/signInState.ts. */
type AuthorizeValues = Pick<Transaction, "nonce" | "codeChallenge"> & {
  readonly state: string;
};

/**
 * The authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636) and `form_post`: the Functions host would take a `code`
 * in the query for a function key.
 */
export async function authorizeUrl(
  createClient: ClientFactory,
  redirectUri: string,
  { state, nonce, codeChallenge }: AuthorizeValues,
  { scopes, prompt, loginHint, domainHint, claims, ...options }: AuthorizeOptions,
): Promise<string> {
  const { maxAge, uiLocales, acrValues } = options;
  // `max_age` is compared with `auth_time`, which the ID token has to have.
  const wanted = maxAge === undefined ? claims : withIdTokenClaim(claims, "auth_time");
  const client = await createClient();
  return await client.getAuthCodeUrl({
    redirectUri,
    responseMode: "form_post",
    scopes: [...scopes],
    state,
    nonce,
    codeChallenge,
    codeChallengeMethod: "S256",
    ...(prompt && { prompt }),
    ...(loginHint && { loginHint }),
    ...(domainHint && { domainHint }),
    ...(wanted && { claims: wanted }),
    extraQueryParameters: {
      ...(maxAge !== undefined && { max_age: String(maxAge) }),
      ...(uiLocales && { ui_locales: uiLocales }),
      ...(acrValues && { acr_values: acrValues }),
    },
  });
}
