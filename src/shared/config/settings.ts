import { SettingInvalid } from "../base/errors.ts";
import { isGuid } from "../base/guid.ts";
import type { SealingKey } from "../crypto/keyring.ts";
import { cloudOf } from "./cloud.ts";
import { type CredentialSettings, readCredential } from "./credential.ts";
import { type Env, httpsUrl, optional, pathUrl, required } from "./env.ts";
import { readSealingKeys } from "./sealingKeys.ts";
import { readStorageSettings, type StorageSettings } from "./storage.ts";

/** Where our routes and the app's pages are, as paths of its origin. */
export interface Place {
  /** The beginning of all our routes: empty, or a path such as `/api`. */
  readonly prefix: string;
  /** Where people go on: our home page, or the team's own page at `/`. */
  readonly home: string;
}

export const AT_ROOT: Place = { prefix: "", home: "/" };

export interface Settings extends Place {
  /** This app's public origin, such as `https://app.example.com`. */
  readonly origin: string;
  /** Origin and prefix. Every absolute URL of ours begins with it. */
  readonly baseUrl: string;
  /** What the pages call this app. */
  readonly appName: string;
  readonly clientId: string;
  /** A GUID, a domain, `organizations`, `common` or `consumers`, in lower case. */
  readonly tenant: string;
  /** Without a slash at the end. */
  readonly authority: string;
  readonly metadataUrl: string;
  readonly credential: CredentialSettings;
  /** Tenant GUIDs in lower case: the configured one, or a list. Undefined: every tenant that the authority signs in. */
  readonly allowedTenants: ReadonlySet<string> | undefined;
  /** Without a slash at the end. */
  readonly graphBaseUrl: string;
  readonly storage: StorageSettings;
  readonly sealingKeys: readonly SealingKey[];
  /** Absolute lifetime of a session, in milliseconds. */
  readonly sessionLifetime: number;
  /** How long a session may go unused, in milliseconds. 0: as long as it lasts. */
  readonly idleLimit: number;
  /** How long a grant counts as good after the provider has confirmed it, in milliseconds. 0: until a token is needed. */
  readonly revalidatePeriod: number;
  /** Whether a session counts only in the browser that signed in (Device Bound Session Credentials). */
  readonly sessionBinding: SessionBinding;
}

const BINDINGS = ["off", "optional", "required"] as const;
export type SessionBinding = (typeof BINDINGS)[number];

/** The settings that signing out needs. Each has a default. */
export type SignOutSettings = Pick<
  Settings,
  | keyof Place
  | "origin"
  | "baseUrl"
  | "appName"
  | "tenant"
  | "authority"
  | "metadataUrl"
  | "allowedTenants"
> & { readonly clientId: string | undefined };

const TENANT = /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?$/;
const APP_REGISTRATION = "Find it on the overview page of your app registration.";
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Thirty days, as of the longest session. */
const MOST_MINUTES = 43_200;

/**
 * Reads all app settings, once, at start.
 * @throws {SettingInvalid} One line that names the setting and says the fix.
 */
export function readSettings(env: Env, place = AT_ROOT): Settings {
  const tenant = readTenant(env);
  const authority = readAuthority(env, tenant);
  const cloud = cloudOf(authority);
  const address = readAddress(env, place);
  return {
    ...place,
    ...address,
    appName: readAppName(env),
    clientId: readClientId(env),
    tenant,
    authority,
    metadataUrl: readMetadataUrl(env, authority),
    credential: readCredential(env, cloud),
    allowedTenants: readAllowedTenants(env, tenant),
    graphBaseUrl: readGraphBaseUrl(env),
    storage: readStorageSettings(env),
    sealingKeys: readSealingKeys(env),
    sessionLifetime: readSessionHours(env) * HOUR_MS,
    idleLimit: readMinutes(env, "SESSION_IDLE_MINUTES", 0) * MINUTE_MS,
    revalidatePeriod: readMinutes(env, "REVALIDATE_MINUTES", 15) * MINUTE_MS,
    sessionBinding: readSessionBinding(env, address),
  };
}

/** Microsoft Graph of the authority's cloud, unless a setting names another. @throws {SettingInvalid} */
export function readGraphBaseUrl(env: Env): string {
  const given = optional(env, "GRAPH_BASE_URL");
  const { graph } = cloudOf(readAuthority(env, readTenant(env)));
  return pathUrl("GRAPH_BASE_URL", given ?? `${graph}/v1.0`);
}

/**
 * For signing out when {@link readSettings} throws. A setting that cannot be read counts as not set. Without a tenant, any
 * tenant counts.
 */
export function readSignOutSettings(env: Env, place = AT_ROOT): SignOutSettings {
  const tenant = firstReadable(
    () => readTenant(env),
    () => "organizations",
  );
  const authority = firstReadable(
    () => readAuthority(env, tenant),
    () => readAuthority({}, tenant),
  );
  return {
    ...place,
    ...firstReadable(
      () => readAddress(env, place),
      () => readAddress({ WEBSITE_HOSTNAME: env.WEBSITE_HOSTNAME }, place),
      () => readAddress({}, place),
    ),
    appName: firstReadable(
      () => readAppName(env),
      () => readAppName({}),
    ),
    clientId: firstReadable<string | undefined>(
      () => readClientId(env),
      () => undefined,
    ),
    tenant,
    authority,
    metadataUrl: firstReadable(
      () => readMetadataUrl(env, authority),
      () => readMetadataUrl({}, authority),
    ),
    allowedTenants: firstReadable(
      () => readAllowedTenants(env, tenant),
      () => readAllowedTenants({}, tenant),
    ),
  };
}

