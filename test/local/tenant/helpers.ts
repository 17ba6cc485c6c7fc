import { createHash, randomUUID } from "node:crypto";
import { decodeJwt } from "jose";
import { type Browser, createBrowser, type Form } from "../../../local/tenant/browserless.ts";
import {
  type AppRegistration,
  startTenant,
  type Tenant,
  type TenantOptions,
  type TenantUser,
} from "../../../local/tenant/tenant.ts";

export const ADELE = "adelev@contoso.com";
export const ALEX = "alexw@contoso.com";
export const GUEST = "jordan@fabrikam.com";
export const PERSONAL = "sam.rivera@outlook.com";
export const SECRET = "app-secret";
export const REDIRECT_URI = "http://localhost:7071/auth/callback";
export const SCOPE = "openid profile offline_access User.Read";

/** One confidential app, unless others are given. */
export function start(options: TenantOptions = {}): Promise<Tenant> {
  return startTenant({ apps: [app()], ...options });
}

export function app(changes: Partial<AppRegistration> = {}): AppRegistration {
  return {
    clientId: randomUUID(),
    displayName: "Test app",
    redirectUris: [REDIRECT_URI, "http://localhost:7071/"],
    frontChannelLogoutUrl: "http://localhost:7071/auth/logout-callback",
    clientSecrets: [SECRET],
    optionalClaims: ["sid", "login_hint"],
    ...changes,
  };
}

export function firstApp(tenant: Tenant): AppRegistration {
  const [app] = tenant.apps.values();
  if (!app) throw new Error("The tenant has no app.");
  return app;
}

export function userOf(tenant: Tenant, username: string): TenantUser {
  const user = tenant.users.find((user) => user.username === username);
  if (!user) throw new Error(`No user ${username}`);
  return user;
}

export type Params = Record<string, string | undefined>;

export const VERIFIER = "a-code-verifier-of-at-least-43-characters-000000";

/** An authorization request; `authority` is the first path segment. */
export function authorizeUrl(tenant: Tenant, params: Params = {}, authority = tenant.tenantId) {
  const url = new URL(`${tenant.url}/${authority}/oauth2/v2.0/authorize`);
  const all: Params = {
    client_id: firstApp(tenant).clientId,
    redirect_uri: REDIRECT_URI,
    response_type: "code",
    response_mode: "form_post",
    scope: SCOPE,
    state: "the-state",
    nonce: "the-nonce",
    code_challenge: createHash("sha256").update(VERIFIER).digest("base64url"),
    code_challenge_method: "S256",
    ...params,
  };
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return url.href;
}

export interface TokenAnswer {
  status: number;
  headers: Headers;
  body: TokenBody;
}

export interface TokenBody {
  access_token?: string;
  refresh_token?: string;
  id_token?: string;
  client_info?: string;
  scope?: string;
  expires_in?: number;
  error?: string;
  error_codes?: number[];
  claims?: string;
}

export async function tokenRequest(
  tenant: Tenant,
  params: Params,
  authority = tenant.tenantId,
): Promise<TokenAnswer> {
  const url = `${tenant.internalUrl}/${authority}/oauth2/v2.0/token`;
  const given = Object.entries(params).filter((entry): entry is [string, string] => !!entry[1]);
  const response = await fetch(url, { method: "POST", body: new URLSearchParams(given) });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as TokenBody,
  };
}

/** Redeems the code of a form post. */
export function redeem(tenant: Tenant, form: Form, params: Params = {}, authority?: string) {
  return tokenRequest(
    tenant,
    {
      grant_type: "authorization_code",
      client_id: firstApp(tenant).clientId,
      client_secret: SECRET,
      code: form.fields.code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      client_info: "1",
      ...params,
    },
    authority,
  );
}

export function refresh(
  tenant: Tenant,
  refreshToken: string | undefined,
  params: Params = {},
  authority?: string,
) {
  return tokenRequest(
    tenant,
    {
      grant_type: "refresh_token",
      client_id: firstApp(tenant).clientId,
      client_secret: SECRET,
      refresh_token: refreshToken,
      scope: SCOPE,
      ...params,
    },
    authority,
  );
}

/** A user's tokens for the first app, through browser and token endpoint. */
export async function signIn(
  tenant: Tenant,
  username = ADELE,
  params: Params = {},
  browser: Browser = createBrowser(),
) {
  const form = await browser.signIn(authorizeUrl(tenant, params), username);
  const { body } = await redeem(
    tenant,
    form,
    params.client_id ? { client_id: params.client_id } : {},
  );
  return { ...body, form, browser, idToken: decodeJwt(body.id_token ?? "") };
}
