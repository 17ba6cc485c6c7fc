import { type Authority, issuerOf } from "./authority.ts";
import { FEDERATED } from "./elsewhere.ts";
import { page, type Reply, redirect, type TenantRequest } from "./http.ts";
import { accountPicker, signedOut } from "./pages.ts";
import { type BrowserSession, type SignIn, sessionCookie } from "./session.ts";
import { findAccount } from "./signin.ts";
import type { State } from "./state.ts";
import type { FrontChannelCall } from "./types.ts";
import { homeAccountId, loginHint } from "./users.ts";

/** End-session endpoint (OpenID Connect RP-Initiated Logout, with Entra's `logout_hint`). */
export async function logout(
  state: State,
  authority: Authority,
  { params, cookies }: TenantRequest,
): Promise<Reply> {
  if (state.switches.signOutOnOtherOrigin && params[FEDERATED] === undefined) {
    const query = new URLSearchParams(params);
    return redirect(`${state.elsewhere.federation}/${authority.name}/oauth2/v2.0/logout?${query}`);
  }
  const session = state.sessions.of(cookies);
  const { logout_hint: hint } = params;
  const signIn = session.signIns.find(({ user }) => loginHint(user, state.tenantId) === hint);
  if (signIn) return endSession(state, session, signIn, params);
  if (session.signIns.length > 0) return pickAccount(state, authority, session, params);
  const target = await redirectAfter(state, params);
  return page(signedOut({ frames: [], target }));
}

/** The sign-out page's account picker. */
export async function logoutSession(
  state: State,
  _authority: Authority,
  request: TenantRequest,
): Promise<Reply> {
  const { account, ...params } = request.params;
  const user = findAccount(state, account);
  const session = state.sessions.of(request.cookies);
  const signIn = session.signIns.find((signIn) => signIn.user === user);
  return signIn
    ? endSession(state, session, signIn, params)
    : page(signedOut({ frames: [], target: undefined }));
}

/** Ends the sign-in and tells every app of it, the one that asked included. */
async function endSession(
  state: State,
  session: BrowserSession,
  signIn: SignIn,
  params: Record<string, string>,
): Promise<Reply> {
  const target = await redirectAfter(state, params);
  if (!state.switches.deviceMode) state.sessions.signOut(session, signIn.user);
  const calls = [...signIn.apps].flatMap(([clientId, tenantId]) =>
    frontChannelCall(state, signIn.sid, clientId, tenantId),
  );
  signIn.apps.clear();
  state.frontChannelCalls.push(...calls);
  const frames = calls.map(({ url }) => url);
  return page(signedOut({ frames, target }), { cookie: sessionCookie(session) });
}

/** OpenID Connect Front-Channel Logout 1.0 section 2. */
function frontChannelCall(
  state: State,
  sid: string,
  clientId: string,
  tenantId: string,
): FrontChannelCall[] {
  const address = state.apps.get(clientId)?.frontChannelLogoutUrl;
  if (address === undefined) return [];
  const url = new URL(address);
  if (state.switches.sendIss) url.searchParams.set("iss", issuerOf(state, tenantId));
  url.searchParams.set("sid", sid);
  return [{ clientId, sid, url: url.href, at: state.now() }];
}

function pickAccount(
  state: State,
  authority: Authority,
  session: BrowserSession,
  params: Record<string, string>,
): Reply {
  const accounts = session.signIns.map(({ user }) => ({
    user,
    value: homeAccountId(user, state.tenantId),
    signedIn: true,
    selected: false,
  }));
  const action = `/${authority.name}/oauth2/v2.0/logoutsession`;
  const lead = "Which account do you want to sign out of?";
  return page(accountPicker({ title: "Pick an account", lead, action, fields: params, accounts }));
}

/**
 * The address to go on to: one that is registered by the app that asks, which `client_id` or an `id_token_hint`
 * has to name (RP-Initiated Logout 1.0 §2). Entra is kinder; other providers are not.
 */
async function redirectAfter(
  state: State,
  params: Record<string, string>,
): Promise<string | undefined> {
  const { post_logout_redirect_uri: uri, state: appState, id_token_hint: hint } = params;
  if (uri === undefined) return undefined;
  const hinted =
    hint && (await state.signingKey.verify(hint, { clockTolerance: Number.MAX_SAFE_INTEGER }));
  const named = [params.client_id, hinted && String(hinted.aud)].filter(Boolean);
  const [clientId = "", another = clientId] = named;
  if (clientId !== another || !state.apps.get(clientId)?.redirectUris.includes(uri)) {
    return undefined;
  }
  const url = new URL(uri);
  if (appState !== undefined) url.searchParams.set("state", appState);
  return url.href;
}
