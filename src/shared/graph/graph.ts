import { BadRequest, GraphUnavailable, InteractionRequired, NotPermitted } from "../errors.ts";
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
/** Larger than anything in the permission table: an answer is held in memory. Bytes. */
const MAX_ANSWER = 16 * 1024 * 1024;

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

  const url = new URL(`${app.settings.graphBaseUrl}/${permitted.path}`);
  url.search = searchParams.toString();
  const response = await callGraph(app, session, permitted.scopes, url, {
    method: request.method,
    headers: pick(REQUEST_HEADERS, (name) => request.headers.get(name)),
    ...(request.method !== "GET" && { body: await readBody(request) }),
  });
  const redirected = response.status >= 300 && response.status < 400 && response.status !== 304;
  if (redirected || response.status >= 500) throw new GraphUnavailable(false);
  return {
    status: response.status,
    headers: pick(RESPONSE_HEADERS, (name) => response.headers.get(name)),
    body: withOwnNextLink(response.body, app.settings),
  };
}

interface GraphResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

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
  url: URL,
  init: RequestInit = {},
): Promise<GraphResponse> {
  let response = await send(app, url, init, await session.getToken(scopes));
  if (response.status !== 401) return response;

  const claims = challengeOf(response.headers.get("www-authenticate"));
  if (claims === undefined) throw new InteractionRequired(scopes);
  response = await send(app, url, init, await session.getToken(scopes, claims));
  if (response.status === 401) {
    throw new InteractionRequired(scopes, challengeOf(response.headers.get("www-authenticate")));
  }
  return response;
}

async function send(
  app: Lightsout,
  url: URL,
  init: RequestInit,
  token: string,
): Promise<GraphResponse> {
  try {
    const response = await app.fetch(url, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
      // A redirect would take the token along to wherever it leads.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const body = await readAnswer(response);
    return { status: response.status, headers: response.headers, body };
  } catch (cause) {
    throw new GraphUnavailable(cause instanceof Error && cause.name === "TimeoutError", { cause });
  }
}

async function readAnswer({ body }: Response): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new RangeError("Graph's answer is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function readBody(request: HttpRequest): Promise<ArrayBuffer> {
  const body = await request.arrayBuffer();
  if (body.byteLength > MAX_BODY) throw new BadRequest("The body is larger than 4 MB.");
  return body;
}

/** Printable ASCII only: anything else in a header makes the host answer 500. */
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

function pick(names: readonly string[], get: (name: string) => string | null) {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = get(name);
    if (value !== null && HEADER_VALUE.test(value)) picked[name] = value;
  }
  return picked;
}