function firstReadable<T>(read: () => T, ...others: (() => T)[]): T {
  try {
    return read();
  } catch (error) {
    const [next, ...rest] = others;
    if (next === undefined) throw error;
    return firstReadable(next, ...rest);
  }
}

function readTenant(env: Env): string {
  const tenant = required(env, "ENTRA_TENANT_ID", APP_REGISTRATION).toLowerCase();
  if (TENANT.test(tenant)) return tenant;
  throw new SettingInvalid(
    "ENTRA_TENANT_ID is malformed. It has to be the tenant's GUID or domain, organizations, common or consumers.",
  );
}

function readAuthority(env: Env, tenant: string): string {
  const given = optional(env, "ENTRA_AUTHORITY");
  if (given && /^http:/i.test(given)) {
    throw new SettingInvalid(
      "ENTRA_AUTHORITY has to begin with https://, also on localhost: no sign-in goes through another. Leave it out, and name a provider on this machine in ENTRA_METADATA_URL.",
    );
  }
  return pathUrl("ENTRA_AUTHORITY", given ?? `https://login.microsoftonline.com/${tenant}`);
}

function readMetadataUrl(env: Env, authority: string): string {
  const given = optional(env, "ENTRA_METADATA_URL");
  const fallback = `${authority}/v2.0/.well-known/openid-configuration`;
  return httpsUrl("ENTRA_METADATA_URL", given ?? fallback).href;
}

function readClientId(env: Env): string {
  const clientId = required(env, "ENTRA_CLIENT_ID", APP_REGISTRATION);
  if (isGuid(clientId)) return clientId.toLowerCase();
  throw new SettingInvalid(
    `ENTRA_CLIENT_ID is not a GUID. Use the Application (client) ID. ${APP_REGISTRATION}`,
  );
}

function readAddress(env: Env, { prefix }: Place): Pick<Settings, "origin" | "baseUrl"> {
  const given = optional(env, "APP_BASE_URL");
  const hostname = optional(env, "WEBSITE_HOSTNAME");
  // The local Functions host sets WEBSITE_HOSTNAME too, to localhost and its port.
  const fallback = hostname?.startsWith("localhost")
    ? `http://${hostname}`
    : hostname && `https://${hostname}`;
  const url = httpsUrl("APP_BASE_URL", given ?? `${fallback ?? "http://localhost:7071"}${prefix}`);
  if (url.pathname.replace(/\/$/, "") !== prefix || url.search) {
    throw new SettingInvalid(
      prefix
        ? `APP_BASE_URL has to end in ${prefix}, which is the routePrefix in host.json.`
        : "APP_BASE_URL has to be an origin: scheme, host and port, without a path. A path belongs there only where it is the routePrefix in host.json.",
    );
  }
  return { origin: url.origin, baseUrl: url.origin + prefix };
}

function readAppName(env: Env): string {
  const name = optional(env, "APP_NAME") ?? "Lightsout";
  if (/^[^\p{Cc}\p{Cf}]{1,60}$/u.test(name)) return name;
  throw new SettingInvalid("APP_NAME has to be a name of up to 60 characters, on one line.");
}

function readAllowedTenants(env: Env, tenant: string): ReadonlySet<string> | undefined {
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

export function readSessionHours(env: Env): number {
  const value = optional(env, "SESSION_HOURS") ?? "12";
  const hours = /^\d+(\.\d+)?$/.test(value) ? Number(value) : 0;
  if (hours > 0 && hours <= 720) return hours;
  throw new SettingInvalid("SESSION_HOURS has to be a number of hours above 0, up to 720.");
}

function readMinutes(env: Env, name: string, fallback: number): number {
  const value = optional(env, name) ?? String(fallback);
  const minutes = /^\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN;
  if (minutes <= MOST_MINUTES) return minutes;
  throw new SettingInvalid(
    `${name} has to be a number of minutes, up to ${MOST_MINUTES}; 0 switches it off.`,
  );
}

function readSessionBinding(env: Env, { origin }: Pick<Settings, "origin">): SessionBinding {
  const value = optional(env, "SESSION_BINDING") ?? "off";
  const binding = BINDINGS.find((known) => known === value);
  if (binding === undefined) {
    throw new SettingInvalid("SESSION_BINDING has to be off, optional or required.");
  }
  if (binding === "required" && origin.startsWith("http:")) {
    throw new SettingInvalid(
      "SESSION_BINDING is required, and no browser binds a session over http. Set APP_BASE_URL to an https address, or SESSION_BINDING to optional.",
    );
  }
  return binding;
}

/**
 * The origins of the authority's pages, which may frame the front-channel logout URL.
 */
export function authorityOrigins({
  authority,
  metadataUrl,
  tenant,
}: SignOutSettings): readonly string[] {
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
export function localProvider({ metadataUrl }: Pick<Settings, "metadataUrl">): URL | undefined {
  const url = new URL(metadataUrl);
  return url.protocol === "http:" ? url : undefined;
}
