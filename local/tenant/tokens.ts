import { createHash, randomBytes } from "node:crypto";
import { type Identity, issuerOf } from "./authority.ts";
import { type ClaimsRequest, hasCapability } from "./claims.ts";
import type { AppRegistration, TenantUser } from "./directory.ts";
import type { Grant } from "./grants.ts";
import { audienceOf, GRAPH_APP_ID, type Scopes, scopeText } from "./scopes.ts";
import type { State } from "./state.ts";
import type { AccessTokenInfo } from "./types.ts";
import { homeTenant, loginHint } from "./users.ts";

// Entra dates tokens back, for clocks that are late.
const BACKDATE = 300;
const ID_TOKEN_LIFETIME = 3600;

/** What tokens are issued for. */
export interface Issue {
  app: AppRegistration;
  grant: Grant;
  identity: Identity;
  scopes: Scopes;
  claims: ClaimsRequest;
}

/** `client_info`: the account's ids in its home tenant, which become MSAL's homeAccountId. */
export function clientInfo(state: State, user: TenantUser): string {
  const info = { uid: user.oid, utid: homeTenant(user, state.tenantId) };
  return Buffer.from(JSON.stringify(info)).toString("base64url");
}

/** A v2.0 ID token. */
export async function idToken(state: State, issue: Issue, nonce?: string): Promise<string> {
  const { app, grant, identity, scopes, claims } = issue;
  const { user, tenantId, oid } = identity;
  const seconds = Math.floor(state.now() / 1000);
  // With a back channel the time has to be exact, because logout tokens are compared with it.
  const issuedAt = seconds - (state.switches.backchannelLogout ? 0 : BACKDATE);
  const optional = app.optionalClaims ?? [];
  const payload = {
    ver: "2.0",
    iss: issuerOf(state, tenantId),
    sub: pairwise(app.clientId, identity),
    aud: app.clientId,
    exp: seconds + ID_TOKEN_LIFETIME,
    iat: issuedAt,
    nbf: issuedAt,
    ...(scopes.oidc.includes("profile") && {
      name: user.name,
      preferred_username: user.username,
      oid,
    }),
    ...((scopes.oidc.includes("email") || optional.includes("email")) && {
      email: user.mail ?? user.username,
    }),
    ...(user.roles?.length && { roles: user.roles }),
    ...(homeTenant(user, state.tenantId) !== tenantId && { idp: identityProvider(state, user) }),
    tid: tenantId,
    ...(nonce !== undefined && { nonce }),
    ...(optional.includes("sid") && !state.switches.omitSid && { sid: grant.sid }),
    // Only if the request names it: nobody knows whether `max_age` alone is enough for Entra ID.
    ...((optional.includes("auth_time") || "auth_time" in claims.idToken) && {
      auth_time: Math.floor(grant.authenticatedAt / 1000),
    }),
    ...((optional.includes("acrs") || "acrs" in claims.idToken) &&
      grant.contexts.length > 0 &&
      !state.switches.omitAcrs && { acrs: grant.contexts }),
    ...((optional.includes("login_hint") || "login_hint" in claims.idToken) && {
      login_hint: loginHint(user, state.tenantId),
    }),
    aio: random(48),
    rh: `1.${random(24)}.`,
    uti: random(16),
  };
  const header = state.signingKey.header();
  const forged = state.switches.idTokenOverrides?.(payload, header);
  if (forged === undefined) return state.signingKey.sign(payload);
  if (typeof forged === "string") return forged;
  return state.signingKey.sign(forged.claims, forged.header, forged.key);
}

/** A v1.0 access token, the version Microsoft Graph takes. */
export async function accessToken(
  state: State,
  issue: Issue,
): Promise<{ token: string; expiresIn: number }> {
  const { app, grant, identity, scopes, claims } = issue;
  const { user, tenantId, oid } = identity;
  const { accessTokenLifetime, caeAccessTokenLifetime } = state.switches;
  const cae = hasCapability(claims, "cp1");
  const expiresIn = cae ? caeAccessTokenLifetime : accessTokenLifetime;
  const seconds = Math.floor(state.now() / 1000);
  const guest = homeTenant(user, state.tenantId) !== tenantId;
  const upn = guest ? `${user.username.replace("@", "_")}#EXT#@${state.domain}` : user.username;
  const token = await state.signingKey.sign({
    aud: audienceOf(scopes.resource),
    iss: `https://sts.windows.net/${tenantId}/`,
    iat: seconds - BACKDATE,
    nbf: seconds - BACKDATE,
    exp: seconds + expiresIn,
    aio: random(48),
    app_displayname: app.displayName,
    appid: app.clientId,
    appidacr: app.certificates || app.federatedCredentials ? "2" : "1",
    ...(user.surname && { family_name: user.surname }),
    ...(user.givenName && { given_name: user.givenName }),
    ...(guest && { idp: identityProvider(state, user) }),
    idtyp: "user",
    name: user.name,
    oid,
    rh: `1.${random(24)}.`,
    scp: scopeText({ ...scopes, prefix: "" }),
    sid: grant.sid,
    sub: pairwise(scopes.resource, identity),
    tid: tenantId,
    unique_name: upn,
    upn,
    uti: random(16),
    ver: "1.0",
    ...(cae && { xms_cc: ["CP1"] }),
  });
  return { token, expiresIn };
}

/** Resolves to undefined unless it is a valid access token for Microsoft Graph. */
export async function verifyAccessToken(
  state: State,
  token: string,
): Promise<AccessTokenInfo | undefined> {
  const claims = await state.signingKey.verify(token, {
    audience: GRAPH_APP_ID,
    currentDate: new Date(state.now()),
  });
  if (!claims) return undefined;
  return {
    oid: String(claims.oid),
    tid: String(claims.tid),
    name: String(claims.name),
    username: String(claims.upn),
    scopes: String(claims.scp).split(" "),
    appId: String(claims.appid),
    claims,
  };
}

function pairwise(sector: string, { tenantId, oid }: Identity): string {
  return createHash("sha256").update(`${sector}\n${tenantId}\n${oid}`).digest("base64url");
}

function identityProvider(state: State, user: TenantUser): string {
  return `https://sts.windows.net/${homeTenant(user, state.tenantId)}/`;
}

function random(bytes: number): string {
  return randomBytes(bytes).toString("base64url");
}
