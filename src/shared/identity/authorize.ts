import type { Settings } from "../config/settings.ts";
import type { Attempt } from "./attempt.ts";
import type { ClientFactory } from "./client.ts";

/** What every sign-in asks for: an ID token, a refresh token, and the profile that the home page shows. */
export const SIGN_IN_SCOPES = ["openid", "profile", "offline_access", "User.Read"];

/** All that an authorization request asks for: what every sign-in does, and more. */
export function scopesToAsk(more: readonly string[]): string[] {
  return [...new Set([...SIGN_IN_SCOPES, ...more])];
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
}

/** What is new in every request. `state` says where it is going: see session/signInState.ts. */
export type AuthorizeValues = Pick<Attempt, "nonce" | "codeChallenge"> & { readonly state: string };

/**
 * The authorization request (RFC 6749 §4.1.1) with PKCE (RFC 7636) and `form_post`: a `code` in the query
 * would be taken for a function key by the Functions host.
 */
export async function authorizeUrl(
  createClient: ClientFactory,
  redirectUri: string,
  { state, nonce, codeChallenge }: AuthorizeValues,
  { scopes, prompt, loginHint, domainHint, claims }: AuthorizeOptions,
): Promise<string> {
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
    ...(claims && { claims }),
  });
}
