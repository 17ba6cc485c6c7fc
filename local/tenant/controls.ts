import { newChallenge } from "./claims.ts";
import type { TenantUser } from "./directory.ts";
import { type Html, html } from "./html.ts";
import { page, type Reply, redirect, type TenantRequest } from "./http.ts";
import { avatar, layout } from "./pages.ts";
import type { State } from "./state.ts";
import { homeAccountId } from "./users.ts";

const SWITCHES = {
  sendIss: "Send iss with front-channel logout calls",
  omitSid: "Leave the sid claim out of ID tokens",
  omitAcrs: "Leave the acrs claim out of ID tokens: a step-up is in vain",
  omitSessionState: "Leave session_state out of authorization responses",
  deviceMode: "Keep sessions, and their sid, over a sign-out, as a device does",
  signOutOnOtherOrigin: "Sign out on another origin, by way of a third",
  revokeReusedRefreshTokens: "Revoke all refresh tokens of a sign-in when one is used twice",
} as const;

/** The tenant's home page: what an administrator could do, as buttons. */
export function controls(state: State): Reply {
  const toggles = Object.entries(SWITCHES).map(([name, label]) => {
    const on = state.switches[name as keyof typeof SWITCHES];
    return html`<li class="row"><span>${label}<small>${on ? "On" : "Off"}</small></span>
<button class="small" name="switch" value="${name}">Turn ${on ? "off" : "on"}</button></li>
`;
  });
  const users = state.users.map((user) => {
    const sessions = state.sessions
      .all()
      .filter(({ signIns }) => signIns.some((s) => s.user === user));
    const challenged = state.challenges.has(homeAccountId(user, state.tenantId));
    const notes = [
      user.username,
      sessions.length > 0 && "signed in",
      challenged && "must step up",
      user.disabled && "disabled",
      ...(user.roles ?? []),
    ];
    return html`<li class="row">${avatar(user)}
<span>${user.name}<small>${notes.filter(Boolean).join(" · ")}</small></span>
${button(user, "revoke", "Revoke sessions")}
${button(user, "challenge", "Require step-up")}
${button(user, "disable", user.disabled ? "Enable" : "Disable")}
${button(user, "role", isAuditor(user) ? "Take role away" : "Give role")}</li>
`;
  });
  const apps = [...state.apps.values()].map(
    (app) => html`<li class="row"><span>${app.displayName}<small>${app.clientId}</small></span></li>
`,
  );
  return page(
    layout(
      "Home",
      html`<h1>Lightsout dev tenant</h1>
<p class="quiet">Stands in for Microsoft Entra ID. Tenant <code>${state.tenantId}</code></p>
<form method="post" action="/">
<h2>Users</h2>
<ul>
${users}</ul>
<h2>Switches</h2>
<ul>
${toggles}</ul>
</form>
<h2>Applications</h2>
<ul>
${apps}</ul>`,
      false,
      true,
    ),
  );
}

function button({ oid, name }: TenantUser, action: string, label: string): Html {
  return html`<button class="small" name="${action}" value="${oid}" aria-label="${label}: ${name}">${label}</button>`;
}

/** The app role that the controls know. */
const ROLE = "Auditor";

function isAuditor({ roles = [] }: TenantUser): boolean {
  return roles.includes(ROLE);
}

/** The home page's buttons. */
export function switchControl(state: State, { params, headers }: TenantRequest): Reply {
  if (headers["sec-fetch-site"] !== undefined && headers["sec-fetch-site"] !== "same-origin") {
    return { status: 403 };
  }
  const { revoke, challenge, disable, role, switch: name = "" } = params;
  if (revoke) revokeSessions(state, findUser(state, revoke));
  if (challenge) challengeUser(state, findUser(state, challenge));
  if (disable) {
    const user = findUser(state, disable);
    user.disabled = !user.disabled;
  }
  if (role) {
    const user = findUser(state, role);
    const others = (user.roles ?? []).filter((one) => one !== ROLE);
    user.roles = isAuditor(user) ? others : [...others, ROLE];
  }
  if (Object.hasOwn(SWITCHES, name)) {
    const key = name as keyof typeof SWITCHES;
    state.switches[key] = !state.switches[key];
  }
  return redirect("/");
}

/** Refresh tokens and browser sessions of the user end. Access tokens stay formally valid. */
export function revokeSessions(state: State, user: TenantUser): void {
  state.grants.revoke(user, state.now());
  state.sessions.signOutEverywhere(user);
}

/** Refuses the user's refreshes with the returned claims until an interactive sign-in carried them. */
export function challengeUser(state: State, user: TenantUser): string {
  const claims = newChallenge(crypto.randomUUID());
  state.challenges.set(homeAccountId(user, state.tenantId), claims);
  return claims;
}

/** @throws Error when no user has this object id, at home or as a guest. */
export function findUser(state: State, oid: string): TenantUser {
  const user = state.users.find((user) => user.oid === oid || user.guestOid === oid);
  if (!user) throw new Error(`No user with object id ${oid} in the dev tenant: see tenant.users.`);
  return user;
}
