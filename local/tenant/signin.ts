import type { Authority } from "./authority.ts";
import { requireEnabled, requireIdentity } from "./authority.ts";
import { withAuthorizationRequest } from "./authorizationRequest.ts";
import { complete, isChallenged, picker } from "./authorize.ts";
import { contextsIn, parseClaims } from "./claims.ts";
import type { TenantUser } from "./directory.ts";
import { EntraError } from "./errors.ts";
import type { Reply, TenantRequest } from "./http.ts";
import { respondError } from "./respond.ts";
import { unconsented } from "./scopes.ts";
import type { State } from "./state.ts";
import { homeAccountId } from "./users.ts";

/** The account picker's form: the click stands for user name, password and second factor. */
export function login(state: State, authority: Authority, request: TenantRequest): Reply {
  const { account, ...params } = request.params;
  return withAuthorizationRequest(state, authority, params, (authorization) => {
    const user = findAccount(state, account);
    requireIdentity(state, authority, authorization.app, user);
    requireEnabled(state, user);
    if (isChallenged(authorization, user)) {
      state.challenges.delete(homeAccountId(user, state.tenantId));
    }
    const session = state.sessions.of(request.cookies);
    const signIn = state.sessions.signIn(session, user, state.now());
    for (const context of contextsIn(parseClaims(params.claims))) signIn.contexts.add(context);
    return complete(authorization, session, signIn);
  });
}

/** The consent page's form. */
export function decideConsent(state: State, authority: Authority, request: TenantRequest): Reply {
  const { account, decision, ...params } = request.params;
  return withAuthorizationRequest(state, authority, params, (authorization) => {
    const { app, scopes, target } = authorization;
    const user = findAccount(state, account);
    const session = state.sessions.of(request.cookies);
    const signIn = session.signIns.find((signIn) => signIn.user === user);
    if (!signIn) return picker(authorization, session);
    if (decision !== "accept") {
      const declined = new EntraError(65004, "User declined to consent to access the app.");
      return respondError(target, declined, state.now());
    }
    app.consentedScopes?.push(...unconsented(app, scopes));
    return complete(authorization, session, signIn, { consented: true });
  });
}

/** @throws EntraError 16000 when there is no such account. */
export function findAccount(state: State, account: string | undefined): TenantUser {
  const user = state.users.find((user) => homeAccountId(user, state.tenantId) === account);
  if (user) return user;
  throw new EntraError(16000, "The selected account does not exist. Pick another one.");
}
