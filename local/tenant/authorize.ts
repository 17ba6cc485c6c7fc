import { type Authority, identityAt, requireEnabled, requireIdentity } from "./authority.ts";
import { type AuthorizationRequest, withAuthorizationRequest } from "./authorizationRequest.ts";
import { contextsIn, parseClaims, satisfies } from "./claims.ts";
import type { TenantUser } from "./directory.ts";
import { EntraError, required } from "./errors.ts";
import type { Reply, TenantRequest } from "./http.ts";
import { page } from "./http.ts";
import { accountPicker, consent } from "./pages.ts";
import { respond, respondError } from "./respond.ts";
import { consentRequired, unconsented } from "./scopes.ts";
import { type BrowserSession, type SignIn, sessionCookie } from "./session.ts";
import type { State } from "./state.ts";
import { clientInfo } from "./tokens.ts";
import { homeAccountId, isHinted } from "./users.ts";

/** Authorization endpoint (OpenID Connect Core 3.1.2). */
export function authorize(state: State, authority: Authority, request: TenantRequest): Reply {
  return withAuthorizationRequest(state, authority, request.params, (authorization) => {
    const { params, target } = authorization;
    const session = state.sessions.of(request.cookies);
    const candidates = singleSignOn(authorization, session);
    const [signIn] = candidates;
    if (candidates.length === 1 && signIn && !needsStepUp(authorization, signIn)) {
      return complete(authorization, session, signIn);
    }
    if (params.prompt !== "none") return picker(authorization, session);
    return respondError(target, silentFailure(authorization, candidates), state.now());
  });
}

/** Answers with a code, or asks for consent first. */
export function complete(
  authorization: AuthorizationRequest,
  session: BrowserSession,
  signIn: SignIn,
  { consented = false } = {},
): Reply {
  const { state, authority, app, target, scopes, params } = authorization;
  const identity = requireIdentity(state, authority, app, signIn.user);
  requireEnabled(state, signIn.user);
  const cookie = sessionCookie(session);
  const missing = unconsented(app, scopes);
  if (!consented && (missing.length > 0 || params.prompt === "consent")) {
    if (params.prompt === "none")
      return respondError(target, consentRequired(app, { error: "consent_required" }), state.now());
    const account = homeAccountId(signIn.user, state.tenantId);
    const action = `/${authority.name}/consent`;
    const fields = { ...params, account };
    return page(consent({ app, user: signIn.user, scopes, action, fields }), { cookie });
  }
  const code = state.grants.issueCode(
    {
      user: signIn.user,
      clientId: app.clientId,
      scope: required(params, "scope"),
      sid: signIn.sid,
      nonce: params.nonce,
      claims: params.claims,
      authenticatedAt: signIn.authenticatedAt,
      contexts: [...signIn.contexts],
      issuedAt: state.now(),
    },
    {
      redirectUri: target.redirectUri,
      authority: authority.name,
      codeChallenge: params.code_challenge,
    },
  );
  state.issued.push(code);
  signIn.apps.set(app.clientId, identity.tenantId);
  const fields = {
    code,
    ...(params.client_info === "1" && { client_info: clientInfo(state, signIn.user) }),
    ...(params.state !== undefined && { state: params.state }),
    ...(!state.switches.omitSessionState && { session_state: signIn.sid }),
  };
  return respond(target, fields, cookie);
}

export function picker(authorization: AuthorizationRequest, session: BrowserSession): Reply {
  const { state, authority, app, params } = authorization;
  const { login_hint: hint, domain_hint: domain } = params;
  const eligible = state.users.filter((user) => identityAt(state, authority, app, user));
  const inDomain = eligible.filter(({ username }) => username.endsWith(`@${domain}`));
  const accounts = (inDomain.length > 0 ? inDomain : eligible).map((user) => ({
    user,
    value: homeAccountId(user, state.tenantId),
    signedIn: session.signIns.some((signIn) => signIn.user === user),
    selected: hint !== undefined && isHinted(user, hint, state.tenantId),
  }));
  const action = `/${authority.name}/login`;
  return page(
    accountPicker({
      title: "Pick an account",
      lead: `to continue to ${app.displayName}`,
      action,
      fields: params,
      accounts,
    }),
  );
}

/** The signed-in accounts that may continue without a click. */
function singleSignOn(authorization: AuthorizationRequest, session: BrowserSession): SignIn[] {
  const { state, authority, app, params } = authorization;
  const { prompt, login_hint: hint, domain_hint: domain, sid } = params;
  if (["login", "select_account", "create"].includes(prompt ?? "")) return [];
  const oldest = params.max_age === undefined ? 0 : state.now() - Number(params.max_age) * 1000;
  return session.signIns.filter(
    ({ user, sid: own, authenticatedAt }) =>
      authenticatedAt >= oldest &&
      identityAt(state, authority, app, user) &&
      (hint === undefined || isHinted(user, hint, state.tenantId)) &&
      (domain === undefined || !domain.includes(".") || user.username.endsWith(`@${domain}`)) &&
      (sid === undefined || sid === own),
  );
}

/** Whether the `claims` parameter asks for more than the session has shown. */
function needsStepUp(authorization: AuthorizationRequest, { user, contexts }: SignIn): boolean {
  const wanted = contextsIn(parseClaims(authorization.params.claims));
  return isChallenged(authorization, user) || !wanted.every((context) => contexts.has(context));
}

/** Whether the `claims` parameter answers the challenge that the user is under. */
export function isChallenged({ state, params }: AuthorizationRequest, user: TenantUser): boolean {
  const challenge = state.challenges.get(homeAccountId(user, state.tenantId));
  return challenge !== undefined && satisfies(params.claims, challenge);
}

function silentFailure({ app }: AuthorizationRequest, candidates: SignIn[]): EntraError {
  if (candidates.length === 0) {
    return new EntraError(
      50058,
      "Session information is not sufficient for single-sign-on. A silent sign-in request was sent but no user is signed in.",
    );
  }
  if (candidates.length === 1) {
    return new EntraError(
      50076,
      "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access the application.",
    );
  }
  return new EntraError(
    16000,
    `Either multiple user identities are available for the current request or selected account is not supported for the scenario '${app.displayName}'.`,
  );
}
