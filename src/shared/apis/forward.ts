import { ApiUnavailable, NotPermitted } from "../base/errors.ts";
import { isLoopback } from "../config/env.ts";
import type { Context } from "../context.ts";
import { readBody } from "../http/body.ts";
import type { HttpRequest, HttpResponse } from "../http/types.ts";
import type { SignedInSession } from "../session/session.ts";
import type { DeclaredApi } from "./api.ts";
import { callApi } from "./callApi.ts";
import { continuedCall, type Links, withOwnLinks } from "./continuation.ts";
import { linkHeader } from "./linkHeader.ts";
import { permittedCall } from "./permissions.ts";

const REQUEST_HEADERS = [
  "accept",
  "accept-language",
  "consistencylevel",
  "content-type",
  "if-match",
  "if-none-match",
  "prefer",
];
const RESPONSE_HEADERS = [
  "content-encoding",
  "content-type",
  "etag",
  "preference-applied",
  "request-id",
  "retry-after",
];

/**
 * Passes a request below the API's route on to the API as the signed-in user. The permission table has to have the call, or
 * an earlier answer of the API its address. Only the listed headers pass, in both directions. The API's answer passes
 * unchanged, errors too.
 *
 * @throws {NotPermitted} @throws {RequestTooLarge} @throws {TooManyCalls} @throws {ApiUnavailable} and what `getToken` throws.
 */
export async function forward(
  context: Context,
  request: HttpRequest,
  session: SignedInSession,
  api: DeclaredApi,
): Promise<HttpResponse> {
  const { method } = request;
  const { pathname, searchParams } = new URL(request.url);
  const { settings, keyring } = context;
  const path = pathname.slice(`${settings.prefix}/${api.route}/`.length);
  const links: Links = { baseUrl: settings.baseUrl, api, keyring, account: session.account };
  const call =
    (method === "GET" ? continuedCall(path, searchParams, links) : undefined) ??
    permittedCall(method, path, searchParams, api.calls);
  if (call === undefined) throw new NotPermitted();

  const query = call.query.toString();
  const url = `${api.baseUrl}/${call.path}${query && `?${query}`}`;
  const { status, headers, body } = await callApi(context, session, api, call.scopes, url, {
    method,
    headers: pick(REQUEST_HEADERS, (name) => request.headers.get(name)),
    ...(method !== "GET" && { body: await readBody(request, api.maxRequestBytes) }),
  });
  const link = linkHeader(headers.link, links, call.scopes, url);
  const passed = {
    ...pick(RESPONSE_HEADERS, (name) => headers[name]),
    ...(link && { link }),
  };
  if (status >= 300 && status < 400 && status !== 304) {
    // Following a redirect would send the token to its target. The browser has no token to send.
    const location = call.download ? addressOf(headers.location) : undefined;
    if (location === undefined) throw new ApiUnavailable(false);
    return { status: 302, headers: { ...passed, Location: location } };
  }
  const isJson = /\bjson\b/i.test(headers["content-type"] ?? "");
  // A gateway's error page is dropped. Its status and `Retry-After` are passed on.
  if (status >= 500 && !isJson) {
    const { "content-type": _, ...told } = passed as Record<string, string>;
    return { status, headers: told };
  }
  const isReadable = isJson && headers["content-encoding"] === undefined;
  return {
    status,
    headers: passed,
    body: isReadable ? withOwnLinks(body, links, call.scopes) : body,
  };
}

function addressOf(location: string | undefined): string | undefined {
  const url = location !== undefined && URL.canParse(location) ? new URL(location) : undefined;
  if (url === undefined) return undefined;
  const isSafe = url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url));
  return isSafe ? url.href : undefined;
}

/** Printable ASCII only: for anything else in a header, the host answers 500. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

function pick<T>(names: readonly string[], get: (name: string) => T) {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = get(name);
    if (typeof value === "string" && HEADER_VALUE.test(value)) picked[name] = value;
  }
  return picked;
}
