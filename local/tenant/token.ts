import { type Authority, requireEnabled, requireIdentity } from "./authority.ts";
import { parseClaims } from "./claims.ts";
import { authenticateClient } from "./clientAuth.ts";
import type { AppRegistration } from "./directory.ts";
import { EntraError, errorBody, required } from "./errors.ts";
import type { Grant } from "./grants.ts";
import { json, type Reply, type TenantRequest } from "./http.ts";
import {
  consentRequired,
  granted,
  parseScopes,
  parseTokenScopes,
  scopeText,
  unconsented,
} from "./scopes.ts";
import type { State } from "./state.ts";
import { accessToken, clientInfo, type Issue, idToken } from "./tokens.ts";
import { homeAccountId } from "./users.ts";

/** Token endpoint (OAuth 2.0, RFC 6749 section 3.2), with the fault and hold switches around it. */
export async function token(
  state: State,
  authority: Authority,
  request: TenantRequest,
): Promise<Reply> {
  const reply = injectFault(state, request) ?? (await redeem(state, authority, request));
  await Promise.all(state.holds);
  return reply;
}

async function redeem(state: State, authority: Authority, request: TenantRequest): Promise<Reply> {
  const { params } = request;
  try {
    const grantType = required(params, "grant_type");
    const app = await authenticateClient(state, authority, request);
    if (grantType === "authorization_code") {
      const grant = state.grants.redeemCode(state, authority.name, app.clientId, params);
      forgetLoops(state, grant);
      return json(await tokenResponse(state, authority, app, grant, params));
    }
    if (grantType === "refresh_token") {
      const grant = state.grants.redeemRefreshToken(state, app.clientId, params);
      checkLoop(state, grant, params);
      checkChallenge(state, grant);
      return json(await tokenResponse(state, authority, app, grant, params));
    }
    throw new EntraError(70003, `The app requested an unsupported grant type '${grantType}'.`);
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    return json(errorBody(error, state.now(), params["client-request-id"]), error.status);
  }
}

async function tokenResponse(
  state: State,
  authority: Authority,
  app: AppRegistration,
  grant: Grant,
  params: Record<string, string>,
) {
  const { user } = grant;
  requireEnabled(state, user);
  const identity = requireIdentity(state, authority, app, user);
  // Default: the first resource that the code was asked for.
  const asked = params.scope ? parseTokenScopes(params.scope) : parseScopes(grant.scope)[0];
  if (unconsented(app, [asked]).length > 0) {
    throw consentRequired(app, { suberror: "consent_required" });
  }
  const first = params.grant_type === "authorization_code";
  const scopes = granted(app, asked);
  const claims = mergeClaims(first ? grant.claims : undefined, params.claims);
  const issue: Issue = { app, grant, identity, scopes, claims };
  const access = await accessToken(state, issue);
  const tokens = {
    access_token: access.token,
    ...((!first || scopes.oidc.includes("offline_access")) && {
      refresh_token: state.grants.issueRefreshToken(grant, state.now()),
    }),
    ...(scopes.oidc.includes("openid") && {
      id_token: await idToken(state, issue, first ? grant.nonce : undefined),
    }),
  };
  state.issued.push(...Object.values(tokens));
  const answer = {
    token_type: "Bearer",
    scope: scopeText(scopes),
    expires_in: access.expiresIn,
    ext_expires_in: access.expiresIn,
    ...tokens,
    ...(params.client_info === "1" && { client_info: clientInfo(state, user) }),
  };
  return state.switches.tokenAnswerOverrides?.(answer, params.grant_type ?? "") ?? answer;
}

function mergeClaims(authorization: string | undefined, token: string | undefined) {
  const before = parseClaims(authorization);
  const now = parseClaims(token);
  return {
    idToken: { ...before.idToken, ...now.idToken },
    accessToken: { ...before.accessToken, ...now.accessToken },
  };
}

function checkChallenge(state: State, { user }: Grant): void {
  const claims = state.challenges.get(homeAccountId(user, state.tenantId));
  if (claims === undefined) return;
  throw new EntraError(
    50076,
    "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000003-0000-0000-c000-000000000000'.",
    { suberror: "basic_action", claims },
  );
}

const LOOP_MINUTES = 5;

/** Entra refuses a client that sends the same request many times in a short time. */
function checkLoop(state: State, grant: Grant, params: Record<string, string>): void {
  const now = state.now();
  const key = `${loopKey(grant)} ${params.scope ?? ""} ${params.claims ?? ""}`;
  const before = state.refreshes.get(key) ?? [];
  const recent = [...before.filter((at) => at > now - LOOP_MINUTES * 60_000), now];
  state.refreshes.set(key, recent);
  if (recent.length <= state.switches.requestLoopLimit) return;
  throw new EntraError(
    50196,
    "The server terminated an operation because it encountered a client request loop. Please contact your app vendor.",
  );
}

function forgetLoops(state: State, grant: Grant): void {
  for (const key of state.refreshes.keys()) {
    if (key.startsWith(`${loopKey(grant)} `)) state.refreshes.delete(key);
  }
}

function loopKey({ clientId, user }: Grant): string {
  return `${clientId} ${user.oid}`;
}

function injectFault(state: State, { params }: TenantRequest): Reply | undefined {
  const fault = state.switches.tokenFault;
  if (!fault || (fault.grantType ?? params.grant_type) !== params.grant_type) return undefined;
  if (fault.times !== undefined && --fault.times <= 0) state.switches.tokenFault = undefined;
  if (fault.status === "drop") return { status: "drop" };
  const { number, error = "temporarily_unavailable", suberror, claims, headers } = fault;
  if (number === undefined) {
    const more = { ...(suberror && { suberror }), ...(claims && { claims }) };
    const body = { error, error_description: "Injected fault.", ...more };
    return json(body, fault.status ?? 400, headers);
  }
  const refusal = new EntraError(number, "Injected fault.", {
    ...(fault.error && { error: fault.error }),
    ...(suberror && { suberror }),
    ...(claims && { claims }),
  });
  const body = errorBody(refusal, state.now(), params["client-request-id"]);
  return json(body, fault.status ?? refusal.status, headers);
}
