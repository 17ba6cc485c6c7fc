import type { Settings } from "../config/settings.ts";
import { withIdTokenClaim } from "./claimsRequest.ts";
import type { ClientFactory } from "./client.ts";
import type { Transaction } from "./transaction.ts";

/** An ID token and a refresh token: every sign-in asks for them. */
export const OPENID_SCOPES: readonly string[] = ["openid", "profile", "offline_access"];
/** Of no resource (OpenID Connect Core §5.4, §11). */
const WITHOUT_RESOURCE = [...OPENID_SCOPES, "email", "address", "phone"];

/**
 * All that an authorization request asks for: what every sign-in does, and more, of any number of resources.
 * `.default` cannot be asked for together with permissions by name (AADSTS70011).
 *
 * @param usual What every sign-in of this app asks for beside the scopes of OpenID Connect.
 */
export function scopesToAsk(usual: readonly string[], more: readonly string[]): string[] {
  const isWhole = more.some((scope) => /(^|\/)\.default$/i.test(scope));
  return [...new Set([...OPENID_SCOPES, ...(isWhole ? [] : usual), ...more])];
}

/**
 * What the code is redeemed for. A token request names scopes of one resource (AADSTS28000): here it is the first
 * that was asked for beyond the usual, whose claims challenge the sign-in may answer. Tokens of the others come by
 * refresh, when they are needed.
 */
export function scopesToRedeem(usual: readonly string[], more: readonly string[]): string[] {
  const ofResource = (scope: string) => !WITHOUT_RESOURCE.includes(scope);
  const resource = resourceOf([...more, ...usual].find(ofResource) ?? "");
  return scopesToAsk(usual, more).filter(
    (scope) => !ofResource(scope) || resourceOf(scope) === resource,
  );
}

/** What comes before the permission's name: nothing for Microsoft Graph's. */
function resourceOf(scope: string): string {
  return scope.slice(0, scope.lastIndexOf("/") + 1).toLowerCase();
}

/** Registered with the app registration, as a platform of type Web. */
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
  /** `ui_locales`, `acr_values` (there). */
  readonly uiLocales?: string | undefined;
  readonly acrValues?: string | undefined;
}

/** What is new in every request. `state` says where it is going: see session/signInState.ts. */
export type AuthorizeValues = Pick<Transaction, "nonce" | "codeChallenge"> & {
  readonly state: string;
};

/**
 * The authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636) and `form_post`: a `code` in the query
 * would be taken for a function key by the Functions host.
 */
export async function authorizeUrl(
  createClient: ClientFactory,
  redirectUri: string,
  { state, nonce, codeChallenge }: AuthorizeValues,
  { scopes, prompt, loginHint, domainHint, claims, ...options }: AuthorizeOptions,
): Promise<string> {
  const { maxAge, uiLocales, acrValues } = options;
  // What the sign-in is held against on the way back has to be in the ID token.
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
