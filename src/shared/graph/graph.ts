import { BadRequest, GraphUnavailable, InteractionRequired, NotPermitted } from "../errors.ts";
import { type Answer, type Outgoing, TimeoutError } from "../http/send.ts";
import type { HttpRequest, HttpResponse } from "../http/types.ts";
import type { Lightsout } from "../lightsout.ts";
import type { SignedInSession } from "../session/session.ts";
import { challengeOf } from "./challenge.ts";
import { withOwnNextLink } from "./nextLink.ts";
import { permittedCall } from "./permissions.ts";

/** Milliseconds a call to Graph may take, with its body. */
const TIMEOUT = 30_000;
/** Graph takes 4 MB in one request. Bytes. */
const MAX_BODY = 4 * 1024 * 1024;

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
  "content-type",
  "etag",
  "preference-applied",
  "request-id",
  "retry-after",
];

/**
 * Passes a request under `/graph/` on to Microsoft Graph as the signed-in user, if the permission table has
 * it. Only the headers listed here go through, in either direction.
 *
 * @throws {NotPermitted} @throws {BadRequest} @throws {GraphUnavailable} and what `getToken` throws.
 */
export async function forwardToGraph(
  app: Lightsout,
  request: HttpRequest,
  session: SignedInSession,
): Promise<HttpResponse> {
  const { pathname, searchParams } = new URL(request.url);
  const permitted = permittedCall(request.method, pathname.slice("/graph/".length));
  if (permitted === undefined) throw new NotPermitted();

  const query = searchParams.toString();
  const url = `${app.settings.graphBaseUrl}/${permitted.path}${query && `?${query}`}`;
  const { status, headers, body } = await callGraph(app, session, permitted.scopes, url, {
    method: request.method,
    headers: pick(REQUEST_HEADERS, (name) => request.headers.get(name)),
    ...(request.method !== "GET" && { body: await readBody(request) }),
  });
  // A redirect would take the token along to wherever it leads.
  const redirected = status >= 300 && status < 400 && status !== 304;
  if (redirected || status >= 500) throw new GraphUnavailable(false);
  return {
    status,
    headers: pick(RESPONSE_HEADERS, (name) => headers[name]),
    body: withOwnNextLink(body, app.settings),
  };
}

type GraphRequest = Omit<Outgoing, "timeout">;

/**
 * Calls Graph with the user's token. A claims challenge (Continuous Access Evaluation) is answered once
 * with a new token; what Graph refuses then, only the user can solve.
 *
 * @throws {InteractionRequired} @throws {GraphUnavailable} and what `getToken` throws.
 */
export async function callGraph(
  app: Lightsout,
  session: SignedInSession,
  scopes: readonly string[],
  url: string | URL,
  request: GraphRequest = {},
): Promise<Answer> {
  let answer = await send(app, url, request, await session.getToken(scopes));
  if (answer.status !== 401) return answer;

  const claims = challengeOf(answer.headers["www-authenticate"]);
  if (claims === undefined) throw new InteractionRequired(scopes);
  answer = await send(app, url, request, await session.getToken(scopes, claims));
  if (answer.status === 401) {
    throw new InteractionRequired(scopes, challengeOf(answer.headers["www-authenticate"]));
  }
  return answer;
}

async function send(
  app: Lightsout,
  url: string | URL,
  request: GraphRequest,
  token: string,
): Promise<Answer> {
  const headers = { ...request.headers, authorization: `Bearer ${token}` };
  try {
    return await app.send(url, { ...request, headers, timeout: TIMEOUT });
  } catch (cause) {
    throw new GraphUnavailable(cause instanceof TimeoutError, { cause });
  }
}

async function readBody(request: HttpRequest): Promise<Uint8Array> {
  const body = await request.arrayBuffer();
  if (body.byteLength > MAX_BODY) throw new BadRequest("The body is larger than 4 MB.");
  return new Uint8Array(body);
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
