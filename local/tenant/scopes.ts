import type { AppRegistration } from "./directory.ts";
import { EntraError } from "./errors.ts";

export const GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000";
const GRAPH = "https://graph.microsoft.com";
const OIDC = ["openid", "profile", "email", "offline_access"];

/** What a `scope` parameter asks of one resource. */
export interface Scopes {
  /** OpenID Connect scopes. */
  oidc: string[];
  /** Its identifier. */
  resource: string;
  /** Permissions of that resource, without its prefix. */
  permissions: string[];
  /** Prefix the client wrote before permissions, sent back as written. */
  prefix: string;
}

/**
 * An authorization request may ask for permissions of several resources: one element for each.
 * @throws EntraError 70011 for a malformed scope.
 */
export function parseScopes(scope: string): [Scopes, ...Scopes[]] {
  const words = scope.split(/[ +]/).filter(Boolean);
  const oidc = words.filter((word) => OIDC.includes(word));
  const others = words.filter((word) => !OIDC.includes(word)).map(split);
  if (words.length === 0 || others.some(({ permission }) => !/^[\w.-]+$/.test(permission))) {
    throw new EntraError(
      70011,
      `The provided value for the input parameter 'scope' is not valid. The scope '${scope}' is not valid.`,
    );
  }
  const kinds = new Set(others.map(({ permission }) => permission === ".default"));
  if (kinds.size > 1) {
    throw new EntraError(70011, ".default scope can't be combined with resource-specific scopes.");
  }
  const [first = { resource: GRAPH, prefix: "" }, ...rest] = others;
  const of = ({ resource, prefix }: { resource: string; prefix: string }): Scopes => {
    const here = others.filter((other) => other.resource === resource);
    return { oidc, resource, permissions: [...new Set(here.map((one) => one.permission))], prefix };
  };
  const more = new Map(rest.map((other) => [other.resource, other]));
  more.delete(first.resource);
  return [of(first), ...[...more.values()].map(of)];
}

/** A token is of one resource. @throws EntraError 28000 for two in one request, 70011 for a malformed scope. */
export function parseTokenScopes(scope: string): Scopes {
  const [scopes, ...others] = parseScopes(scope);
  if (others.length === 0) return scopes;
  throw new EntraError(
    28000,
    `Provided value for the input parameter scope is not valid because it contains more than one resource. Scope ${scope} is not valid.`,
  );
}

/** The permissions of this request nobody consented to yet. */
export function unconsented(app: AppRegistration, scopes: readonly Scopes[]): string[] {
  const { consentedScopes } = app;
  if (consentedScopes === undefined) return [];
  const granted = new Set(consentedScopes.map((scope) => scope.toLowerCase()));
  return scopes.flatMap(names).filter((name) => !granted.has(name.toLowerCase()));
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
