import { SettingInvalid } from "../base/errors.ts";
import { isGuid } from "../base/guid.ts";
import { cloudOf } from "./cloud.ts";
import { type Env, httpsUrl, optional, pathUrl, required } from "./env.ts";

/** Where users sign in, and which of them may. */
export interface Provider {
  /** A GUID, a domain, `organizations`, `common` or `consumers`, in lower case. */
  readonly tenant: string;
  /** Without a slash at the end. */
  readonly authority: string;
  readonly metadataUrl: string;
  /** Tenant GUIDs in lower case: the configured one, or a list. Undefined: every tenant that the authority signs in. */
  readonly allowedTenants: ReadonlySet<string> | undefined;
}

const TENANT = /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/;
const APP_REGISTRATION = "Find it on the overview page of your app registration.";

/** @throws {SettingInvalid} */
export function readTenant(env: Env): string {
  const tenant = required(env, "ENTRA_TENANT_ID", APP_REGISTRATION).toLowerCase();
  if (TENANT.test(tenant)) return tenant;
  throw new SettingInvalid(
    "ENTRA_TENANT_ID is malformed. It has to be the tenant's GUID or domain, organizations, common or consumers.",
  );
}

/** @throws {SettingInvalid} */
export function readAuthority(env: Env, tenant: string): string {
  const given = optional(env, "ENTRA_AUTHORITY");
  if (given && /^http:/i.test(given)) {
    throw new SettingInvalid(
      "ENTRA_AUTHORITY has to begin with https://, also on localhost: no sign-in goes through another. Leave it out, and name a provider on this machine in ENTRA_METADATA_URL.",
    );
  }
  return pathUrl("ENTRA_AUTHORITY", given ?? `https://login.microsoftonline.com/${tenant}`);
}

/** @throws {SettingInvalid} */
export function readMetadataUrl(env: Env, authority: string): string {
  const given = optional(env, "ENTRA_METADATA_URL");
  const fallback = `${authority}/v2.0/.well-known/openid-configuration`;
  return httpsUrl("ENTRA_METADATA_URL", given ?? fallback).href;
}

/** @throws {SettingInvalid} */
export function readClientId(env: Env): string {
  const clientId = required(env, "ENTRA_CLIENT_ID", APP_REGISTRATION);
  if (isGuid(clientId)) return clientId.toLowerCase();
  throw new SettingInvalid(
    `ENTRA_CLIENT_ID is not a GUID. Use the Application (client) ID. ${APP_REGISTRATION}`,
  );
}

/** @throws {SettingInvalid} */
export function readAllowedTenants(env: Env, tenant: string): ReadonlySet<string> | undefined {
  const list = optional(env, "ENTRA_ALLOWED_TENANTS")
    ?.toLowerCase()
    .split(/[\s,;]+/)
    .filter(Boolean);
  if (list && (list.length === 0 || list.some((tenant) => !isGuid(tenant)))) {
    throw new SettingInvalid(
      "ENTRA_ALLOWED_TENANTS has to be a list of tenant GUIDs, with commas between them.",
    );
  }
  return isGuid(tenant) ? new Set([tenant]) : list && new Set(list);
}

/** Microsoft Graph of the authority's cloud, unless a setting names another. @throws {SettingInvalid} */
export function readGraphBaseUrl(env: Env): string {
  const given = optional(env, "GRAPH_BASE_URL");
  const { graph } = cloudOf(readAuthority(env, readTenant(env)));
  return pathUrl("GRAPH_BASE_URL", given ?? `${graph}/v1.0`);
}

/** The origins of the authority's pages, which may frame the front-channel logout URL. */
export function authorityOrigins({ authority, metadataUrl, tenant }: Provider): readonly string[] {
  const origins = [new URL(authority).origin];
  // Personal accounts sign out on a host of their own.
  if (tenant === "common" || tenant === "consumers") origins.push("https://login.live.com");
  // A tenant on this machine may have its pages on a subdomain, to be another site than the app. The pattern
  // `*.localhost` does not match `localhost` itself.
  const local = localProvider({ metadataUrl });
  if (local) {
    const { origin, port } = local;
    origins.push(origin, `http://localhost:${port}`, `http://*.localhost:${port}`);
  }
  return [...new Set(origins)];
}

/** The provider's address if it is on plain http, which is possible only on this machine. */
export function localProvider({ metadataUrl }: Pick<Provider, "metadataUrl">): URL | undefined {
  const url = new URL(metadataUrl);
  return url.protocol === "http:" ? url : undefined;
}
