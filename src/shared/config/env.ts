import { SettingInvalid } from "../base/errors.ts";

/** App settings as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * The setting's value, or undefined when it is missing or blank.
 * @throws {SettingInvalid} It is a placeholder that was never replaced, such as a Key Vault reference.
 */
export function optional(env: Env, name: string): string | undefined {
  const value = env[name]?.trim() || undefined;
  if (value !== undefined) assertResolved(name, value);
  return value;
}

function assertResolved(name: string, value: string): void {
  if (/^@Microsoft\.KeyVault\(/i.test(value)) {
    throw new SettingInvalid(
      `${name} is a Key Vault reference that was not resolved. Give the app's identity the role Key Vault Secrets User (a new role takes minutes to spread), check the reference's SecretUri and the vault's firewall, then refresh the references or restart the app. Outside Azure, put the secret's value in its place.`,
    );
  }
  if (/^@Microsoft\.AppConfiguration\(/i.test(value)) {
    throw new SettingInvalid(
      `${name} is an App Configuration reference that was not resolved. Give the app's identity the role App Configuration Data Reader, check the reference, then restart the app. Outside Azure, put the value in its place.`,
    );
  }
  if (/^(%[^%\s]+%|\$\{[^}]*\}|\{\{[^}]*\}\})$/.test(value)) {
    throw new SettingInvalid(
      `${name} is a placeholder that nobody has filled in. Put the value in its place: app settings do not refer to each other.`,
    );
  }
}

/** @throws {SettingInvalid} The setting is missing; `fix` says how to get it. */
export function required(env: Env, name: string, fix: string): string {
  const value = optional(env, name);
  if (value === undefined) throw new SettingInvalid(`${name} is not set. ${fix}`);
  return value;
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\]|.+\.localhost)$/;

export function isLoopback(url: URL): boolean {
  return LOOPBACK.test(url.hostname);
}

/** @throws {SettingInvalid} Not an absolute URL with https, or http on a loopback host. */
export function httpsUrl(name: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || url.username || url.password || url.hash) {
    throw new SettingInvalid(
      `${name} is not a URL. Give an absolute one, such as https://example.com.`,
    );
  }
  if (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url))) return url;
  throw new SettingInvalid(`${name} has to begin with https:// (http:// only on localhost).`);
}

/** A URL that paths are added to: without a query, and without a slash at the end. */
export function pathUrl(name: string, value: string): string {
  const url = httpsUrl(name, value);
  if (url.search) throw new SettingInvalid(`${name} has a query. Leave out what follows the "?".`);
  return url.href.replace(/\/+$/, "");
}
