import { OptionInvalid, SettingInvalid } from "../base/errors.ts";
import { type Env, pathUrl, required } from "../config/env.ts";
import { isScope } from "../http/signInOptions.ts";
import { type Call, checkCalls } from "./permissions.ts";

/**
 * A web API that is called as the signed-in user.
 *
 * @example
 * const orders: Api = {
 *   baseUrl: "%ORDERS_BASE_URL%",
 *   calls: [{ method: "GET", path: "orders/{id}", scopes: ["%ORDERS_SCOPE%"] }],
 * };
 */
export interface Api {
  /** https, or http on a loopback host. `%NAME%` in it is the app setting of that name. */
  readonly baseUrl: string;
  /** The whole permission table. `%NAME%` in its scopes is the app setting of that name. */
  readonly calls: readonly Call[];
  /**
   * How its answers name the next page of a list: by `nextLink` in JSON, OData's too, or by the header `Link` (RFC 8288).
   * Such links lead back through this app. Default: not at all.
   */
  readonly paging?: "nextLink" | "link";
  /** How long a call may take in all, in seconds, up to 3,600. Default: 100. */
  readonly timeoutSeconds?: number;
  /** The longest body of a request, in bytes. Default: 4 MiB. */
  readonly maxRequestBytes?: number;
}

/** An API with its settings and defaults filled in. */
export interface DeclaredApi {
  /** The first segment of its routes, below the prefix. */
  readonly route: string;
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly calls: readonly Call[];
  /** `odata`: links of OData annotations, wherever they stand, and no others. */
  readonly paging: Api["paging"] | "odata";
  /** Milliseconds. */
  readonly timeout: number;
  readonly maxRequestBytes: number;
}

const MAX_REQUEST_BYTES = 4 * 1024 * 1024;
/** No host lets an HTTP function run for longer. */
const MAX_TIMEOUT_SECONDS = 3_600;
const NAMES = ["baseUrl", "calls", "paging", "timeoutSeconds", "maxRequestBytes"];
const SETTING = /%([A-Za-z_][\w.:-]*)%/g;

/** Microsoft Graph, which takes 4 MB in one request. */
export function graphApi(baseUrl: string, calls: readonly Call[]): DeclaredApi {
  const limits = { timeout: 30_000, maxRequestBytes: MAX_REQUEST_BYTES };
  return { route: "graph", baseUrl, calls, paging: "odata", ...limits };
}

/** `authOrders` for `orders`. */
export function apiFunctionName(route: string): string {
  return `auth${route.charAt(0).toUpperCase()}${route.slice(1)}`;
}

/** @param option Its name in messages. @throws {OptionInvalid} One line that names it. */
export function checkApi(option: string, api: Api): void {
  if (typeof api !== "object" || api === null || Array.isArray(api)) {
    throw new OptionInvalid(`${option} takes an object with ${NAMES.join(", ")}.`);
  }
  const unknown = Object.keys(api).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new OptionInvalid(`${option} has no field ${unknown}. It has ${NAMES.join(", ")}.`);
  }
  const { baseUrl, calls, paging, timeoutSeconds = 100, maxRequestBytes = 0 } = api;
  if (typeof baseUrl !== "string" || baseUrl === "") {
    throw new OptionInvalid(
      `${option}.baseUrl has to be a URL, or the name of a setting as %NAME%.`,
    );
  }
  if (settingsIn(baseUrl).length === 0) asOption(() => pathUrl(`${option}.baseUrl`, baseUrl));
  checkCalls(`${option}.calls`, calls);
  if (paging !== undefined && paging !== "nextLink" && paging !== "link") {
    throw new OptionInvalid(`${option}.paging has to be "nextLink" or "link".`);
  }
  if (!(timeoutSeconds > 0 && timeoutSeconds <= MAX_TIMEOUT_SECONDS)) {
    throw new OptionInvalid(
      `${option}.timeoutSeconds has to be a number above 0, up to ${MAX_TIMEOUT_SECONDS}.`,
    );
  }
  if (!Number.isSafeInteger(maxRequestBytes) || maxRequestBytes < 0) {
    throw new OptionInvalid(`${option}.maxRequestBytes has to be a whole number of bytes.`);
  }
}

/**
 * Fills in the settings that an API names.
 * @throws {SettingInvalid} One of them is missing or wrong.
 */
export function readApi(env: Env, route: string, api: Api): DeclaredApi {
  const { baseUrl, calls, paging, timeoutSeconds = 100, maxRequestBytes = MAX_REQUEST_BYTES } = api;
  const option = `apis.${route}`;
  const named = settingsIn(baseUrl).join(", ") || `${option}.baseUrl`;
  return {
    route,
    baseUrl: pathUrl(named, filledIn(env, baseUrl, `${option}.baseUrl`)),
    calls: calls.map((call) => ({ ...call, scopes: readScopes(env, option, call.scopes) })),
    paging,
    timeout: timeoutSeconds * 1_000,
    maxRequestBytes,
  };
}

function readScopes(env: Env, option: string, scopes: readonly string[]): string[] {
  return scopes.map((scope) => {
    const value = filledIn(env, scope, option);
    if (isScope(value) && !value.includes(" ")) return value;
    throw new SettingInvalid(`${settingsIn(scope).join(", ")} makes no scope of ${option}.`);
  });
}

function settingsIn(text: string): string[] {
  return [...text.matchAll(SETTING)].flatMap(([, name]) => name ?? []);
}

function filledIn(env: Env, text: string, option: string): string {
  return text.replace(SETTING, (_, name: string) => required(env, name, `${option} needs it.`));
}

function asOption(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof SettingInvalid ? new OptionInvalid(error.message) : error;
  }
}
