import { type Authority, findApp } from "./authority.ts";
import { parseClaims } from "./claims.ts";
import type { AppRegistration } from "./directory.ts";
import { EntraError, required } from "./errors.ts";
import type { Reply } from "./http.ts";
import { type RedirectTarget, respondError } from "./respond.ts";
import { parseScopes, type Scopes } from "./scopes.ts";
import type { State } from "./state.ts";

/** An authorization request that has been checked. */
export interface AuthorizationRequest {
  state: State;
  authority: Authority;
  app: AppRegistration;
  target: RedirectTarget;
  /** Of each resource. */
  scopes: Scopes[];
  params: Record<string, string>;
}

/**
 * Checks the parameters, then hands them on. For an unknown client or redirect URI it throws, which shows a page. Any other
 * fault goes to the redirect URI.
 */
export function withAuthorizationRequest(
  state: State,
  authority: Authority,
  params: Record<string, string>,
  next: (authorization: AuthorizationRequest) => Reply,
): Reply {
  const app = findApp(state, authority, required(params, "client_id"));
  const target = redirectTarget(app, params);
  let scopes: Scopes[];
  try {
    scopes = checkParameters(params);
  } catch (error) {
    if (error instanceof EntraError) return respondError(target, error, state.now());
    throw error;
  }
  return next({ state, authority, app, target, scopes, params });
}

function redirectTarget(app: AppRegistration, params: Record<string, string>): RedirectTarget {
  const { redirect_uri: redirectUri, response_mode: responseMode = "query", state } = params;
  if (!redirectUri) throw new EntraError(900971, "No reply address provided.");
  if (!app.redirectUris.includes(redirectUri)) {
    throw new EntraError(
      50011,
      `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${app.clientId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.`,
    );
  }
  if (responseMode !== "query" && responseMode !== "fragment" && responseMode !== "form_post") {
    throw new EntraError(70007, `'${responseMode}' is not a supported value of 'response_mode'.`);
  }
  return { redirectUri, responseMode, state };
}

function checkParameters(params: Record<string, string>): Scopes[] {
  const responseType = required(params, "response_type");
  if (responseType !== "code") {
    const implicit = responseType.split(" ").includes("id_token");
    throw new EntraError(
      implicit ? 700054 : 70005,
      `response_type '${responseType}' is not enabled for the application.`,
    );
  }
  if (!["", "none", "login", "select_account", "consent", "create"].includes(params.prompt ?? "")) {
    throw new EntraError(90023, "Unsupported 'prompt' value.");
  }
  if (!/^\d+$/.test(params.max_age ?? "0")) {
    throw new EntraError(90023, "Invalid 'max_age' value.");
  }
  const { code_challenge: challenge, code_challenge_method: method } = params;
  if (challenge !== undefined && method !== "S256") {
    throw new EntraError(50147, "Invalid code_challenge_method parameter: use S256.");
  }
  if (challenge !== undefined && !/^[\w-]{43}$/.test(challenge)) {
    throw new EntraError(501491, "Invalid size of Code_Challenge parameter.");
  }
  parseClaims(params.claims);
  return parseScopes(required(params, "scope"));
}
