import { SettingInvalid } from "../errors.ts";

/** App settings as the process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The setting's value, or undefined when it is missing or blank. */
export function optional(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
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
