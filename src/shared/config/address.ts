import { SettingInvalid } from "../base/errors.ts";
import { type Env, httpsUrl, optional } from "./env.ts";

/** Where our routes and the app's pages are, as paths of its origin. */
export interface Place {
  /** The beginning of all our routes: empty, or a path such as `/api`. */
  readonly prefix: string;
  /** Where people go on: our home page, or the team's own page at `/`. */
  readonly home: string;
}

export const AT_ROOT: Place = { prefix: "", home: "/" };

export interface Address {
  /** This app's public origin, such as `https://app.example.com`. */
  readonly origin: string;
  /** Origin and prefix. Every absolute URL of ours begins with it. */
  readonly baseUrl: string;
}

/** @throws {SettingInvalid} */
export function readAddress(env: Env, { prefix }: Place): Address {
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
