import { EntraError } from "./errors.ts";
import type { AppRegistration } from "./types.ts";

export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";
const GRAPH = "https://graph.microsoft.com";
const OIDC = ["openid", "profile", "email", "offline_access"];

/** A `scope` parameter, taken apart. */
export interface Scopes {
  /** OpenID Connect scopes. */
  oidc: string[];
  /** Identifier of the one resource asked for. */
  resource: string;
  /** Permissions of that resource, without its prefix. */
  permissions: string[];
  /** Prefix the client wrote before permissions, sent back as written. */
  prefix: string;
}

/** @throws EntraError 28000 for two resources in one request, 70011 for a malformed scope. */
export function parseScopes(scope: string): Scopes {
  const words = scope.split(/[ +]/).filter(Boolean);
  const oidc = words.filter((word) => OIDC.includes(word));
  const others = words.filter((word) => !OIDC.includes(word)).map(split);
  if (words.length === 0 || others.some(({ permission }) => !/^[\w.-]+$/.test(permission))) {
    throw new EntraError(
      70011,
      `The provided value for the input parameter 'scope' is not valid. The scope '${scope}' is not valid.`,
    );
  }
  const [first, ...rest] = others;
  if (rest.some(({ resource }) => resource !== first?.resource)) {
    throw new EntraError(
      28000,
      `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
    );
  }
  const permissions = [...new Set(others.map(({ permission }) => permission))];
  if (permissions.includes(".default") && permissions.length > 1) {
    throw new EntraError(70011, ".default scope can't be combined with resource-specific scopes.");
  }
  return { oidc, resource: first?.resource ?? GRAPH, permissions, prefix: first?.prefix ?? "" };
}

/** The permissions of this request nobody consented to yet. */
export function unconsented(app: AppRegistration, scopes: Scopes): string[] {
  const { consentedScopes } = app;
  if (consentedScopes === undefined) return [];
  const granted = new Set(consentedScopes.map((scope) => scope.toLowerCase()));
  return names(scopes).filter((name) => !granted.has(name.toLowerCase()));
}

/** AADSTS65001: `consent_required` in an authorization response, `invalid_grant` at the token endpoint. */
export function consentRequired(
  { clientId, displayName }: AppRegistration,
  code: { error: string } | { suberror: string },
): EntraError {
  return new EntraError(
    65001,
    `The user or administrator has not consented to use the application with ID '${clientId}' named '${displayName}'. Send an interactive authorization request for this user and resource.`,
    code,
  );
}

/**
 * Everything a token for these scopes carries. An access token has all permissions granted for its
 * resource, not only the ones asked for.
 */
export function granted(app: AppRegistration, scopes: Scopes): Scopes {
  const all = (app.consentedScopes ?? []).map(split);
  const here = all.filter(({ resource }) => resource === scopes.resource);
  const asked = scopes.permissions.includes(".default")
    ? app.consentedScopes === undefined
      ? ["User.Read"]
      : []
    : scopes.permissions;
  const permissions = [...new Set([...asked, ...here.map(({ permission }) => permission)])];
  return { ...scopes, permissions };
}

/** The `scope` of a token answer. */
export function scopeText({ oidc, permissions, prefix }: Scopes): string {
  const shown = oidc.filter((scope) => scope !== "offline_access");
  return [...shown, ...permissions.map((permission) => prefix + permission)].join(" ");
}

/** How permissions are named in `consentedScopes`: short for Microsoft Graph, whole for others. */
export function names({ resource, permissions }: Scopes): string[] {
  const named = permissions.filter((permission) => permission !== ".default");
  return resource === GRAPH ? named : named.map((permission) => `${resource}/${permission}`);
}

/** The `aud` of an access token. */
export function audienceOf(resource: string): string {
  return resource === GRAPH ? GRAPH_APP_ID : resource;
}

function split(scope: string): { resource: string; permission: string; prefix: string } {
  const slash = scope.lastIndexOf("/");
  if (slash < 0) return { resource: GRAPH, permission: scope, prefix: "" };
  const resource = scope.slice(0, slash).replace(/\/$/, "");
  return {
    resource: resource === GRAPH_APP_ID ? GRAPH : resource,
    permission: scope.slice(slash + 1),
    prefix: scope.slice(0, slash + 1),
  };
}
