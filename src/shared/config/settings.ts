import { SettingInvalid } from "../base/errors.ts";
import type { SealingKey } from "../crypto/keyring.ts";
import { type Address, AT_ROOT, type Place, readAddress } from "./address.ts";
import { cloudOf } from "./cloud.ts";
import { type CredentialSettings, readCredential } from "./credential.ts";
import { type Env, optional } from "./env.ts";
import {
  type Provider,
  readAllowedTenants,
  readAuthority,
  readClientId,
  readGraphBaseUrl,
  readMetadataUrl,
  readTenant,
} from "./provider.ts";
import { readSealingKeys } from "./sealingKeys.ts";
import { readSessionRules, type SessionRules } from "./sessionRules.ts";
import { readStorageSettings, type StorageSettings } from "./storage.ts";

/** The settings that signing out needs. Each has a default. */
export interface SignOutSettings extends Place, Address, Provider {
  /** What the pages call this app. */
  readonly appName: string;
  readonly clientId: string | undefined;
}

export interface Settings extends SignOutSettings, SessionRules {
  readonly clientId: string;
  readonly credential: CredentialSettings;
  /** Without a slash at the end. */
  readonly graphBaseUrl: string;
  readonly storage: StorageSettings;
  readonly sealingKeys: readonly SealingKey[];
}

/**
 * Reads all app settings, once, at start.
 * @throws {SettingInvalid} One line that names the setting and says the fix.
 */
export function readSettings(env: Env, place = AT_ROOT): Settings {
  const tenant = readTenant(env);
  const authority = readAuthority(env, tenant);
  const address = readAddress(env, place);
  return {
    ...place,
    ...address,
    appName: readAppName(env),
    clientId: readClientId(env),
    tenant,
    authority,
    metadataUrl: readMetadataUrl(env, authority),
    credential: readCredential(env, cloudOf(authority)),
    allowedTenants: readAllowedTenants(env, tenant),
    graphBaseUrl: readGraphBaseUrl(env),
    storage: readStorageSettings(env),
    sealingKeys: readSealingKeys(env),
    ...readSessionRules(env, address),
  };
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

function readAppName(env: Env): string {
  const name = optional(env, "APP_NAME") ?? "Lightsout";
  if (/^[^\p{Cc}\p{Cf}]{1,60}$/u.test(name)) return name;
  throw new SettingInvalid("APP_NAME has to be a name of up to 60 characters, on one line.");
}
