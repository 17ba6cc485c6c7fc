import { GraphUnavailable, InteractionRequired, NotPermitted } from "../base/errors.ts";
import { isLoopback } from "../config/env.ts";
import type { Context } from "../context.ts";
import { readBody } from "../http/body.ts";
import type { HttpRequest, HttpResponse } from "../http/types.ts";
import { type Answer, type Outgoing, TimeoutError } from "../net/send.ts";
import type { SignedInSession } from "../session/session.ts";
import { challengeOf } from "./challenge.ts";
import { continuedCall, withOwnLinks } from "./continuation.ts";
import { type Call, permittedCall } from "./permissions.ts";

/** Milliseconds a call to Graph may take, with its body. */
const TIMEOUT_MS = 30_000;
/** Graph takes 4 MB in one request. Bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

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
 * Passes a request under `/graph/` on to Microsoft Graph as the signed-in user, if the permission table has
 * it, or Graph has named the address in an earlier answer. Only the headers listed here go through, in either
 * direction; what Graph answers goes through as it is, its errors too.
 *
 * @throws {NotPermitted} @throws {RequestTooLarge} @throws {TooManyCalls} @throws {GraphUnavailable} and what `getToken` throws.
 */
export async function forwardToGraph(
  context: Context,
  request: HttpRequest,
  session: SignedInSession,
  permissions: readonly Call[],
): Promise<HttpResponse> {
  const { method } = request;
  const { pathname, searchParams } = new URL(request.url);
  const { settings, keyring } = context;
  const path = pathname.slice(`${settings.prefix}/graph/`.length);
  const links = { settings, keyring, account: session.account };
  const call =
    (method === "GET" ? continuedCall(path, searchParams, links) : undefined) ??
    permittedCall(method, path, searchParams, permissions);
  if (call === undefined) throw new NotPermitted();

  const query = call.query.toString();
  const url = `${settings.graphBaseUrl}/${call.path}${query && `?${query}`}`;
  const { status, headers, body } = await callGraph(context, session, call.scopes, url, {
    method,
    headers: pick(REQUEST_HEADERS, (name) => request.headers.get(name)),
    ...(method !== "GET" && { body: await readBody(request, MAX_BODY_BYTES) }),
  });
  const passed = pick(RESPONSE_HEADERS, (name) => headers[name]);
  if (status >= 300 && status < 400 && status !== 304) {
    // A redirect would take the token along to wherever it leads. The browser has none to take along.
    const location = call.download ? addressOf(headers.location) : undefined;
    if (location === undefined) throw new GraphUnavailable(false);
    return { status: 302, headers: { ...passed, Location: location } };
  }
  const isJson = /\bjson\b/i.test(headers["content-type"] ?? "");
  // A gateway's page about a fault is nobody's business; its status, and when to come again, are.
  if (status >= 500 && !isJson) {
    const { "content-type": _, ...told } = passed;
    return { status, headers: told };
  }
  const isReadable = isJson && passed["content-encoding"] === undefined;
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

type GraphRequest = Omit<Outgoing, "timeout">;

/**
 * Calls Graph with the user's token. A claims challenge (Continuous Access Evaluation) is answered once
 * with a new token; what Graph refuses then, only the user can solve.
 *
 * @throws {InteractionRequired} @throws {GraphUnavailable} @throws {TooManyCalls} and what `getToken` throws.
 */
export async function callGraph(
  context: Context,
  session: SignedInSession,
  scopes: readonly string[],
  url: string | URL,
  request: GraphRequest = {},
): Promise<Answer> {
  const { homeAccountId } = session.account;
  const send = (token: string) =>
    context.graphTurns.take(homeAccountId, () => sendOnce(context, url, request, token));
  let answer = await send(await session.getToken(scopes));
  if (answer.status !== 401) return answer;

  const claims = challengeOf(answer.headers["www-authenticate"]);
  if (claims === undefined) throw new InteractionRequired(scopes);
  answer = await send(await session.getToken(scopes, claims));
  if (answer.status === 401) {
    throw new InteractionRequired(scopes, challengeOf(answer.headers["www-authenticate"]));
  }
  return answer;
}

async function sendOnce(
  context: Context,
  url: string | URL,
  request: GraphRequest,
  token: string,
): Promise<Answer> {
  const headers = {
    ...request.headers,
    // Without it, a server may choose one that nobody here can read (RFC 9110 §12.5.3).
    authorization: `Bearer ${token}`,
  };
  try {
    return await context.send(url, { ...request, headers, timeout: TIMEOUT_MS });
  } catch (cause) {
    throw new GraphUnavailable(cause instanceof TimeoutError, { cause });
  }
}

/** Printable ASCII only: anything else in a header makes the host answer 500. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

function pick<T>(names: readonly string[], get: (name: string) => T) {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = get(name);
    if (typeof value === "string" && HEADER_VALUE.test(value)) picked[name] = value;
  }
  return picked;
}

/** @returns undefined unless it is the JSON of an object: an error page can come with any status. */
export function jsonOf({
  body,
}: Pick<Answer, "body">): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === "object" && value !== null ? (value as never) : undefined;
  } catch {
    return undefined;
  }
}
